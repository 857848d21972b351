"""监督举报率 public report rate, of an area."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.filed_at, w) & (t.public == 1)


def _below(t: Any, w: Window, o: Options) -> Any:
    return within(t.filed_at, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    filed = row["filed_at"] is not None and w.start <= row["filed_at"] < w.end
    return filed and row["public"] == 1, filed


METRIC = register(
    Metric(
        key="area_public_report_rate",
        subject=Subject.AREA,
        name=Words("监督举报率", "Public report rate"),
        meaning=Words(
            "本期立案的案卷中，由公众举报并经核实的比例；越低说明巡查发现越充分。",
            "Of the cases filed in the period, the share that the public reported; fewer means that patrol finds things first.",
        ),
        above=Words(
            "本期立案且来自公众举报的案卷数",
            "cases filed in the period that the public reported",
        ),
        below=Words(
            "本期立案数",
            "cases filed in the period",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("filed_at",),
        better="fewer",
    )
)
