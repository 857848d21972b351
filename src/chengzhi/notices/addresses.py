"""Where a message to a reporter goes. Reporters lie above this area: wiring binds the look-up."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """A reporter's mail address and the page on which to follow the report; either may be empty."""

    mail: str
    link: str = ""


Lookup = Callable[[int], Reach | None]
_bound: list[Lookup] = []


def bind(lookup: Lookup) -> None:
    """Say how to reach a reporter by number; None when there is no way."""
    _bound[:] = [lookup]


def of_reporter(reporter_id: int) -> Reach | None:
    """How to reach a reporter, read at the moment of sending and kept nowhere."""
    return _bound[0](reporter_id) if _bound else None
