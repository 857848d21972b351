"""A metric in one call: the rows it is of, which of them count, and the words.

Each condition stands twice, as an expression for the engines and in plain Python for the
reference: written apart, so that a slip in one shows as a difference between the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row

STANDARD = "GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)"


def within(column: Any, w: Window) -> Any:
    """The instant lies in the window."""
    return (column >= w.start) & (column < w.end)


@dataclass(frozen=True)
class Part:
    """Rows above the line, among those below it: in words, as an expression, in plain Python."""

    words: Words
    rows: Callable[[Any, Window], Any]
    plain: Callable[[Row, Window], bool]


@dataclass(frozen=True)
class Base:
    """The rows of a period: those whose time `anchor` lies in it and that meet a condition.

    due : what "due in the period" (应…数) means here.
    """

    words: Words
    anchor: str
    rows: Callable[[Any], Any] | None = None
    plain: Callable[[Row], bool] = lambda row: True
    due: Words | None = None
    table: str = "cases_flat"

    def under(self, options: Options) -> "Base":
        """Itself, whatever a district chose."""
        return self

    def counted(self, t: Any, w: Window) -> Any:
        """The expression over a flat table."""
        inside = within(t[self.anchor], w)
        return inside if self.rows is None else inside & self.rows(t)

    def holds(self, row: Row, w: Window) -> bool:
        """The definition for one row."""
        moment = row[self.anchor]
        return moment is not None and w.start <= moment < w.end and self.plain(row)


@dataclass(frozen=True)
class Choice:
    """Denominators on which the sources disagree: the option's value -> its rows."""

    option: str
    bases: Mapping[str, Base]
    words: Words
    table: str = "cases_flat"

    @property
    def due(self) -> Words | None:
        """What "due in the period" means where the district chose that."""
        return next((base.due for base in self.bases.values() if base.due), None)

    def under(self, options: Options) -> Base:
        """What the district chose."""
        return self.bases[getattr(options, self.option)]


def rate(
    key: str,
    above: Part,
    of: Base | Choice,
    *,
    name: Words,
    meaning: Words,
    source: str = STANDARD,
    better: Literal["more", "fewer"] = "more",
    holder: str | None = None,
) -> Metric:
    """Enter the share of the rows `of` that are also `above`. Raises BannedMetric or BadMetric."""

    def plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
        below = of.under(o).holds(row, w)
        return below and above.plain(row, w), below

    bases = of.bases.values() if isinstance(of, Choice) else (of,)
    return register(
        Metric(
            key=key, subject=_subject(key), name=name, meaning=meaning, above=above.words, below=of.words,
            due=of.due, source=source, better=better, holder=holder, table=of.table, plain=plain,
            numerator=lambda t, w, o: of.under(o).counted(t, w) & above.rows(t, w),
            denominator=lambda t, w, o: of.under(o).counted(t, w),
            anchors=tuple(base.anchor for base in bases), choose=lambda o: of.under(o).anchor,
        )
    )  # fmt: skip


def count(
    key: str,
    of: Base,
    *,
    name: Words,
    meaning: Words,
    better: Literal["more", "fewer"] = "more",
    holder: str | None = None,
) -> Metric:
    """Enter the number of the rows `of`. Raises BannedMetric or BadMetric."""

    def plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
        counts = of.holds(row, w)
        return counts, counts

    return register(
        Metric(
            key=key, subject=_subject(key), name=name, meaning=meaning, above=of.words, source=STANDARD,
            better=better, holder=holder, table=of.table, plain=plain, anchors=(of.anchor,),
            numerator=lambda t, w, o: of.counted(t, w),
        )
    )  # fmt: skip


def _subject(key: str) -> Subject:
    return next(subject for subject in Subject if key.startswith(f"{subject.value}_"))
