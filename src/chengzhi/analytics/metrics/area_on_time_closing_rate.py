"""按期结案率 on-time closing rate, of an area."""

from typing import Any

from chengzhi.analytics.facts import closed_in_time, closing_due
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _above(t: Any, w: Window, o: Options) -> Any:
    return closing_due(t, w) & closed_in_time(t, w)


def _below(t: Any, w: Window, o: Options) -> Any:
    return closing_due(t, w)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    due = row["close_due"] is not None and w.start <= row["close_due"] < w.end
    due = due and row["void"] == 0 and row["merged"] == 0 and row["paused"] == 0
    closed = row["closed_at"] is not None and row["closed_at"] < w.end
    in_time = due and closed and (row["closed_at"] <= row["close_due"] or row["excused"] == 1)
    return due and in_time, due


METRIC = register(
    Metric(
        key="area_on_time_closing_rate",
        subject=Subject.AREA,
        name=Words("按期结案率", "On-time closing rate"),
        meaning=Words(
            "本期应结案的案卷中，在时限内结案的比例；超期申诉获准的视为按期。",
            "Of the cases due for closing in the period, the share closed by the deadline; an excused delay counts as in time.",
        ),
        above=Words(
            "其中按期结案数",
            "of these, closed by their deadline",
        ),
        below=Words(
            "本期应结案数",
            "cases due for closing in the period",
        ),
        due=Words(
            "应结案：按期处置的，核查、结案时限的最后一刻落在本期内；未按期处置的，处置截止时间落在本期内。未作废、未并案、未在挂账中。",
            "Due for closing: if handled in time, the end of the check and closing clocks lies in the period; otherwise the handling deadline does. Not voided, merged or suspended.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen)",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=("close_due",),
    )
)
