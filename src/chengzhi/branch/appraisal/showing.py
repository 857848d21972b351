"""What of a count may be shown: pure functions over counts (D13, D18).

A person who knows his own mark may subtract it. So a count is shown as a band not only when
all marks are the same, but also when all but one are; and nothing is shown below the limit,
nor a total from which a hidden count could be computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengzhi.branch.organisation.formulas import cap


@dataclass(frozen=True, slots=True)
class Shown:
    """One person's counts: `counts` when free to show; `band` (grade, at least so many); else hidden."""

    counts: Mapping[str, int] | None = None
    band: tuple[str, int] | None = None

    @property
    def hidden(self) -> bool:
        """Whether nothing may be shown."""
        return self.counts is None and self.band is None


def shown(counts: Mapping[str, int], least: int) -> Shown:
    """What may be shown of one person's marks, with at least `least` of them."""
    total = sum(counts.values())
    if total < least:
        return Shown()
    grade, most = max(counts.items(), key=lambda one: one[1])
    if most >= total - 1:
        return Shown(band=(grade, min(least, most)))
    return Shown(counts=dict(counts))


def totals(people: Sequence[Mapping[str, int]], least: int) -> dict[str, int] | None:
    """Marks of all people by grade; None when one of them is hidden or a band: it could be subtracted."""
    if not people or any(shown(one, least).counts is None for one in people):
        return None
    return {grade: sum(one[grade] for one in people) for grade in people[0]}


@dataclass(frozen=True, slots=True)
class CutLine:
    """How close the last place is: `places`, marks between it and the next, who is tied there.

    `margin` is None where it cannot be told (a band or a hidden count at the line).
    """

    places: int
    margin: int | None
    tied: tuple[int, ...] = ()


def cut_line(marks: Mapping[int, Mapping[str, int]], rule: Mapping[str, Any], least: int) -> CutLine:
    """The line of the capped grade over the people graded; it names ties and picks nobody."""
    places = cap(len(marks), rule)
    order = sorted(marks.items(), key=lambda one: -one[1][rule["grade"]])
    if not 0 < places < len(order):
        return CutLine(places, None)
    last, following = order[places - 1][1], order[places][1]
    margin = last[rule["grade"]] - following[rule["grade"]]
    tied = (
        tuple(sorted(one for one, said in order if said[rule["grade"]] == last[rule["grade"]]))
        if not margin
        else ()
    )
    at_line = tied or (order[places - 1][0], order[places][0])
    if any(shown(marks[one], least).counts is None for one in at_line):
        return CutLine(places, None)
    return CutLine(places, margin, tied)
