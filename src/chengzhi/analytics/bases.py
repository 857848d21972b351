"""Rows that several metrics count: denominators, and the usual ways to be above the line."""

from typing import Any

from chengzhi.analytics.declare import Base, Part
from chengzhi.analytics.metric import Words
from chengzhi.analytics.tables import Row


def live(t: Any) -> Any:
    """Neither voided nor merged into another case."""
    return (t.void == 0) & (t.merged == 0)


def is_live(row: Row) -> bool:
    """The same of one row."""
    return bool(row["void"] == 0 and row["merged"] == 0)


def running(t: Any) -> Any:
    """Live, and the clock does not stand still."""
    return live(t) & (t.paused == 0)


def is_running(row: Row) -> bool:
    """The same of one row."""
    return is_live(row) and row["paused"] == 0


CLOSING_DUE = Base(
    Words("本期应结案数", "cases due for closing in the period"),
    "close_due",
    running,
    is_running,
    due=Words(
        "应结案：按期处置的，核查、结案时限的最后一刻落在本期内；未按期处置的，处置截止时间落在本期内。未作废、未并案、未在挂账中。",
        "Due for closing: if handled in time, the end of the check and closing clocks lies in the period; otherwise the handling deadline does. Not voided, merged or suspended.",
    ),
)
HANDLING_DUE = Base(
    Words("本期应处置数", "cases due for handling in the period"),
    "due",
    running,
    is_running,
    due=Words(
        "应处置：处置截止时间落在本期内，未作废、未并案、未在挂账中的案卷；本期未完时只算到数据时点。",
        "Due for handling: the handling deadline lies in the period; not voided, merged or suspended. While the period runs, only up to the time of the data.",
    ),
)
DISPATCH_DUE = Base(
    Words("本期应派遣数", "cases due for dispatch in the period"),
    "dispatch_due",
    live,
    is_live,
    due=Words(
        "应派遣：派遣截止时间落在本期内、未作废、未并案的案卷，含尚未派遣的。",
        "Due for dispatch: the dispatch deadline lies in the period, dispatched or not; not voided or merged.",
    ),
)
FILED = Base(Words("本期立案数", "cases filed in the period"), "filed_at")


def fair_look(t: Any) -> Any:
    """A first look, judged, and not excused by the weather."""
    return (t.judged == 1) & (t.second == 0) & (t.excused == 0)


def is_fair_look(row: Row) -> bool:
    """The same of one row."""
    return bool(row["judged"] == 1 and row["second"] == 0 and row["excused"] == 0)


def tasks_due(kind: str, words: Words, due: Words) -> Base:
    """Tasks of a kind whose deadline lies in the period and that were not called back."""
    return Base(
        words,
        "due",
        lambda t: (t.kind == kind) & (t.cancelled == 0),
        lambda row: row["kind"] == kind and row["cancelled"] == 0,
        due=due,
        table="tasks_flat",
    )


def before_end(done: str, words: Words) -> Part:
    """Done before the window ends."""
    return Part(
        words,
        lambda t, w: t[done] < w.end,
        lambda row, w: row[done] is not None and row[done] < w.end,
    )


def in_time(done: str, due: str, words: Words) -> Part:
    """Done by its deadline."""
    return Part(
        words,
        lambda t, w: t[done] <= t[due],
        lambda row, w: row[done] is not None and row[done] <= row[due],
    )


def in_time_or_excused(done: str, due: str, words: Words) -> Part:
    """Done before the window ends, by its deadline or with an appeal against "overdue" granted."""
    return Part(
        words,
        lambda t, w: (t[done] < w.end) & ((t[done] <= t[due]) | (t.excused == 1)),
        lambda row, w: (
            row[done] is not None and row[done] < w.end and (row[done] <= row[due] or row["excused"] == 1)
        ),
    )


def flagged(column: str, words: Words) -> Part:
    """A yes of the flat table."""
    return Part(words, lambda t, w: t[column] == 1, lambda row, w: row[column] == 1)
