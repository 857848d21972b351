"""核查按时派发率 on-time sending of checks, of a post."""

from typing import Any

from chengzhi.analytics.facts import live, within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _due(t: Any, w: Window) -> Any:
    wanted = (t.check_sent_at.notnull() | t.closed_at.isnull()) & live(t)
    return within(t.send_check_due, w) & wanted


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w) & (t.check_sent_at <= t.send_check_due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["send_check_due"] is not None and w.start <= row["send_check_due"] < w.end
    due = due and row["void"] == 0 and row["merged"] == 0
    sent = row["check_sent_at"]
    due = due and (sent is not None or row["closed_at"] is None)
    return due and sent is not None and sent <= row["send_check_due"], due


METRIC = register(
    Metric(
        key="intake_clerk_on_time_check_dispatch_rate",
        subject=Subject.CLERK,
        name=Words("核查按时派发率", "On-time sending of checks"),
        meaning=Words(
            "本期应发核查的案卷中，在派发时限内发出核查的比例。",
            "Of the cases whose check was to be sent out in the period, the share sent by the deadline for sending.",
        ),
        above=Words(
            "其中按时发核查数",
            "of these, sent in time",
        ),
        below=Words(
            "本期应发核查数",
            "checks to be sent in the period",
        ),
        due=Words(
            "应发核查：核查派发时限落在本期内、未作废、未并案，且已发核查或尚未结案的案卷。",
            "To be sent: cases whose deadline for sending the check lies in the period; not voided or merged; the check sent or the case still open.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("send_check_due",),
        holder="check_sent_by",
    )
)
