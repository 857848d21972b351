"""超期待处置率 overdue and open rate, of a department."""

from chengzhi.analytics.bases import HANDLING_DUE
from chengzhi.analytics.declare import Part, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "department_overdue_unhandled_rate",
    Part(
        Words("其中期末仍未处置数", "of these, still not handled when the period ended"),
        lambda t, w: (t.handled_at.isnull() | (t.handled_at >= w.end)) & (t.excused == 0),
        lambda row, w: (row["handled_at"] is None or row["handled_at"] >= w.end) and row["excused"] == 0,
    ),
    HANDLING_DUE,
    name=Words("超期待处置率", "Overdue and open rate"),
    meaning=Words(
        "该部门本期应处置的案卷中，期末仍未处置的比例；超期申诉获准的除外。",
        "Of the department's cases due for handling in the period, the share still not handled when it ended; excused ones left out.",
    ),
    source="district example: Chengdu Jinniu",
    better="fewer",
)
