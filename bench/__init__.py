"""Benchmarks. Each is a module with `run()`, which returns a `Figure` or the same shape as a dict.

A figure states a value, the raw limit of the same run on the same machine, and whether the
ratio of the two is good enough: absolute times say little on a machine shared with others.
"""

import importlib
import json
import pkgutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chengzhi.commands._output import plain


@dataclass(frozen=True)
class Figure:
    """One measured value.

    Parameters
    ----------
    name: what was measured, such as `intake`.
    value: the measured value, in `unit`.
    limit: the raw limit of the same run in the same unit (a bare COPY, a single-row commit).
    better: `higher` or `lower`.
    good: whether the figure meets what it promises.
    more: anything else worth keeping (counts, percentiles, settings).
    """

    name: str
    value: float
    unit: str
    limit: float
    better: str
    good: bool
    more: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The fixed shape every benchmark reports."""
        ratio = self.value / self.limit if self.limit else None
        shape = {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "limit": self.limit,
            "ratio": ratio,
            "better": self.better,
            "pass": self.good,
        }
        result: dict[str, Any] = plain(shape | (self.more or {}))
        return result


def names() -> list[str]:
    """Every benchmark there is."""
    folder = str(Path(__file__).parent)
    return sorted(
        m.name.replace("_", "-") for m in pkgutil.iter_modules([folder]) if not m.name.startswith("_")
    )


def main(words: list[str]) -> None:
    """Run the named benchmark; exit 0 when it passes, 1 when not, 2 for a wrong name."""
    wanted = [word for word in words if not word.startswith("-")]
    if len(wanted) != 1 or wanted[0] not in names():
        print(f"usage: script/bench NAME [--json]; NAME is one of: {', '.join(names())}", file=sys.stderr)
        sys.exit(2)
    module = importlib.import_module(f"bench.{wanted[0].replace('-', '_')}")
    answer: Figure | dict[str, Any] = module.run()
    result = answer.as_json() if isinstance(answer, Figure) else plain(answer)
    if "--json" in words:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for key, value in result.items():
            print(f"{key:>12}  {value}")
    sys.exit(0 if result["pass"] else 1)
