"""Reads of rounds and visits for pages: progress, what a person may see, second looks that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import Round, RoundPoint, Visit
from chengzhi.inspections.problems import missing
from chengzhi.inspections.rules import PERMIT, may_round
from chengzhi.people.actor import Actor

ENDED = ("closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a round has come. `rechecked` of `rechecks` drawn second looks are done."""

    drawn: int
    revealed: int
    done: int
    skipped: int
    rechecks: int
    rechecked: int
    cases: int
    excused: int

    @property
    def waiting(self) -> int:
        """Places nobody has dealt with yet."""
        return self.drawn - self.done - self.skipped


def round_of(round_id: int, *, by: Actor) -> Round:
    """A round of the actor's district. Raises NoSuchThing."""
    rows = Round.objects.select_related("unit")
    found = rows.filter(pk=round_id, district_id=by.district_id or 0).first()
    if found is None:
        raise missing(_("round"))
    return found


def progress(round_id: int) -> Progress:
    """Counts of a round, in two queries."""
    points = RoundPoint.objects.filter(round_id=round_id).aggregate(
        drawn=Count("pk"),
        revealed=Count("pk", filter=Q(revealed_at__isnull=False)),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        skipped=Count("pk", filter=Q(skipped_at__isnull=False)),
        rechecks=Count("pk", filter=Q(recheck=True)),
    )
    visits = Visit.objects.filter(point__round_id=round_id).aggregate(
        rechecked=Count("pk", filter=Q(recheck_of__isnull=False), distinct=True),
        excused=Count("pk", filter=Q(excused=True, recheck_of=None), distinct=True),
        found=Count("findings__case", distinct=True),
        measured=Count("readings__case", filter=~Q(readings__case__in=_of_findings(round_id)), distinct=True),
    )
    cases = visits.pop("found") + visits.pop("measured")
    return Progress(**points, **visits, cases=cases)


def _of_findings(round_id: int) -> QuerySet[Visit, int]:
    """Cases that a failed line opened; a value may stand in the same case."""
    rows = Visit.objects.filter(point__round_id=round_id, findings__case__isnull=False)
    return rows.values_list("findings__case", flat=True)


def points_shown(found: Round) -> QuerySet[RoundPoint]:
    """The places that may be shown: revealed ones; all of them once the round has ended."""
    points = RoundPoint.objects.filter(round=found).select_related("object", "cell", "street", "account")
    if found.state not in ENDED:
        points = points.filter(Q(revealed_at__isnull=False) | Q(skipped_at__isnull=False))
    return points.order_by("position")


def rounds_to_work_on(by: Actor, on: datetime) -> list[Round]:
    """Rounds at work that the person may go out for, the next to end first."""
    if by.district_id is None:
        return []
    rows = Round.objects.filter(district_id=by.district_id, state__in=AT_WORK).select_related("unit")
    rows = rows.filter(starts_on__lte=habits(by.district_id).day(on)).order_by("ends_on", "pk")
    return [one for one in rows if may_round(by, PERMIT, one)]


def rechecks_waiting(by: Actor, *, round_id: int | None = None) -> list[RoundPoint]:
    """Places drawn for a second look, that somebody else has looked at and nobody twice.

    What the first look found is not read here: the second is independent. `first_visit_id` of each
    point is what `visits.recheck` asks for.
    """
    rows = RoundPoint.objects.filter(
        round__district_id=by.district_id or 0, round__state__in=AT_WORK, recheck=True, done_at__isnull=False
    )
    rows = rows if round_id is None else rows.filter(round_id=round_id)
    rows = rows.select_related("round", "object", "cell", "street").order_by("round_id", "position")
    firsts = _firsts([point.pk for point in rows], by.account_id)
    found = []
    for point in rows:
        if point.pk in firsts and may_round(by, PERMIT, point.round):
            point.first_visit_id = firsts[point.pk]
            found.append(point)
    return found


def _firsts(points: Sequence[int], account_id: int | None) -> dict[int, int]:
    """Point → its first visit, if another person made it and nobody looked again."""
    rows = Visit.objects.filter(point_id__in=points, recheck_of=None, recheck=None)
    rows = rows.exclude(account_id=account_id or 0)
    return {point: visit for point, visit in rows.values_list("point_id", "pk") if point is not None}
