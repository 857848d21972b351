"""按时核实率 on-time verification rate, of a post."""

from chengzhi.analytics.bases import in_time, tasks_due
from chengzhi.analytics.declare import rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "inspector_on_time_verify_rate",
    in_time("done_at", "due", Words("其中按时核实数", "of these, answered by their deadline")),
    tasks_due(
        "verify",
        Words("本期应核实数", "verification tasks due in the period"),
        Words(
            "应核实：发给监督员、截止时间落在本期内、未被收回的核实任务。",
            "Due: verification tasks sent to inspectors whose deadline lies in the period and that were not called back.",
        ),
    ),
    name=Words("按时核实率", "On-time verification rate"),
    meaning=Words(
        "本期应核实的任务中，按时回复的比例。",
        "Of the verification tasks due in the period, the share answered by their deadline.",
    ),
    holder="account",
)
