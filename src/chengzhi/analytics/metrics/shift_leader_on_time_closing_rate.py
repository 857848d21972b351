"""按时结案率 on-time closing rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import closed_in_time, closing_due, within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _base(t: Any, w: Window, o: Options) -> Any:
    if o.closing_base == "due_to_close":
        return closing_due(t, w) & (t.closed_by.notnull() | t.closed_at.isnull())
    return within(t.closed_at, w) & t.closed_by.notnull() & t.close_due.notnull()


def _above(t: Any, w: Window, o: Options) -> Any:
    return _base(t, w, o) & closed_in_time(t, w)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _base(t, w, o)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    if row["close_due"] is None:
        return False, False
    closed = row["closed_at"] is not None and row["closed_at"] < w.end
    if o.closing_base == "due_to_close":
        base = w.start <= row["close_due"] < w.end
        base = base and row["void"] == 0 and row["merged"] == 0 and row["paused"] == 0
        base = base and (row["closed_by"] is not None or row["closed_at"] is None)
    else:
        base = closed and w.start <= row["closed_at"] and row["closed_by"] is not None
    in_time = closed and (row["closed_at"] <= row["close_due"] or row["excused"] == 1)
    return base and in_time, base


METRIC = register(
    Metric(
        key="shift_leader_on_time_closing_rate",
        subject=Subject.LEADER,
        name=Words("按时结案率", "On-time closing rate"),
        meaning=Words(
            "值班长结案中按时的比例。岗位口径除以结案数，区域口径除以应结案数，可选。",
            "Share of closings in time. For posts the source divides by cases closed, for areas by cases due: a district's choice.",
        ),
        above=Words(
            "其中按时结案数",
            "of these, closed by the deadline",
        ),
        below=Words(
            "本期结案数（或应结案数，按设置）",
            "cases closed in the period (or due for closing, by setting)",
        ),
        due=Words(
            "应结案：按期处置的，核查、结案时限的最后一刻落在本期内；未按期处置的，处置截止时间落在本期内。未作废、未并案、未在挂账中。",
            "Due for closing: if handled in time, the end of the check and closing clocks lies in the period; otherwise the handling deadline does. Not voided, merged or suspended.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen); denominators of post (结案数) and area (应结案数) differ",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=(
            "closed_at",
            "close_due",
        ),
        choose=lambda o: "close_due" if o.closing_base == "due_to_close" else "closed_at",
        holder="closed_by",
    )
)
