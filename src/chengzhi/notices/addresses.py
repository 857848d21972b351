"""Where a message to a reporter goes. Reporters lie above this area: wiring binds the look-up."""

from collections.abc import Callable

Lookup = Callable[[int], str | None]
_bound: list[Lookup] = []


def bind(lookup: Lookup) -> None:
    """Say how to find the mail address of a reporter by number; None when there is none."""
    _bound[:] = [lookup]


def of_reporter(reporter_id: int) -> str | None:
    """The address, read at the moment of sending and kept nowhere."""
    return _bound[0](reporter_id) if _bound else None
