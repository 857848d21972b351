"""核查按时派发率 on-time sending of checks, of a post."""

from typing import Any

from chengzhi.analytics.facts import live, within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row

MINUTE = 60_000_000


def _due(t: Any, w: Window, o: Options) -> Any:
    wanted = (t.check_sent_at.notnull() | t.closed_at.isnull()) & (t.self_handled == 0) & live(t)
    return within(t.handled_at + o.check_send_minutes * MINUTE, w) & wanted


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w, o) & (t.check_sent_at <= t.handled_at + o.check_send_minutes * MINUTE)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w, o)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    if row["handled_at"] is None or row["void"] or row["merged"] or row["self_handled"]:
        return False, False
    last = row["handled_at"] + o.check_send_minutes * MINUTE
    sent = row["check_sent_at"] is not None
    due = w.start <= last < w.end and (sent or row["closed_at"] is None)
    return due and sent and row["check_sent_at"] <= last, due


METRIC = register(
    Metric(
        key="intake_clerk_on_time_check_dispatch_rate",
        subject=Subject.CLERK,
        name=Words("核查按时派发率", "On-time sending of checks"),
        meaning=Words(
            "本期应发核查的案卷中，在规定分钟数内发出核查的比例。",
            "Of the cases whose check was to be sent out in the period, the share sent within the minutes set.",
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
            "应发核查：处置完成时间加派发时限落在本期内、未作废并案、非自处理、且已发核查或尚未结案的案卷。",
            "To be sent: cases whose end of handling plus the minutes set lies in the period; not voided, merged or settled on the spot; the check sent or the case still open.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        holder="check_sent_by",
    )
)
