"""按期处置率 on-time handling rate, of a department."""

from chengzhi.analytics.bases import HANDLING_DUE, in_time_or_excused
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "department_on_time_handling_rate",
    in_time_or_excused("handled_at", "due", Words("其中按期处置数", "of these, handled by their deadline")),
    HANDLING_DUE,
    name=Words("按期处置率", "On-time handling rate"),
    meaning=Words(
        "该部门本期应处置的案卷中，在时限内处置的比例；超期申诉获准的视为按期。",
        "Of the department's cases due for handling in the period, the share handled by the deadline; an excused delay counts as in time.",
    ),
)
