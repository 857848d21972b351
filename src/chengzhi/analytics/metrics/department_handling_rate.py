"""处置率 handling rate, of a department."""

from typing import Any

from chengzhi.analytics.facts import handled, handling_due
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return handling_due(t, w) & handled(t, w)


def _below(t: Any, w: Window, o: Options) -> Any:
    return handling_due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["due"] is not None and w.start <= row["due"] < w.end
    due = due and row["void"] == 0 and row["merged"] == 0 and row["paused"] == 0
    handled = row["handled_at"] is not None and row["handled_at"] < w.end
    return due and handled, due


METRIC = register(
    Metric(
        key="department_handling_rate",
        subject=Subject.DEPARTMENT,
        name=Words("处置率", "Handling rate"),
        meaning=Words(
            "该部门本期应处置的案卷中，期末前已处置的比例。",
            "Of the department's cases due for handling in the period, the share handled before it ended.",
        ),
        above=Words(
            "其中期末前已处置数",
            "of these, handled before the period ended",
        ),
        below=Words(
            "本期应处置数",
            "cases due for handling in the period",
        ),
        due=Words(
            "应处置：处置截止时间落在本期内，未作废、未并案、未在挂账中的案卷；本期未完时只算到数据时点。",
            "Due for handling: the handling deadline lies in the period; not voided, merged or suspended. While the period runs, only up to the time of the data.",
        ),
        source="district example: Chengdu Jinniu; vendor dictionary disposeRate",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("due",),
    )
)
