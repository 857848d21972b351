"""核查按时派发率 on-time sending of checks, of a post."""

from chengzhi.analytics.bases import in_time, is_live, live
from chengzhi.analytics.declare import Base, rate
from chengzhi.analytics.metric import Words

METRIC = rate(
    "intake_clerk_on_time_check_dispatch_rate",
    in_time("check_sent_at", "send_check_due", Words("其中按时发核查数", "of these, sent in time")),
    Base(
        Words("本期应发核查数", "checks to be sent in the period"),
        "send_check_due",
        lambda t: live(t) & (t.check_sent_at.notnull() | t.closed_at.isnull()),
        lambda row: is_live(row) and (row["check_sent_at"] is not None or row["closed_at"] is None),
        due=Words(
            "应发核查：核查派发时限落在本期内、未作废、未并案，且已发核查或尚未结案的案卷。",
            "To be sent: cases whose deadline for sending the check lies in the period; not voided or merged; the check sent or the case still open.",
        ),
    ),
    name=Words("核查按时派发率", "On-time sending of checks"),
    meaning=Words(
        "本期应发核查的案卷中，在派发时限内发出核查的比例。",
        "Of the cases whose check was to be sent out in the period, the share sent by the deadline for sending.",
    ),
    holder="check_sent_by",
)
