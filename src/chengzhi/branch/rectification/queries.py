"""Reads of the ledger: what a person may see, one page of it, its honest numbers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from chengzhi.branch.organisation.models import Membership
from chengzhi.branch.organisation.rules import in_force, standing_of
from chengzhi.branch.rectification.life import CHECK, MEMBER
from chengzhi.branch.rectification.models import Item
from chengzhi.branch.rectification.problems import NoSuchItem
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import open_sealed

PAGE = 50
RUNNING = ("owned", "planned", "in_work")
"""States in which a term runs: once asked, the checker's time is not the owner's."""


def items(actor: Actor) -> QuerySet[Item]:
    """The items of the bodies a person belongs to or leads; all of them for the program itself."""
    rows = Item.objects.select_related("body", "owner", "metric_area", "metric_unit", "district").defer(
        "district__outline", "metric_area__outline"
    )
    if actor.kind == "system":
        return rows
    return rows.filter(body_id__in=standing_of(actor).where(MEMBER))


def item(number: str, *, by: Actor) -> Item:
    """One item. Raises NoSuchItem also for one of another body."""
    found = items(by).filter(number=number).first()
    if found is None:
        raise NoSuchItem.numbered(number)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows: each empty one shows all."""

    state: str = ""
    body_id: int | None = None
    domain: str = ""
    overdue: bool = False
    left: bool = False


def narrowed(actor: Actor, wanted: Wanted, on: datetime) -> QuerySet[Item]:
    """The items wanted, newest first (index rectification_ledger, _by_state, _overdue)."""
    rows = items(actor)
    rows = rows.filter(state=wanted.state) if wanted.state else rows
    rows = rows.filter(body_id=wanted.body_id) if wanted.body_id else rows
    rows = rows.filter(domain=wanted.domain) if wanted.domain else rows
    rows = rows.filter(overdue(on)) if wanted.overdue else rows
    rows = without_owner(rows, actor) if wanted.left else rows
    return rows.order_by("-id")


def overdue(on: datetime) -> Q:
    """The term has run out and nobody has asked yet."""
    return Q(due_at__lt=on, state__in=RUNNING, ended_at=None)


def without_owner(rows: QuerySet[Item], actor: Actor) -> QuerySet[Item]:
    """Running items whose owner no longer belongs to the body: they must be passed on."""
    here = Membership.objects.filter(
        in_force(actor.day), in_force(actor.day, "member__"), body=OuterRef("body"), member=OuterRef("owner")
    )
    return rows.filter(~Exists(here), owner__isnull=False, ended_at=None)


def page(rows: QuerySet[Item], after: int | None = None, size: int = PAGE) -> tuple[list[Item], int]:
    """One page below item `after`, and the id after which the next begins (0: none)."""
    found = list((rows.filter(pk__lt=after) if after else rows)[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else 0


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ledger as it is: never of persons. `alone` were struck off without another's check; `unchecked` is their share."""

    total: int
    due: int
    closed: int
    returned: int
    reopened: int
    suspended: int
    overdue: int
    alone: int
    age_days: float | None
    unchecked: float | None


def numbers(rows: QuerySet[Item], on: datetime) -> Numbers:
    """The honest numbers of some items, in one statement; age is the mean of those not struck off."""
    off = Q(state="struck_off")
    alone = Q(checked_by=None) | Q(checked_by=F("asked_by")) | Q(checked_by=F("owner__account_id"))
    age = ExpressionWrapper(on - F("found_at"), output_field=DurationField())
    said: dict[str, Any] = rows.order_by().aggregate(
        total=Count("pk"), due=Count("pk", filter=Q(due_at__lte=on)), closed=Count("pk", filter=off),
        returned=Sum("returns", default=0), reopened=Count("pk", filter=Q(earlier__isnull=False)),
        suspended=Count("pk", filter=Q(state="suspended")), overdue=Count("pk", filter=overdue(on)),
        age=Avg(age, filter=~off), alone=Count("pk", filter=off & alone),
    )  # fmt: skip
    age_of = said.pop("age")
    return Numbers(
        **said, age_days=age_of.total_seconds() / 86_400 if age_of is not None else None,
        unchecked=said["alone"] / said["closed"] if said["closed"] else None,
    )  # fmt: skip


def belongs(actor: Actor, one: Item) -> bool:
    """Whether the person is a member of the item's body itself, not only above it."""
    if actor.account_id is None:
        return False
    rows = Membership.objects.filter(
        in_force(actor.day), in_force(actor.day, "member__"), body_id=one.body_id
    )
    return rows.filter(member__account_id=actor.account_id).exists()


def binding(one: Item) -> str:
    """To what the own words of an item are sealed."""
    return f"rectification:{one.pk}"


def words(one: Item, *, by: Actor) -> str:
    """The member's own words, for members of the body; empty for anybody else."""
    if one.words is None or not belongs(by, one):
        return ""
    return open_sealed(bytes(one.words), bound_to=binding(one))


def to_check(actor: Actor) -> QuerySet[Item]:
    """What waits for this person's check: asked for by another, owned by another."""
    rows = Item.objects.filter(body_id__in=standing_of(actor).where(CHECK), state="asked")
    return rows.exclude(asked_by=actor.account_id).exclude(owner__account_id=actor.account_id or 0)
