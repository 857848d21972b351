"""按时结案率 on-time closing rate, of a post."""

from dataclasses import replace

from chengzhi.analytics.bases import CLOSING_DUE, in_time_or_excused, is_running, running
from chengzhi.analytics.declare import STANDARD, Base, Choice, rate
from chengzhi.analytics.metric import Words

CLOSED = Base(
    Words("本期结案数", "cases closed in the period"),
    "closed_at",
    lambda t: t.closed_by.notnull() & t.close_due.notnull(),
    lambda row: row["closed_by"] is not None and row["close_due"] is not None,
)
DUE = replace(
    CLOSING_DUE,
    rows=lambda t: running(t) & (t.closed_by.notnull() | t.closed_at.isnull()),
    plain=lambda row: is_running(row) and (row["closed_by"] is not None or row["closed_at"] is None),
)

METRIC = rate(
    "shift_leader_on_time_closing_rate",
    in_time_or_excused("closed_at", "close_due", Words("其中按时结案数", "of these, closed by the deadline")),
    Choice(
        "closing_base",
        {"closed": CLOSED, "due_to_close": DUE},
        Words(
            "本期结案数（或应结案数，按设置）", "cases closed in the period (or due for closing, by setting)"
        ),
    ),
    name=Words("按时结案率", "On-time closing rate"),
    meaning=Words(
        "值班长结案中按时的比例。岗位口径除以结案数，区域口径除以应结案数，可选。",
        "Share of closings in time. For posts the source divides by cases closed, for areas by cases due: a district's choice.",
    ),
    source=f"{STANDARD}; denominators of post (结案数) and area (应结案数) differ",
    holder="closed_by",
)
