"""有效上报率 valid report rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _reported(t: Any, w: Window) -> Any:
    return within(t.reported_at, w) & (t.patrol == 1) & (t.self_handled == 0) & t.reported_by.notnull()


def _above(t: Any, w: Window, o: Options) -> Any:
    return _reported(t, w) & (t.filed_at < w.end)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _reported(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    reported = row["reported_at"] is not None and w.start <= row["reported_at"] < w.end
    reported = reported and row["patrol"] == 1 and row["self_handled"] == 0
    reported = reported and row["reported_by"] is not None
    filed = row["filed_at"] is not None and row["filed_at"] < w.end
    return reported and filed, reported


METRIC = register(
    Metric(
        key="inspector_valid_report_rate",
        subject=Subject.INSPECTOR,
        name=Words("有效上报率", "Valid report rate"),
        meaning=Words(
            "监督员本期上报的问题中，期末前已立案（含立案后作废）的比例；自处理的不计。",
            "Of what inspectors reported in the period, the share filed before it ended (later voided ones included); finds settled on the spot are left out.",
        ),
        above=Words(
            "其中有效上报（已立案）数",
            "of these, filed",
        ),
        below=Words(
            "本期上报数",
            "reports by inspectors in the period",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("reported_at",),
        holder="reported_by",
    )
)
