"""What an evaluation says: one figure per unit and indicator, and what may go wrong on the way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from chengzhi.analytics.periods import Period
from chengzhi.errors import Problem
from chengzhi.outcomes.scheme import Scheme

COMPOSITE = "composite"


class By(StrEnum):
    """What the rows are: the levels of an area, departments, posts."""

    STREET = "street"
    COMMUNITY = "community"
    CELL = "cell"
    DEPARTMENT = "department"
    POST = "post"


class NoFigures(Problem):
    """The flat tables of a district have not been written yet."""

    code: ClassVar[str] = "no_figures"
    status: ClassVar[int] = 409


class TooFewHolders(Problem):
    """A post with so few holders that its figure would be a person's."""

    code: ClassVar[str] = "too_few_holders"
    status: ClassVar[int] = 404


class UnknownUnit(Problem):
    """A street, department or post that the district does not have."""

    code: ClassVar[str] = "unknown_unit"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Figure:
    """One number of one unit.

    numerator, denominator : counts; a plain count has no denominator. value : share (0 to 1),
    count, or score of the composite. grade : None under the least sample; points too, but for a
    plain count, whose bands begin at nought. n : how many cases it rests on. interval : 95 % interval of a share. small : too few cases to judge.
    holders, spread : for posts, number of holders and quartiles over them.
    """

    unit: str | None
    name: str
    name_en: str
    indicator: str
    numerator: int | None
    denominator: int | None
    value: float | None
    points: float | None
    grade: str | None
    n: int
    interval: tuple[float, float] | None = None
    small: bool = False
    holders: int | None = None
    spread: tuple[float, float, float] | None = None

    @property
    def is_count(self) -> bool:
        """Whether it is a plain count: neither a share nor the composite."""
        return self.numerator is not None and self.denominator is None

    def as_json(self) -> dict[str, Any]:
        """The row as commands print it."""
        return {
            "unit": self.unit, "name": self.name, "indicator": self.indicator,
            "numerator": self.numerator, "denominator": self.denominator, "value": self.value,
            "points": self.points, "grade": self.grade, "n": self.n, "interval": self.interval,
        }  # fmt: skip


@dataclass(frozen=True)
class Evaluation:
    """All figures of a district for a period, read from one snapshot."""

    as_of: datetime
    period: Period
    by: By
    scheme: Scheme
    rows: tuple[Figure, ...]

    def of(self, indicator: str) -> tuple[Figure, ...]:
        """The rows of one indicator."""
        return tuple(row for row in self.rows if row.indicator == indicator)
