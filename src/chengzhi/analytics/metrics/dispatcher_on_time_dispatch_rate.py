"""按时派遣率 on-time dispatch rate, of a post."""

from chengzhi.analytics.bases import DISPATCH_DUE, in_time
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "dispatcher_on_time_dispatch_rate",
    in_time("dispatched_at", "dispatch_due", Words("其中按时派遣数", "of these, dispatched in time")),
    DISPATCH_DUE,
    name=Words("按时派遣率", "On-time dispatch rate"),
    meaning=Words(
        "本期应派遣的案卷中，在派遣时限内派出的比例。",
        "Of the cases due for dispatch in the period, the share dispatched by the deadline.",
    ),
    holder="dispatched_by",
)
