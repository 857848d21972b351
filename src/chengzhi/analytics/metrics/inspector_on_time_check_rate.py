"""按时核查率 on-time check rate, of a post."""

from chengzhi.analytics.bases import in_time, tasks_due
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "inspector_on_time_check_rate",
    in_time("done_at", "due", Words("其中按时核查数", "of these, answered by their deadline")),
    tasks_due(
        "check",
        Words("本期应核查数", "check tasks due in the period"),
        Words(
            "应核查：发给监督员、截止时间落在本期内、未被收回的核查任务。",
            "Due: check tasks sent to inspectors whose deadline lies in the period and that were not called back.",
        ),
    ),
    name=Words("按时核查率", "On-time check rate"),
    meaning=Words(
        "本期应核查的任务中，按时回复的比例。",
        "Of the check tasks due in the period, the share answered by their deadline.",
    ),
    holder="account",
)
