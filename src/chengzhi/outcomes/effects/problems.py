"""What may be wrong with a long table or with the question asked of it; one class per cause."""

from collections.abc import Iterable
from typing import ClassVar

from chengzhi.errors import Problem

LONGEST = 60


def short(text: object) -> str:
    """A name as it may stand in a sentence."""
    said = str(text)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def listed(names: Iterable[object], most: int = 6) -> str:
    """The first few names, and a sign that there are more."""
    words = [short(name) for name in names]
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


class UnreadableTable(Problem):
    """The file is no CSV or Parquet table."""

    code: ClassVar[str] = "effects.unreadable"


class UnknownColumn(Problem):
    """A column that was named is not in the file, or is named for two things."""

    code: ClassVar[str] = "effects.column"


class BadTime(Problem):
    """A time is neither an integer, an ISO date nor a quarter."""

    code: ClassVar[str] = "effects.time"


class BadNumber(Problem):
    """An outcome or covariate is no finite number."""

    code: ClassVar[str] = "effects.number"


class DuplicateRows(Problem):
    """A unit has two rows at one time."""

    code: ClassVar[str] = "effects.duplicate"


class EmptyPeriods(Problem):
    """Inside the span of the table there are times without any outcome."""

    code: ClassVar[str] = "effects.empty_periods"


class ChangingStart(Problem):
    """A unit's first treated time differs between its rows, or treatment is switched off again."""

    code: ClassVar[str] = "effects.changing_start"


class NobodyTreated(Problem):
    """No unit is treated inside the span of the table."""

    code: ClassVar[str] = "effects.nobody_treated"


class NoBefore(Problem):
    """No treated unit has a time before its treatment."""

    code: ClassVar[str] = "effects.no_before"


class NoControl(Problem):
    """The method compares with untreated units, and there are none."""

    code: ClassVar[str] = "effects.no_control"


class TooFewUnits(Problem):
    """One unit only, or too few comparison units for the method."""

    code: ClassVar[str] = "effects.too_few_units"


class TooFewTimes(Problem):
    """The series is too short before or after the start for the method."""

    code: ClassVar[str] = "effects.too_few_times"


class NotBalanced(Problem):
    """No unit has an outcome at every time."""

    code: ClassVar[str] = "effects.unbalanced"


class SeveralStarts(Problem):
    """The method knows one start only, and the table has several."""

    code: ClassVar[str] = "effects.several_starts"


class BadCovariates(Problem):
    """Covariates that tell treated from untreated perfectly, or say the same twice."""

    code: ClassVar[str] = "effects.covariates"


class ChangingCluster(Problem):
    """A unit belongs to two clusters."""

    code: ClassVar[str] = "effects.cluster"


class UnfitOption(Problem):
    """An option that the chosen method has no meaning for."""

    code: ClassVar[str] = "effects.option"


class UnreadablePlan(Problem):
    """The registered plan is no JSON of the documented shape."""

    code: ClassVar[str] = "effects.plan"


class PlanChanged(Problem):
    """The plan's hash does not belong to its content: it was changed after registering."""

    code: ClassVar[str] = "effects.plan_changed"


class PlanBroken(Problem):
    """The table is not what the plan says: other order, other outcome, other method."""

    code: ClassVar[str] = "effects.plan_broken"


class LatePlan(Problem):
    """The plan was registered after the first start."""

    code: ClassVar[str] = "effects.plan_late"
