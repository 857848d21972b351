"""立案数 cases filed, of an area."""

from chengzhi.analytics.bases import FILED
from chengzhi.analytics.declare import count
from chengzhi.analytics.metric import Words

METRIC = count(
    "area_filed_count",
    FILED,
    name=Words("立案数", "Cases filed"),
    meaning=Words(
        "本期立案的案卷数（含立案后作废的）；对区域而言越少越好。",
        "Cases filed in the period, later voided ones included; for an area fewer is better.",
    ),
    better="fewer",
)
