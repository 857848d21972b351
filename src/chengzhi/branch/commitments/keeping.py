"""The declared rule of keeping, `kept-1`: pure, no database.

1. Fewer rows than the metric's smallest publishable count: not measurable.
2. The value lies on the promised side of the target: kept.
3. It is not, but it is better than a measurable baseline: partly kept.
4. Otherwise: not kept.
The interval is told beside it; it does not decide, so that nobody argues a miss away.
"""

from dataclasses import dataclass

from chengzhi.analytics.tally import wilson
from chengzhi.branch.commitments.models import Direction, Outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows above and below the line."""

    above: int = 0
    below: int = 0

    @property
    def value(self) -> float | None:
        """The share; None without rows."""
        return self.above / self.below if self.below else None

    @property
    def interval(self) -> tuple[float, float] | tuple[None, None]:
        """95 % interval of the share."""
        return wilson(self.above, self.below) or (None, None)

    def minus(self, other: "Counted") -> "Counted":
        """What is left without the other."""
        return Counted(self.above - other.above, self.below - other.below)


def outcome_of(direction: str, target: float, smallest: int, now: Counted, before: Counted) -> Outcome:
    """What the rule says."""
    if now.value is None or now.below < smallest:
        return Outcome.NOT_MEASURABLE
    more = direction == Direction.AT_LEAST
    if now.value >= target if more else now.value <= target:
        return Outcome.KEPT
    if before.value is None or before.below < smallest:
        return Outcome.NOT_KEPT
    better = now.value > before.value if more else now.value < before.value
    return Outcome.PARTLY if better else Outcome.NOT_KEPT


def grade_of(smallest: int, before: Counted) -> str:
    """The design grade of D16: C, before and after; D where there is no measurable "before".

    A and B ask for an order drawn by lot or a tested pre-trend over enough areas; a single
    promise has neither, so that it is never said to have caused a change.
    """
    return "C" if before.below >= smallest else "D"
