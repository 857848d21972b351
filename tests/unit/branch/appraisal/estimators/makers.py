"""Ratings with a known truth, and CSV files of them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from chengzhi.branch.appraisal.estimators import Factor, Ratings

ANCHORS = Path(__file__).resolve().parents[4] / "data" / "rating-anchors"


def ratings(rows: Iterable[Sequence[object]]) -> Ratings:
    """From (ratee, rater, score) or (ratee, rater, score, criterion)."""
    columns = list(zip(*rows, strict=True))
    names = [[str(one) for one in column] for column in columns]
    return Ratings(
        np.array(columns[2], dtype=np.float64),
        Factor.of("ratee", names[0]),
        Factor.of("rater", names[1]),
        Factor.of("criterion", names[3]) if len(names) > 3 else None,
    )


def csv(folder: Path, rows: Iterable[Sequence[object]], head: str = "ratee,rater,score") -> Path:
    """A file with these rows."""
    path = folder / "ratings.csv"
    path.write_text("\n".join([head, *(",".join(str(one) for one in row) for row in rows)]) + "\n", "utf-8")
    return path


def complete(scores: Sequence[Sequence[float]]) -> Ratings:
    """Ratees a0, a1 … by raters b0, b1 …, every cell filled."""
    return ratings((f"a{i}", f"b{j}", score) for i, row in enumerate(scores) for j, score in enumerate(row))
