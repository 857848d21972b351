"""延期率 extension rate, of a department."""

from chengzhi.analytics.bases import HANDLING_DUE
from chengzhi.analytics.declare import Part, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "department_extension_rate",
    Part(
        Words("其中获准延期数", "of these, granted an extension"),
        lambda t, w: t.extensions > 0,
        lambda row, w: row["extensions"] > 0,
    ),
    HANDLING_DUE,
    name=Words("延期率", "Extension rate"),
    meaning=Words(
        "该部门本期应处置的案卷中，获准延期的比例。",
        "Of the department's cases due for handling in the period, the share that were granted an extension.",
    ),
    source="district example: Chengdu Jinniu",
    better="fewer",
)
