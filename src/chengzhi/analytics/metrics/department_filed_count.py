"""立案数 cases filed, of a department."""

from chengzhi.analytics.bases import FILED
from chengzhi.analytics.declare import count
from chengzhi.analytics.metric import Words

METRIC = count(
    "department_filed_count",
    FILED,
    name=Words("立案数", "Cases filed"),
    meaning=Words(
        "本期立案并派遣给该部门的案卷数；越少越好，阶梯按部门组设定。",
        "Cases filed in the period that are with the department; fewer is better, steps are set per department group.",
    ),
    better="fewer",
)
