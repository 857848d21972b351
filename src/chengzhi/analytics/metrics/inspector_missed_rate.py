"""漏报率 missed rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return within(t.filed_at, w) & (t.missed == 1)


def _below(t: Any, w: Window, o: Options) -> Any:
    return within(t.filed_at, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    filed = row["filed_at"] is not None and w.start <= row["filed_at"] < w.end
    return filed and row["missed"] == 1, filed


METRIC = register(
    Metric(
        key="inspector_missed_rate",
        subject=Subject.INSPECTOR,
        name=Words("漏报率", "Missed rate"),
        meaning=Words(
            "本期立案中，公众举报属实而巡查本应发现的比例；按全岗位计，不落到个人。",
            "Of the cases filed in the period, the share that the public reported and patrol should have found; for the post as a whole, never a person.",
        ),
        above=Words(
            "其中漏报数",
            "of these, missed by patrol",
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
