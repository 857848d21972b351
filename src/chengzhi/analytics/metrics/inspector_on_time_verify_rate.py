"""按时核实率 on-time verification rate, of a post."""

from typing import Any

from chengzhi.analytics.facts import within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _due(t: Any, w: Window) -> Any:
    return within(t.due, w) & (t.kind == "verify") & (t.cancelled == 0)


def _above(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w) & (t.done_at <= t.due)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["due"] is not None and w.start <= row["due"] < w.end
    due = due and row["kind"] == "verify" and row["cancelled"] == 0
    return due and row["done_at"] is not None and row["done_at"] <= row["due"], due


METRIC = register(
    Metric(
        key="inspector_on_time_verify_rate",
        subject=Subject.INSPECTOR,
        name=Words("按时核实率", "On-time verification rate"),
        meaning=Words(
            "本期应核实的任务中，按时回复的比例。",
            "Of the verification tasks due in the period, the share answered by their deadline.",
        ),
        above=Words(
            "其中按时核实数",
            "of these, answered by their deadline",
        ),
        below=Words(
            "本期应核实数",
            "verification tasks due in the period",
        ),
        due=Words(
            "应核实：发给监督员、截止时间落在本期内、未被收回的核实任务。",
            "Due: verification tasks sent to inspectors whose deadline lies in the period and that were not called back.",
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
