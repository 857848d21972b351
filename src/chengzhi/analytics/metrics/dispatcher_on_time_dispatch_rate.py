"""按时派遣率 on-time dispatch rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import live, within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.dispatch_due, w) & live(t) & (t.dispatched_at <= t.dispatch_due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return within(t.dispatch_due, w) & live(t)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["dispatch_due"] is not None and w.start <= row["dispatch_due"] < w.end
    due = due and row["void"] == 0 and row["merged"] == 0
    sent = row["dispatched_at"] is not None
    return due and sent and row["dispatched_at"] <= row["dispatch_due"], due


METRIC = register(
    Metric(
        key="dispatcher_on_time_dispatch_rate",
        subject=Subject.DISPATCHER,
        name=Words("按时派遣率", "On-time dispatch rate"),
        meaning=Words(
            "本期应派遣的案卷中，在派遣时限内派出的比例。",
            "Of the cases due for dispatch in the period, the share dispatched by the deadline.",
        ),
        above=Words(
            "其中按时派遣数",
            "of these, dispatched in time",
        ),
        below=Words(
            "本期应派遣数",
            "cases due for dispatch in the period",
        ),
        due=Words(
            "应派遣：派遣截止时间落在本期内、未作废、未并案的案卷，含尚未派遣的。",
            "Due for dispatch: the dispatch deadline lies in the period, dispatched or not; not voided or merged.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("dispatch_due",),
        holder="dispatched_by",
    )
)
