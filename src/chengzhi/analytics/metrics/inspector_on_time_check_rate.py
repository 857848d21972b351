"""按时核查率 on-time check rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _due(t: Any, w: Window) -> Any:
    return within(t.due, w) & (t.kind == "check") & (t.cancelled == 0)


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w) & (t.done_at <= t.due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["due"] is not None and w.start <= row["due"] < w.end
    due = due and row["kind"] == "check" and row["cancelled"] == 0
    return due and row["done_at"] is not None and row["done_at"] <= row["due"], due


METRIC = register(
    Metric(
        key="inspector_on_time_check_rate",
        subject=Subject.INSPECTOR,
        name=Words("按时核查率", "On-time check rate"),
        meaning=Words(
            "本期应核查的任务中，按时回复的比例。",
            "Of the check tasks due in the period, the share answered by their deadline.",
        ),
        above=Words(
            "其中按时核查数",
            "of these, answered by their deadline",
        ),
        below=Words(
            "本期应核查数",
            "check tasks due in the period",
        ),
        due=Words(
            "应核查：发给监督员、截止时间落在本期内、未被收回的核查任务。",
            "Due: check tasks sent to inspectors whose deadline lies in the period and that were not called back.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("due",),
        table="tasks_flat",
        holder="account",
    )
)
