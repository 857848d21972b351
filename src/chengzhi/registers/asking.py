"""What registers must know of areas above them, asked by name; `chengzhi.wiring` says who answers.

So a stall place can want a passed safety check without knowing what a visit is.
"""

from collections.abc import Callable
from datetime import date

PassedCheck = Callable[[int, str, date | None], bool]
_BOUND: dict[str, PassedCheck] = {}


def bind(passed_check: PassedCheck) -> None:
    """Say who knows of passed checks: (object, checklist, since) → whether there is one."""
    _BOUND["passed_check"] = passed_check


def passed_check(object_id: int, checklist: str, since: date | None) -> bool:
    """Whether the object passed the checklist on or after a day. False while nobody can tell."""
    ask = _BOUND.get("passed_check")
    return ask is not None and ask(object_id, checklist, since)
