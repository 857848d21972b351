"""核实按时派发率 on-time sending of verifications, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _due(t: Any, w: Window) -> Any:
    return within(t.register_due, w) & (t.needs_verify == 1)


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w) & (t.verify_sent_at <= t.register_due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["register_due"] is not None and w.start <= row["register_due"] < w.end
    due = due and row["needs_verify"] == 1
    sent = row["verify_sent_at"]
    return due and sent is not None and sent <= row["register_due"], due


METRIC = register(
    Metric(
        key="intake_clerk_on_time_verify_dispatch_rate",
        subject=Subject.CLERK,
        name=Words("核实按时派发率", "On-time sending of verifications"),
        meaning=Words(
            "本期应发核实的案卷中，在受理时限内发出核实的比例。",
            "Of the cases whose verification was to be sent out in the period, the share sent by the deadline of taking in.",
        ),
        above=Words(
            "其中按时发核实数",
            "of these, sent in time",
        ),
        below=Words(
            "本期应发核实数",
            "verifications to be sent in the period",
        ),
        due=Words(
            "应发核实：需现场核实、且受理时限落在本期内的案卷（含尚未派发的）；无受理时限的（如导入）不计。",
            "To be sent: cases to be verified on site whose deadline of taking in lies in the period, sent or not; cases without such a clock (imports) are left out.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("register_due",),
        holder="verify_sent_by",
    )
)
