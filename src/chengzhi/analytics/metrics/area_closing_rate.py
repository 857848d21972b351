"""结案率 closing rate, of an area."""

from chengzhi.analytics.bases import CLOSING_DUE, before_end
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "area_closing_rate",
    before_end("closed_at", Words("其中期末前已结案数", "of these, closed before the period ended")),
    CLOSING_DUE,
    name=Words("结案率", "Closing rate"),
    meaning=Words(
        "本期应结案的案卷中，期末前已结案的比例。",
        "Of the cases due for closing in the period, the share closed before it ended.",
    ),
)
