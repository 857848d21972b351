"""返工率 rework rate, of a department."""

from chengzhi.analytics.bases import CLOSING_DUE, is_live, live
from chengzhi.analytics.declare import STANDARD, Base, Choice, Part, rate
from chengzhi.analytics.metric import Words

HANDLED = Base(Words("本期处置数", "cases handled in the period"), "handled_at", live, is_live)

METRIC = rate(
    "department_rework_rate",
    Part(
        Words("其中返工后结案数", "of these, closed after rework"),
        lambda t, w: (t.closed_at < w.end) & (t.reworks > 0),
        lambda row, w: row["closed_at"] is not None and row["closed_at"] < w.end and row["reworks"] > 0,
    ),
    Choice(
        "rework_base",
        {"due_to_close": CLOSING_DUE, "handled": HANDLED},
        Words("本期应结案数（或处置数，按设置）", "cases due for closing (or cases handled, by setting)"),
    ),
    name=Words("返工率", "Rework rate"),
    meaning=Words(
        "核查不合格后再次派给同一部门的案卷比例，结案时计。分母各家不一，可选应结案数或处置数。",
        "Share of cases dispatched a second time to the same department after a check, counted at closing. Sources divide by cases due for closing or by cases handled: a district's choice.",
    ),
    source=f"{STANDARD}; denominators disagree: 应结案数 or 处置数",
    better="fewer",
)
