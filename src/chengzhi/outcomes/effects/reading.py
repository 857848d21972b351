"""From a long CSV or Parquet file to a panel; whatever is wrong is refused with its cause."""

from pathlib import Path

import numpy as np
import polars as pl

from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import NEVER_TREATED, Codes, Columns, Numbers, Panel
from chengzhi.outcomes.effects.problems import (
    BadNumber,
    ChangingCluster,
    ChangingStart,
    DuplicateRows,
    EmptyPeriods,
    NoBefore,
    NobodyTreated,
    NotBalanced,
    UnknownColumn,
    UnreadableTable,
    listed,
    short,
)
from chengzhi.outcomes.effects.times import Clock, clock_of, is_never

MISSING = ("", "na", "nan", "null", "none", "-")
PARQUET = (".parquet", ".pq")


def read(path: Path, columns: Columns) -> Panel:
    """Read a long table: one row a unit and time.

    Raises
    ------
    UnreadableTable, UnknownColumn, BadTime, BadNumber, DuplicateRows, EmptyPeriods, ChangingStart,
    ChangingCluster, NobodyTreated, NoBefore, NotBalanced: as they say.
    """
    return panel_of(_table(path), columns)


def _table(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() in PARQUET:
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError, UnicodeError) as error:
        raise UnreadableTable(
            _("“%(name)s” cannot be read as a table.", name=short(path.name)),
            str(error).splitlines()[0][:200],
            _("Give a CSV in UTF-8 with column names in its first line, or a Parquet file."),
        ) from error


def panel_of(table: pl.DataFrame, columns: Columns) -> Panel:
    """The panel of a long table in memory; raises as `read`."""
    table = _texts(table, columns)
    texts = table[columns.time].to_list()
    clock = clock_of(texts)
    numbers = np.array([clock.number(one) for one in texts], dtype=np.int64)
    units, rows = np.unique(table[columns.unit].to_numpy().astype(str), return_inverse=True)
    at = numbers - numbers.min()
    _refuse_duplicates(table, columns, rows, at)
    shape = (len(units), int(at.max()) + 1)
    y = _grid(table, columns.outcome, rows, at, shape)
    x = [_grid(table, one, rows, at, shape) for one in columns.covariates]
    labels = dict(zip(at.tolist(), texts, strict=True))
    _refuse_empty(y, labels)
    first = _starts(table, columns, clock, rows, at + numbers.min(), len(units)) - int(numbers.min())
    first = np.where(first >= shape[1], NEVER_TREATED, first)
    panel = Panel(
        tuple(units.tolist()), tuple(labels[one] for one in range(shape[1])), y, first,
        np.stack(x, axis=2) if x else np.zeros((*shape, 0)), _clusters(table, columns, rows, len(units)),
        columns, clock.season, clock.kind,
    )  # fmt: skip
    return _usable(panel)


