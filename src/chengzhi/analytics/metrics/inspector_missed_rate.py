"""漏报率 missed rate, of a post."""

from chengzhi.analytics.bases import FILED, flagged
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "inspector_missed_rate",
    flagged("missed", Words("其中漏报数", "of these, missed by patrol")),
    FILED,
    name=Words("漏报率", "Missed rate"),
    meaning=Words(
        "本期立案中，公众举报属实而巡查本应发现的比例；按全岗位计，不落到个人。",
        "Of the cases filed in the period, the share that the public reported and patrol should have found; for the post as a whole, never a person.",
    ),
    better="fewer",
)
