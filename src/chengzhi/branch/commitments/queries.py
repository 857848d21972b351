"""Which promises a person or the public may see, and what stands beside them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chengzhi.branch.commitments.models import Commitment, Reading, Sighting
from chengzhi.branch.commitments.offered import offered
from chengzhi.branch.commitments.problems import NoSuchCommitment
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.people.actor import Actor

_BESIDE = ("body", "member", "area", "unit", "type", "district")


def visible(actor: Actor) -> "QuerySet[Commitment]":
    """The promises of the bodies a person belongs to or leads, newest first."""
    standing = standing_of(actor)
    bodies = standing.where("branch.member") | standing.where("branch.check")
    rows = Commitment.objects.filter(district_id=actor.district_id or 0, body_id__in=bodies)
    return rows.select_related(*_BESIDE).order_by("-id")


def commitment(number: str, *, by: Actor) -> Commitment:
    """One of them. Raises NoSuchCommitment, also where it belongs to another body."""
    found = visible(by).filter(number=number).first()
    if found is None:
        raise _none(number)
    return found


def _none(number: str) -> NoSuchCommitment:
    return NoSuchCommitment(
        _("There is no promise %(number)s.") % {"number": number[:24]},
        _("The number is wrong, or it belongs to another body."),
        _("Look for it in the list."),
    )


def public_ones(district_id: int) -> "QuerySet[Commitment]":
    """Whatever was made public, newest first."""
    rows = Commitment.objects.filter(district_id=district_id, public_at__isnull=False)
    return rows.select_related(*_BESIDE).order_by("-id")


def public_commitment(district_id: int, number: str) -> Commitment:
    """One that was made public. Raises NoSuchCommitment."""
    found = public_ones(district_id).filter(number=number).first()
    if found is None:
        raise _none(number)
    return found


def shown_in_matrix(actor: Actor) -> "QuerySet[Commitment]":
    """What the matrix of holes counts: one's own bodies' promises and all public ones, not withdrawn."""
    own = visible(actor).values("pk")
    rows = Commitment.objects.filter(
        Q(pk__in=own) | Q(public_at__isnull=False), district_id=actor.district_id or 0
    )
    return rows.exclude(state="withdrawn")


def latest(things: Iterable[Commitment]) -> dict[int, Reading]:
    """The newest reading of each; one statement."""
    rows = Reading.objects.filter(commitment__in=[one.pk for one in things])
    return {
        row.commitment_id: row for row in rows.order_by("commitment_id", "-day").distinct("commitment_id")
    }


def smallest_of(thing: Commitment) -> int:
    """The smallest count at which the promise's figure may be shown."""
    metric = offered().get(thing.metric)
    return metric.smallest if metric else 10


def answers(thing: Commitment) -> dict[str, Any] | None:
    """How many residents said what; None below the metric's smallest publishable count."""
    said = Counter(Sighting.objects.filter(commitment=thing).values_list("answer", flat=True))
    total = sum(said.values())
    return {"total": total, **said} if total >= smallest_of(thing) else None
