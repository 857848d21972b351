"""Benchmarks. Each is a module with `run()`, which returns a `Figure` or the same shape as a dict.

A figure states a value, the raw limit of the same run on the same machine, and whether the
ratio of the two is good enough: absolute times say little on a machine shared with others.
"""

import argparse
import importlib
import inspect
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


def _asked(words: list[str]) -> tuple[str, dict[str, int]]:
    """The name, and sizes such as `--rows 100000` that the benchmark's `run` takes."""
    parser = argparse.ArgumentParser(prog="script/bench")
    parser.add_argument("name", choices=names())
    parser.add_argument("--json", action="store_true", help="one line of JSON on stdout")
    known, rest = parser.parse_known_args(words)
    module = importlib.import_module(f"bench.{known.name.replace('-', '_')}")
    sizes = argparse.ArgumentParser(prog=f"script/bench {known.name}")
    for parameter in inspect.signature(module.run).parameters.values():
        sizes.add_argument(f"--{parameter.name.replace('_', '-')}", type=int, default=parameter.default)
    return known.name, vars(sizes.parse_args(rest))


def main(words: list[str]) -> None:
    """Run the named benchmark; exit 0 when it passes, 1 when not, 2 for a wrong name."""
    name, sizes = _asked(words)
    module = importlib.import_module(f"bench.{name.replace('-', '_')}")
    answer: Figure | dict[str, Any] = module.run(**sizes)
    result = answer.as_json() if isinstance(answer, Figure) else plain(answer)
    if "--json" in words:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for key, value in result.items():
            print(f"{key:>12}  {value}")
    sys.exit(0 if result["pass"] else 1)
