"""What a step sets off. Lower areas name an effect; `chengzhi.wiring` binds it.

So a case can have its reporters told without knowing what a report is. An effect runs in the
step's transaction and only writes rows (a message to be sent, a job): what it sets off exists
if and only if the step does, whenever the process dies. What leaves the house leaves it later,
from those rows.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import OperationalError, transaction

from chengzhi.lifecycle.problems import UnboundEffect

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Happening:
    """What has just happened.

    `hold_until` is when the step can no longer be taken back: what leaves the house
    (a message, a reply upwards) waits for it. `facts` are those of the ledger's entry.
    """

    life: str
    thing_id: int
    district_id: int | None
    step: str
    event_id: int
    actor_id: int | None
    on: datetime
    hold_until: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)


Effect = Callable[[Happening], None]
_BOUND: dict[str, Effect] = {}


def bind(effects: Mapping[str, Effect]) -> None:
    """Say which function each named effect is. A later binding replaces an earlier one."""
    _BOUND.update(effects)


def bound() -> Mapping[str, Effect]:
    """The names bound so far."""
    return MappingProxyType(_BOUND)


def require(names: Iterable[str]) -> None:
    """Refuse the start while a name has no function. Raises UnboundEffect."""
    missing = sorted(set(names) - set(_BOUND))
    if missing:
        raise UnboundEffect(
            f"Nothing is bound to: {', '.join(missing)}.",
            "A life names these effects and no area provides them.",
            "Bind them in chengzhi/wiring.py.",
        )


def run(names: Iterable[str], happening: Happening) -> None:
    """Run effects one after the other, each in a savepoint: one that fails is logged and holds up nothing."""
    for name in names:
        try:
            with transaction.atomic():
                _BOUND[name](happening)
        except OperationalError:
            raise  # the database is going: the step goes with it
        except Exception:
            log.exception("effect %s of %s %s failed", name, happening.life, happening.thing_id)
