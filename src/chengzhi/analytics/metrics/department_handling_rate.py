"""处置率 handling rate, of a department."""

from chengzhi.analytics.bases import HANDLING_DUE, before_end
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "department_handling_rate",
    before_end("handled_at", Words("其中期末前已处置数", "of these, handled before the period ended")),
    HANDLING_DUE,
    name=Words("处置率", "Handling rate"),
    meaning=Words(
        "该部门本期应处置的案卷中，期末前已处置的比例。",
        "Of the department's cases due for handling in the period, the share handled before it ended.",
    ),
    source="district example: Chengdu Jinniu; vendor dictionary disposeRate",
)
