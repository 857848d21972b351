"""The buttons of the case page: what may be done now, which comes first, and what is missing for the rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language

from chengzhi.cases import steps_exceptions
from chengzhi.cases.actions import Button, buttons
from chengzhi.cases.models import Case
from chengzhi.lifecycle.problems import Unmet
from chengzhi.people.actor import Actor

HIDDEN = frozenset({"absorb"})
"""Taken together with another step, never by hand."""

# State → what naturally comes next; the first one that is possible is the page's one primary button.
NATURAL: dict[str, tuple[str, ...]] = {
    "reported": ("send_verify", "register"),
    "pending_verify": ("verify",),
    "pending_file": ("file", "send_verify"),
    "pending_dispatch": ("dispatch",),
    "returned": ("dispatch",),
    "check_failed": ("rework", "dispatch"),
    "pending_handle": ("cohandled", "accept"),
    "handling": ("cohandled", "reply"),
    "suspended": ("resume",),
    "handled": ("confirm_reply", "send_check"),
    "pending_check": ("send_check",),
    "checking": ("check_pass",),
    "pending_close": ("close",),
}
# A request that waits goes before everything else.
DECISIONS = (
    "grant_extension",
    "grant_suspension",
    "grant_return",
    "grant_void",
    "forward_appeal",
    "grant_appeal",
)
SECOND = frozenset(
    {"reject", "redispatch", "rework", "refuse_reply", "check_fail", "register", "send_check", "assign"}
)
"""Steps of the straight way that stand beside the primary one instead of in the menu."""
_REQUESTS = frozenset(step.name for step in steps_exceptions.REQUESTS)
_DECIDED = frozenset(n for n in _REQUESTS if not n.startswith("ask_"))
_CORRECTIONS = frozenset(step.name for step in steps_exceptions.RELATIONS)
_FINDINGS_FROM_PATROL = frozenset({"patrol", "video"})


@dataclass(frozen=True)
class Offer:
    """One step as a button: where it leads, and what is missing if it is not possible yet."""

    name: str
    label: str
    url: str
    unmet: tuple[Unmet, ...]
    at_once: bool
    final: bool
    late: bool


@dataclass
class Offers:
    """All steps of the person in this state, sorted by how near they lie."""

    primary: Offer | None = None
    beside: list[Offer] = field(default_factory=list)
    requests: list[Offer] = field(default_factory=list)
    corrections: list[Offer] = field(default_factory=list)
    endings: list[Offer] = field(default_factory=list)
    missing: list[Offer] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.primary or self.beside or self.requests or self.corrections or self.endings)


def offers(actor: Actor, case: Case, *, on: datetime) -> Offers:
    """The buttons of this person on this case."""
    known = {b.step.name: b for b in buttons(actor, case, on=on) if b.step.name not in HIDDEN}
    first = _first(case, known)
    found = Offers(primary=_offer(case, known[first]) if first else None)
    for name, button in known.items():
        if name == first:
            continue
        one = _offer(case, button)
        if one.unmet:
            if _worth_saying(name, one.unmet):
                found.missing.append(one)
        else:
            _place(found, name).append(one)
    return found


def _first(case: Case, known: dict[str, Button]) -> str | None:
    wanted: Sequence[str] = NATURAL.get(case.state, ())
    if case.state == "reported" and case.channel in _FINDINGS_FROM_PATROL:
        wanted = tuple(reversed(wanted))
    return _possible((*DECISIONS, *wanted), known)


def _possible(names: Iterable[str], known: dict[str, Button]) -> str | None:
    return next((name for name in names if name in known and known[name].possible), None)


def _worth_saying(name: str, unmet: tuple[Unmet, ...]) -> bool:
    """A decision on what nobody asked for is not missing anything; it is not there."""
    return name not in _DECIDED and not any(
        one.need in ("you_cohandle", "has_parent", "assigned") for one in unmet
    )


def _place(found: Offers, name: str) -> list[Offer]:
    if name in _DECIDED:
        return found.beside
    if name in _REQUESTS or name in ("unassign", "add_cohandler", "remove_cohandler"):
        return found.requests
    if name in _CORRECTIONS:
        return found.corrections
    return found.beside if name in SECOND else _rest(found, name)


def _rest(found: Offers, name: str) -> list[Offer]:
    straight = {one for names in NATURAL.values() for one in names}
    return found.beside if name in straight else found.endings


def _offer(case: Case, button: Button) -> Offer:
    step = button.step
    return Offer(
        name=step.name,
        label=step.words(get_language() or "zh"),
        url=reverse("desk:case_step", args=(case.number, step.name)),
        unmet=button.unmet,
        at_once=not (button.wants or button.optional or not step.undo),
        final=not step.undo,
        late=button.late,
    )
