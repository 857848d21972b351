"""受理数 reports taken in, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.reported_at, w) & t.taken_by.notnull()


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    taken = row["reported_at"] is not None and w.start <= row["reported_at"] < w.end
    taken = taken and row["taken_by"] is not None
    return taken, taken


METRIC = register(
    Metric(
        key="intake_clerk_received_count",
        subject=Subject.CLERK,
        name=Words("受理数", "Reports taken in"),
        meaning=Words(
            "受理员本期受理的案卷数；评分用人均数。",
            "Reports that intake clerks took in during the period; points use the number per clerk.",
        ),
        above=Words(
            "本期受理数",
            "reports taken in during the period",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        plain=_plain,
        anchors=("reported_at",),
        holder="taken_by",
    )
)
