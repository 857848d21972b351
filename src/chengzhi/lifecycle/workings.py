"""How a life is joined to its table: what the machine must know beyond the steps themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Literal, Protocol

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.lifecycle.life import Life, Step
from chengzhi.lifecycle.problems import BadFact
from chengzhi.people.actor import Actor

Kind = Literal["text", "id", "instant", "date", "choice", "number", "flag"]


class Living(Protocol):
    """A row with a life: it has a state and counts its changes."""

    pk: Any
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a person states when taking a step; pages build the form from it.

    `private` facts are free text and may name people: the ledger keeps only their HMAC.
    """

    name: str
    kind: Kind
    label: str
    label_en: str
    choices: tuple[str, ...] = ()
    private: bool = False

    def words(self, language: str) -> str:
        """The label in Chinese for `zh…`, else in English."""
        return self.label if language.startswith("zh") else self.label_en

    def read(self, value: Any) -> Any:
        """The value in its own type. Raises BadFact."""
        try:
            read = _READ[self.kind](value)
        except (TypeError, ValueError, InvalidOperation, OverflowError):
            raise self.bad(_("“%(value)s” cannot be read.") % {"value": str(value)[:80]}) from None
        if self.choices and read not in self.choices:
            raise self.bad(_("Known: %(known)s.") % {"known": ", ".join(self.choices)})
        if self.kind == "text" and not read:
            raise self.bad(_("It is empty."))
        return read

    def bad(self, why: str) -> BadFact:
        """The refusal of this fact."""
        return BadFact(
            _("“%(fact)s” is not as it should be.") % {"fact": self.words(get_language() or "zh")}, why
        )


def _text(value: Any) -> str:
    text = str(value).replace("\r\n", "\n").strip()  # forms send both
    text.encode()  # half a surrogate pair is a ValueError here, not later in the driver
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text) or len(text) > 4000:
        raise ValueError("control characters or too long")
    return text


def _id(value: Any) -> int:
    number = int(value)
    if isinstance(value, bool) or not 0 < number < 2**63:
        raise ValueError("no number of a row")
    return number


def _instant(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        raise TypeError("a moment is no day")
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip())


def _number(value: Any) -> float:
    number = float(Decimal(str(value)))
    if number != number or abs(number) == float("inf"):
        raise ValueError("not finite")
    return number


_FLAGS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


def _flag(value: Any) -> bool:
    word = str(value).lower()
    if word not in _FLAGS:
        raise ValueError("neither yes nor no")
    return _FLAGS[word]


_READ: Mapping[Kind, Callable[[Any], Any]] = {
    "text": _text, "choice": str, "id": _id, "instant": _instant, "date": _date, "number": _number, "flag": _flag,
}  # fmt: skip


@dataclass
class Move:
    """One step about to be taken on one thing. Checks and changes read it; nobody writes it.

    `context` keeps what they had to look up, so that it is looked up once; a bulk preview
    fills it for many things beforehand.
    """

    workings: "Workings"
    step: Step
    thing: Any
    by: Actor
    on: datetime
    facts: Mapping[str, Any]
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def due(self) -> datetime | None:
        """The end of the clock the step should be within."""
        if self.step.within is None:
            return None
        due: datetime | None = getattr(self.thing, self.workings.clocks[self.step.within])
        return due

    @property
    def late(self) -> bool:
        """Whether that clock has run out."""
        return self.due is not None and self.on > self.due

    def recall(self, key: str, find: Callable[[], Any]) -> Any:
        """What `find` returned the first time it was asked for under this key."""
        if key not in self.context:
            self.context[key] = find()
        return self.context[key]


@dataclass(frozen=True, slots=True)
class Check:
    """A named need: `test` says whether it holds, `says` what is missing, `article` why.

    With `of_facts` it judges what the person states, so that a button cannot know it beforehand.
    """

    name: str
    test: Callable[[Move], bool]
    says: Any
    article: str = ""
    of_facts: bool = False


@dataclass(frozen=True, slots=True)
class RowOp:
    """A row beside the thing to be inserted (`pk` None) or changed together with it."""

    model: type[models.Model]
    values: Mapping[str, Any]
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a step writes besides state and version: fields (by attname), rows beside, notes.

    `notes` go into the ledger's facts for the sentence of the step: numbers and codes only.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[RowOp, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Workings:
    """A life and its table.

    Attributes
    ----------
    clocks : clock name → field holding its due instant.
    permit : may this actor use this permission on this thing?
    change : what the step writes.
    undo_period : for how long after a step it may be taken back.
    undone : effect to run when a step has been taken back.
    private : text fields whose former content must not stand in the ledger.
    quiet : bulky fields of which the ledger keeps the former content only.
    derived : fields that follow from others and are not recorded; `derive` makes them again
        from the thing and the fields that undo restores.
    life_name : where a table has several lives, the `life_name` of the things this one is for.
    """

    life: Life
    table: type[models.Model]
    checks: Mapping[str, Check]
    clocks: Mapping[str, str]
    facts: Mapping[str, Fact]
    permit: Callable[[Actor, str, Any], bool]
    change: Callable[[Move], Change]
    undo_period: Callable[[Any, datetime], timedelta]
    undone: str
    private: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    derived: frozenset[str] = frozenset()
    derive: Callable[[Any, Mapping[str, Any]], dict[str, Any]] = lambda thing, fields: {}
    erase_after: Callable[[Any, datetime], date | None] = lambda thing, on: None
    life_name: str = ""

    @cached_property
    def effect_names(self) -> frozenset[str]:
        """Every effect the life may set off."""
        return frozenset({self.undone, *(name for step in self.life.steps for name in step.effects)})


_BOUND: dict[tuple[type[models.Model], str], Workings] = {}


def join(workings: Workings) -> Workings:
    """Make a life known to the machine under its table, and its name where the table has several."""
    _BOUND[workings.table, workings.life_name] = workings
    return workings


def workings_of(thing: Any) -> Workings:
    """The workings of a thing's life."""
    return _BOUND[type(thing), getattr(thing, "life_name", "")]


def read_facts(workings: Workings, step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in their types. Raises BadFact for unknown, missing and unreadable ones."""
    language = get_language() or "zh"
    unknown = sorted(set(given) - set(step.wants) - set(step.optional))
    if unknown:
        raise BadFact(
            _("“%(step)s” knows nothing of: %(facts)s.")
            % {"step": step.words(language), "facts": ", ".join(unknown)}
        )
    stated = {name: value for name, value in given.items() if value is not None and value != ""}
    missing = [workings.facts[name].words(language) for name in step.wants if name not in stated]
    if missing:
        raise BadFact(
            _("“%(step)s” needs: %(facts)s.") % {"step": step.words(language), "facts": ", ".join(missing)},
            cure=_("State it and try again."),
        )
    return {name: workings.facts[name].read(value) for name, value in stated.items()}
