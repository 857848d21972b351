"""Who may read what of a named round. A rater's name is never read beside a mark."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.named_models import NamedMark, NamedPair, NamedPerson, NamedRound
from chengzhi.branch.appraisal.problems import NoSuchRound
from chengzhi.branch.organisation.models import Membership
from chengzhi.branch.organisation.rules import in_force, member_of, standing_of
from chengzhi.people.actor import Actor


def rounds(actor: Actor) -> "QuerySet[NamedRound]":
    """The rounds of the bodies a person belongs to or leads, and those he takes part in; newest first."""
    standing = standing_of(actor)
    part = NamedPerson.objects.filter(round=OuterRef("pk"), member=standing.member)
    seen = Q(body_id__in=standing.where("branch.committee") | standing.where("branch.lead"))
    rows = NamedRound.objects.filter(seen | Exists(part), district_id=actor.district_id or 0)
    return rows.select_related("body").order_by("-id")


def named_round(number: str, *, by: Actor) -> NamedRound:
    """One of them. Raises NoSuchRound also for one of another body."""
    found = rounds(by).filter(number=number).first()
    if found is None:
        raise NoSuchRound(_("There is no such round among yours."))
    return found


def mine(row: NamedRound, actor: Actor) -> NamedPerson | None:
    """The actor as somebody who takes part."""
    member = member_of(actor)
    return row.people.filter(member=member).select_related("member").first() if member else None


def to_rate(row: NamedRound, actor: Actor) -> list[tuple[NamedPair, dict[str, int]]]:
    """Whom the actor is to rate, by name, with his own marks so far; two statements."""
    me = mine(row, actor)
    if me is None:
        return []
    pairs = list(me.gives.select_related("ratee__member").order_by("ratee__position"))
    marks: dict[int, dict[str, int]] = {pair.pk: {} for pair in pairs}
    for pair, criterion, mark in NamedMark.objects.filter(pair__in=pairs).values_list(
        "pair_id", "criterion", "mark"
    ):
        marks[pair][criterion] = mark
    return [(pair, marks[pair.pk]) for pair in pairs]


def progress(row: NamedRound) -> dict[str, int]:
    """How many pairs are rated, said to be beyond judgement, or still open; never whose."""
    pairs = NamedPair.objects.filter(rater__round=row)
    said = pairs.aggregate(pairs=Count("pk"), unable=Count("pk", filter=Q(unable=True)))
    rated = NamedMark.objects.filter(pair__rater__round=row).aggregate(rated=Count("pair", distinct=True))
    return said | rated


def left(row: NamedRound, day: date) -> frozenset[int]:
    """Persons of the round who no longer belong to its body on a day: they are not reported on."""
    here = Membership.objects.filter(
        in_force(day), in_force(day, "member__"), body=row.body_id, member=OuterRef("member")
    )
    return frozenset(row.people.filter(~Exists(here)).values_list("pk", flat=True))
