"""按期处置率 on-time handling rate, of a department."""

from typing import Any

from chengzhi.analytics.facts import handled, handling_due
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return handling_due(t, w) & handled(t, w) & ((t.handled_at <= t.due) | (t.excused == 1))


def _below(t: Any, w: Window, o: Options) -> Any:
    return handling_due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["due"] is not None and w.start <= row["due"] < w.end
    due = due and row["void"] == 0 and row["merged"] == 0 and row["paused"] == 0
    handled = row["handled_at"] is not None and row["handled_at"] < w.end
    in_time = due and handled and (row["handled_at"] <= row["due"] or row["excused"] == 1)
    return due and in_time, due


METRIC = register(
    Metric(
        key="department_on_time_handling_rate",
        subject=Subject.DEPARTMENT,
        name=Words("按期处置率", "On-time handling rate"),
        meaning=Words(
            "该部门本期应处置的案卷中，在时限内处置的比例；超期申诉获准的视为按期。",
            "Of the department's cases due for handling in the period, the share handled by the deadline; an excused delay counts as in time.",
        ),
        above=Words(
            "其中按期处置数",
            "of these, handled by their deadline",
        ),
        below=Words(
            "本期应处置数",
            "cases due for handling in the period",
        ),
        due=Words(
            "应处置：处置截止时间落在本期内，未作废、未并案、未在挂账中的案卷；本期未完时只算到数据时点。",
            "Due for handling: the handling deadline lies in the period; not voided, merged or suspended. While the period runs, only up to the time of the data.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("due",),
    )
)
