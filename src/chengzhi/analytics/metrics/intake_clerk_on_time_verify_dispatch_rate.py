"""核实按时派发率 on-time sending of verifications, of a post."""

from chengzhi.analytics.bases import in_time
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "intake_clerk_on_time_verify_dispatch_rate",
    in_time("verify_sent_at", "register_due", Words("其中按时发核实数", "of these, sent in time")),
    Base(
        Words("本期应发核实数", "verifications to be sent in the period"),
        "register_due",
        lambda t: t.needs_verify == 1,
        lambda row: row["needs_verify"] == 1,
        due=Words(
            "应发核实：需现场核实、且受理时限落在本期内的案卷（含尚未派发的）；无受理时限的（如导入）不计。",
            "To be sent: cases to be verified on site whose deadline of taking in lies in the period, sent or not; cases without such a clock (imports) are left out.",
        ),
    ),
    name=Words("核实按时派发率", "On-time sending of verifications"),
    meaning=Words(
        "本期应发核实的案卷中，在受理时限内发出核实的比例。",
        "Of the cases whose verification was to be sent out in the period, the share sent by the deadline of taking in.",
    ),
    holder="verify_sent_by",
)
