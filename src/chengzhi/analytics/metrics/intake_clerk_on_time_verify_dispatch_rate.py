"""核实按时派发率 on-time sending of verifications, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row

MINUTE = 60_000_000


def _due(t: Any, w: Window, o: Options) -> Any:
    return within(t.reported_at + o.verify_send_minutes * MINUTE, w) & (t.needs_verify == 1)


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w, o) & (t.verify_sent_at <= t.reported_at + o.verify_send_minutes * MINUTE)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w, o)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    last = row["reported_at"] + o.verify_send_minutes * MINUTE
    due = w.start <= last < w.end and row["needs_verify"] == 1
    return due and row["verify_sent_at"] is not None and row["verify_sent_at"] <= last, due


METRIC = register(
    Metric(
        key="intake_clerk_on_time_verify_dispatch_rate",
        subject=Subject.CLERK,
        name=Words("核实按时派发率", "On-time sending of verifications"),
        meaning=Words(
            "本期应发核实的案卷中，在规定分钟数内发出核实的比例。",
            "Of the cases whose verification was to be sent out in the period, the share sent within the minutes set.",
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
            "应发核实：需现场核实、且登记时间加派发时限落在本期内的案卷（含尚未派发的）。",
            "To be sent: cases to be verified on site whose time of report plus the minutes set lies in the period, sent or not.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        holder="verify_sent_by",
    )
)
