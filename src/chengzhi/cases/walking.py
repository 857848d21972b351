"""How the work list is walked: the parts of an order, and the key at which a page ended."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.cases.filters import BadFilter
from chengzhi.cases.models import OPEN


@dataclass(frozen=True)
class Part:
    """A stretch of an order that one index walks; without a column it goes by number.

    `null` is the column all rows of the stretch leave empty: named in the order, so that the
    index that begins with it is walked and not that of the numbers.
    """

    key: str
    where: Q
    column: str | None
    descending: bool = False
    null: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """What the rows are ordered by."""
        sign = "-" if self.descending else ""
        first = self.column or self.null
        return (f"{sign}{first}", f"{sign}id") if first else (f"{sign}id",)


CLOCKED = Part("d", OPEN & Q(stage_due_at__isnull=False), "stage_due_at")
CLOCKLESS = Part("n", OPEN & Q(stage_due_at__isnull=True), None, null="stage_due_at")
CLOSED = Part("c", Q(closed_at__isnull=False), "closed_at", descending=True)
REPORTED = Part("r", Q(), "reported_at", descending=True)
ORDERS = {
    "due": (CLOCKED, CLOCKLESS, CLOSED),
    "newest": (REPORTED,),
    "closed": (CLOSED, CLOCKED, CLOCKLESS),
}


@dataclass(frozen=True)
class Key:
    """Where a page ended: in which part, at which moment, at which case."""

    part: str
    moment: datetime | None
    number: int


@dataclass(frozen=True)
class Count:
    """How many there are; ``capped`` means "at least so many"."""

    number: int
    capped: bool


def left(parts: tuple[Part, ...], key: Key | None) -> tuple[Part, ...]:
    """The parts from that of the key on."""
    if key is None:
        return parts
    names = [part.key for part in parts]
    if key.part not in names:
        raise lost()
    return parts[names.index(key.part) :]


def behind(part: Part, key: Key) -> Q:
    """``(column, id) > key`` spelled so that the index on the column bounds the walk."""
    sign = "lt" if part.descending else "gt"
    if part.column is None:
        return Q(**{f"pk__{sign}": key.number})
    bound = Q(**{f"{part.column}__{sign}e": key.moment})
    later = Q(**{f"{part.column}__{sign}": key.moment})
    return bound & (later | Q(**{f"pk__{sign}": key.number}))


def token_of(key: Key) -> str:
    """The key as it stands in an address."""
    body = json.dumps([key.part, key.moment.isoformat() if key.moment else None, key.number])
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def key_in(token: str | None) -> Key | None:
    """The key of an address; raises :class:`BadFilter` when it was cut or changed."""
    if not token:
        return None
    try:
        part, moment, number = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        at = datetime.fromisoformat(moment) if moment else None
        if (at is not None and at.tzinfo is None) or not 0 < int(number) < 2**62:
            raise ValueError(moment)
        known = {one.key: one for parts in ORDERS.values() for one in parts}[part]
        if (known.column is None) != (at is None):
            raise ValueError(part)
        return Key(part, at, int(number))
    except (ValueError, TypeError, KeyError) as error:
        raise lost() from error


def lost() -> BadFilter:
    """The refusal of a page address that leads nowhere."""
    return BadFilter(
        _("This page of the list cannot be found."),
        _("The address was cut or changed."),
        _("Go back to the first page."),
    )
