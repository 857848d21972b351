"""准确立案率 accurate filing rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _filed(t: Any, w: Window) -> Any:
    return within(t.filed_at, w) & (t.filed_at > t.reported_at) & t.filed_by.notnull()


def _above(t: Any, w: Window, o: Options) -> Any:
    return _filed(t, w) & (t.void == 0)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _filed(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    filed = row["filed_at"] is not None and w.start <= row["filed_at"] < w.end
    filed = filed and row["filed_by"] is not None and row["filed_at"] > row["reported_at"]
    return filed and row["void"] == 0, filed


METRIC = register(
    Metric(
        key="shift_leader_accurate_filing_rate",
        subject=Subject.LEADER,
        name=Words("准确立案率", "Accurate filing rate"),
        meaning=Words(
            "值班长本期立案的案卷中，后来未作废的比例；上报即立案的不计。",
            "Of the cases that shift leaders filed in the period, the share not voided later; cases filed the moment they were reported are left out.",
        ),
        above=Words(
            "立案数减作废数",
            "cases filed less those voided",
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
        holder="filed_by",
    )
)