def _texts(table: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    """The named columns as trimmed text."""
    named = [columns.unit, columns.time, columns.outcome, columns.treated_from]
    missing = [one for one in (*named, *columns.covariates, columns.cluster) if one and one not in table]
    if missing:
        raise UnknownColumn(
            _("There is no column “%(name)s”.", name=short(missing[0])),
            _("The columns are: %(known)s.", known=listed(table.columns)),
            _("Name a column of the first line exactly as it stands there."),
        )
    if len(set(named)) < len(named):
        raise UnknownColumn(
            _("One column is named for two things."),
            _("Unit, time, outcome and first treated time are four different columns."),
            _("Name four columns."),
        )
    if table.is_empty():
        raise UnreadableTable(
            _("The table has no rows."), "", _("Give a table with one row for each unit and time.")
        )
    wanted = dict.fromkeys(one for one in (*named, *columns.covariates, columns.cluster) if one)
    return table.select(
        pl.col(one).cast(pl.String, strict=False).fill_null("").str.strip_chars() for one in wanted
    )


def _refuse_duplicates(table: pl.DataFrame, columns: Columns, rows: Codes, at: Codes) -> None:
    both = rows.astype(np.int64) * (int(at.max()) + 1) + at
    _pairs, index, counts = np.unique(both, return_index=True, return_counts=True)
    if (counts > 1).any():
        row = table.row(int(index[counts > 1][0]), named=True)
        raise DuplicateRows(
            _(
                "“%(unit)s” has several rows at %(time)s.",
                unit=short(row[columns.unit]), time=short(row[columns.time]),
            ),
            _("Each unit has one row at each time; %(n)s pairs occur twice.", n=int((counts > 1).sum())),
            _("Leave one row or add them up before."),
        )  # fmt: skip


def _grid(table: pl.DataFrame, name: str, rows: Codes, at: Codes, shape: tuple[int, int]) -> Numbers:
    values = np.full(shape, np.nan)
    for row, time, text in zip(rows.tolist(), at.tolist(), table[name].to_list(), strict=True):
        if text.lower() not in MISSING:
            values[row, time] = _number(text, name)
    return values


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise BadNumber(
            _("“%(text)s” in column “%(name)s” is no number.", text=short(text), name=short(name)),
            _("Outcomes and covariates are finite numbers; a value that is not known is empty or NA."),
            _("Correct the row."),
        )
    return value


def _refuse_empty(y: Numbers, labels: dict[int, str]) -> None:
    empty = [at for at in range(y.shape[1]) if not np.isfinite(y[:, at]).any()]
    if empty:
        before = labels.get(empty[0] - 1, labels[min(labels)])
        raise EmptyPeriods(
            _(
                "%(n)s times have no outcome of any unit, the first after %(time)s.",
                n=len(empty),
                time=before,
            ),
            _("A time without data is not a zero, and no method may guess it."),
            _("Fill the gap from the source, write 0 where nothing happened, or cut the table there."),
        )


def _starts(
    table: pl.DataFrame, columns: Columns, clock: Clock, rows: Codes, numbers: Codes, n: int
) -> Codes:
    """First treated time of each unit in the clock's numbers."""
    texts = table[columns.treated_from].to_list()
    switch = {one for one in texts if one.lower() not in MISSING} <= {"0", "1", "0.0", "1.0", "true", "false"}
    if switch:
        return _switched(texts, rows, numbers, n)
    starts = np.full(n, -1, dtype=np.int64)
    memory: dict[str, int] = {}
    for row, text in zip(rows.tolist(), texts, strict=True):
        if text not in memory:
            memory[text] = NEVER_TREATED * 2 if is_never(text) else _start(text, clock)
        if starts[row] not in (-1, memory[text]):
            raise _changing(table, columns, rows, row)
        starts[row] = memory[text]
    return starts


def _start(text: str, clock: Clock) -> int:
    try:
        return clock.number(text)
    except ValueError:
        pass
    clock_of([text])  # says so where it is no time at all
    raise BadNumber(
        _("“%(text)s” is no time of the kind that the column of times has.", text=short(text)),
        _("First treated times are written as the times are."),
        _("Write both in the same way."),
    )


def _switched(texts: list[str], rows: Codes, numbers: Codes, n: int) -> Codes:
    on = np.array([one.lower() in ("1", "1.0", "true") for one in texts])
    starts = np.full(n, NEVER_TREATED * 2, dtype=np.int64)
    np.minimum.at(starts, rows[on], numbers[on])
    if (~on & (numbers >= starts[rows])).any():
        raise ChangingStart(
            _("A unit's treatment is switched off again."),
            _("These methods follow a unit from its first treated time to the end."),
            _("Cut the table before the end of the treatment."),
        )
    return starts


def _changing(table: pl.DataFrame, columns: Columns, rows: Codes, row: int) -> ChangingStart:
    unit = table[columns.unit][int(np.flatnonzero(rows == row)[0])]
    return ChangingStart(
        _("“%(unit)s” has several first treated times.", unit=short(unit)),
        _("The first treated time of a unit is the same in all its rows."),
        _("Correct the column, or use one of 0 and 1."),
    )


def _clusters(table: pl.DataFrame, columns: Columns, rows: Codes, n: int) -> Codes:
    if columns.cluster is None:
        return np.arange(n, dtype=np.int64)
    codes = np.unique(table[columns.cluster].to_numpy().astype(str), return_inverse=True)[1]
    cluster = np.zeros(n, dtype=np.int64)
    cluster[rows] = codes
    if (cluster[rows] != codes).any():
        raise ChangingCluster(
            _("A unit belongs to two clusters."),
            "",
            _("Name a column that is the same in all rows of a unit."),
        )
    return cluster


def _usable(panel: Panel) -> Panel:
    """Without units that have gaps or are treated from the first time on."""
    whole = np.isfinite(panel.y).all(axis=1) & np.isfinite(panel.x).all(axis=(1, 2))
    if not whole.any():
        raise NotBalanced(
            _("No unit has an outcome at every time."),
            _("The methods compare the same units at all times."),
            _("Complete the rows, or cut the table to times that are complete."),
        )
    said: list[Sentence] = []
    if not whole.all():
        said.append(_("%(n)s units with missing rows or values were left out.", n=int((~whole).sum())))
    if panel.never.all():
        raise NobodyTreated(
            _("No unit is treated inside the span of the table."),
            "",
            _("Check the column of first treated times."),
        )
    always = panel.first <= 0
    if always.any():
        said.append(_("%(n)s units treated from the first time on were left out.", n=int(always.sum())))
    panel = panel.taken(whole & ~always, *said)
    if panel.n == 0 or panel.never.all():
        raise NoBefore(
            _("No treated unit has complete times before its treatment."),
            _("Without a before there is nothing to compare with."),
            _("Add times before the start."),
        )
    return panel
