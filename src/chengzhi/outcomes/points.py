"""From a count or share to points, and from points to a grade with its colour."""

from collections.abc import Mapping, Sequence
from typing import Any

Steps = Sequence[Mapping[str, Any]]
"""Bands such as {from: 51, points: 90}, ascending."""


def step_points(number: float, steps: Steps) -> float:
    """Points of the band a number lies in: the last band that begins at or below it."""
    found = 0.0
    for step in steps:
        if number >= step["from"]:
            found = float(step["points"])
    return found


def rate_points(above: int, below: int, better: str) -> float:
    """Share times 100; the other way round where fewer is better."""
    counted = above if better == "more" else below - above
    return 100.0 * counted / below


def grade_of(points: float, grades: Sequence[Mapping[str, Any]]) -> str:
    """Grade A–E: the first band (from best to worst) that begins at or below the points."""
    for band in grades:
        if points >= band["from"]:
            return str(band["grade"])
    return str(grades[-1]["grade"])


def composite(points: Mapping[str, float | None], weights: Mapping[str, float]) -> float | None:
    """Weighted sum; None as soon as one part is missing: a part left out is not zero."""
    total = 0.0
    for indicator, weight in weights.items():
        part = points.get(indicator)
        if part is None:
            return None
        total += weight * part
    return total
