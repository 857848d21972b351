"""监督举报率 public report rate, of an area."""

from chengzhi.analytics.bases import FILED, flagged
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_public_report_rate",
    flagged(
        "public",
        Words("本期立案且来自公众举报的案卷数", "cases filed in the period that the public reported"),
    ),
    FILED,
    name=Words("监督举报率", "Public report rate"),
    meaning=Words(
        "本期立案的案卷中，由公众举报并经核实的比例；越低说明巡查发现越充分。",
        "Of the cases filed in the period, the share that the public reported; fewer means that patrol finds things first.",
    ),
    better="fewer",
)
