"""Elementary yes/no expressions that several metrics share, over any engine's flat table.

Each metric's plain-Python definition is written out on its own, so that a slip here shows as a
difference between an engine and the reference.
"""

from typing import Any

from chengzhi.analytics.periods import Window


def within(column: Any, w: Window) -> Any:
    """The instant lies in the window."""
    return (column >= w.start) & (column < w.end)


def live(t: Any) -> Any:
    """Neither voided nor merged into another case."""
    return (t.void == 0) & (t.merged == 0)


def handling_due(t: Any, w: Window) -> Any:
    """应处置: the handling deadline lies in the window and the clock runs."""
    return within(t.due, w) & live(t) & (t.paused == 0)


def handled(t: Any, w: Window) -> Any:
    """处置: handled before the window ends."""
    return t.handled_at < w.end


def closing_due(t: Any, w: Window) -> Any:
    """应结案: the closing deadline lies in the window and the clock runs."""
    return within(t.close_due, w) & live(t) & (t.paused == 0)


def closed(t: Any, w: Window) -> Any:
    """结案: closed before the window ends."""
    return t.closed_at < w.end


def closed_in_time(t: Any, w: Window) -> Any:
    """按期结案: closed by the closing deadline, or an appeal against "overdue" was granted."""
    return closed(t, w) & ((t.closed_at <= t.close_due) | (t.excused == 1))
