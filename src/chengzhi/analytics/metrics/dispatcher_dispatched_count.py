"""派遣数 cases dispatched, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.dispatched_at, w) & t.dispatched_by.notnull()


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    sent = row["dispatched_at"] is not None and w.start <= row["dispatched_at"] < w.end
    sent = sent and row["dispatched_by"] is not None
    return sent, sent


METRIC = register(
    Metric(
        key="dispatcher_dispatched_count",
        subject=Subject.DISPATCHER,
        name=Words("派遣数", "Cases dispatched"),
        meaning=Words(
            "派遣员本期派遣的案卷数；评分用人均数。",
            "Cases that dispatchers sent out in the period; points use the number per dispatcher.",
        ),
        above=Words(
            "本期派遣数",
            "cases dispatched in the period",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        plain=_plain,
        anchors=("dispatched_at",),
        holder="dispatched_by",
    )
)
