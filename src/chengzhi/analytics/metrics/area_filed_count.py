"""立案数 cases filed, of an area."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.filed_at, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    filed = row["filed_at"] is not None and w.start <= row["filed_at"] < w.end
    return filed, filed


METRIC = register(
    Metric(
        key="area_filed_count",
        subject=Subject.AREA,
        name=Words("立案数", "Cases filed"),
        meaning=Words(
            "本期立案的案卷数（含立案后作废的）；对区域而言越少越好。",
            "Cases filed in the period, later voided ones included; for an area fewer is better.",
        ),
        above=Words(
            "本期立案数",
            "cases filed in the period",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        plain=_plain,
        anchors=("filed_at",),
        better="fewer",
    )
)
