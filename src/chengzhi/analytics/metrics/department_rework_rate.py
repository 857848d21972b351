"""返工率 rework rate, of a department."""

from typing import Any

from chengzhi.analytics.facts import closed, closing_due, live, within
from chengzhi.analytics.metric import Metric, Options, Subject, Words, register
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row


def _base(t: Any, w: Window, o: Options) -> Any:
    if o.rework_base == "handled":
        return within(t.handled_at, w) & live(t)
    return closing_due(t, w)


def _above(t: Any, w: Window, o: Options) -> Any:
    return _base(t, w, o) & closed(t, w) & (t.reworks > 0)


def _below(t: Any, w: Window, o: Options) -> Any:
    return _base(t, w, o)


def _plain(row: Row, w: Window, o: Options) -> tuple[bool, bool]:
    base = row["void"] == 0 and row["merged"] == 0
    if o.rework_base == "handled":
        base = base and row["handled_at"] is not None and w.start <= row["handled_at"] < w.end
    else:
        base = base and row["paused"] == 0 and row["close_due"] is not None
        base = base and w.start <= row["close_due"] < w.end
    closed = row["closed_at"] is not None and row["closed_at"] < w.end
    return base and closed and row["reworks"] > 0, base


METRIC = register(
    Metric(
        key="department_rework_rate",
        subject=Subject.DEPARTMENT,
        name=Words("返工率", "Rework rate"),
        meaning=Words(
            "核查不合格后再次派给同一部门的案卷比例，结案时计。分母各家不一，可选应结案数或处置数。",
            "Share of cases dispatched a second time to the same department after a check, counted at closing. Sources divide by cases due for closing or by cases handled: a district's choice.",
        ),
        above=Words(
            "其中返工后结案数",
            "of these, closed after rework",
        ),
        below=Words(
            "本期应结案数（或处置数，按设置）",
            "cases due for closing (or cases handled, by setting)",
        ),
        due=Words(
            "应结案：按期处置的，核查、结案时限的最后一刻落在本期内；未按期处置的，处置截止时间落在本期内。未作废、未并案、未在挂账中。",
            "Due for closing: if handled in time, the end of the check and closing clocks lies in the period; otherwise the handling deadline does. Not voided, merged or suspended.",
        ),
        source="GB/T 30428.4 / CJ/T 292 (as reproduced by a vendor system; standard text not seen); denominators disagree: 应结案数 or 处置数",
        numerator=_above,
        denominator=_below,
        plain=_plain,
        anchors=(
            "close_due",
            "handled_at",
        ),
        choose=lambda o: "handled_at" if o.rework_base == "handled" else "close_due",
        better="fewer",
    )
)
