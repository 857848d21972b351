"""按时立案率 on-time filing rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _filed(t: Any, w: Window) -> Any:
    judged = t.filed_by.notnull() & t.file_due.notnull()
    return within(t.filed_at, w) & (t.filed_at > t.reported_at) & judged


def _above(t: Any, w: Window, o: Options) -> Any:
    return _filed(t, w) & (t.filed_at <= t.file_due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _filed(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    filed = row["filed_at"] is not None and w.start <= row["filed_at"] < w.end
    filed = filed and row["filed_by"] is not None and row["file_due"] is not None
    filed = filed and row["filed_at"] > row["reported_at"]
    return filed and row["filed_at"] <= row["file_due"], filed


METRIC = register(
    Metric(
        key="shift_leader_on_time_filing_rate",
        subject=Subject.LEADER,
        name=Words("按时立案率", "On-time filing rate"),
        meaning=Words(
            "值班长本期立案的案卷中，在立案时限内立案的比例；无立案时限的（如导入）和上报即立案的不计。",
            "Of the cases that shift leaders filed in the period, the share filed by the filing deadline; cases without such a clock (imports) or filed the moment they were reported are left out.",
        ),
        above=Words(
            "其中按时立案数",
            "of these, filed in time",
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
