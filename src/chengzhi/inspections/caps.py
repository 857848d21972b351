"""How many visits a year a business may get at most, and how many it has had (law.md 4.5)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.inspections.checklists import is_business, kinds
from chengzhi.inspections.models import Visit, VisitCap
from chengzhi.inspections.problems import BadLimit
from chengzhi.inspections.rules import Within
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.queries import in_force
from chengzhi.people.rules import require
from chengzhi.registers.models import RegisteredObject


@transaction.atomic
def set_cap(
    *,
    district_id: int,
    kind: str,
    per_year: int | None,
    source: str = "",
    status: str = "unverified",
    first_day: date,
    by: Actor,
    on: datetime,
) -> VisitCap | None:
    """From `first_day` on objects of a business kind get at most so many visits (None: no cap).

    Raises NotAllowed, BadLimit.
    """
    require(by, "checks.manage", Within(district_id))
    if not is_business(kind):
        raise BadLimit(
            _("Visits to “%(kind)s” are no visits to a business.") % {"kind": kind[:40]},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(key for key in kinds() if is_business(key))},
        )
    if per_year is not None and not 0 <= per_year <= 366:
        raise BadLimit(_("%(count)s visits a year cannot be a cap.") % {"count": per_year})
    values = {"per_year": per_year, "source": source, "status": status, "changed_by": by.account_id}
    row = replace_from(
        VisitCap, keys={"district_id": district_id, "kind": kind},
        values=None if per_year is None else values, first_day=first_day,
    )  # fmt: skip
    record(
        district_id=district_id, thing="visit_cap", thing_id=row.pk if row else 0,
        step="cap_set" if row else "cap_ended", by=by, on=on,
        facts={"kind": kind, "per_year": per_year, "source": source, "first_day": first_day},
    )  # fmt: skip
    return row


def cap_for(district_id: int, kind: str, day: date) -> VisitCap | None:
    """The cap in force on a day; None where the district has set none."""
    rows = VisitCap.objects.filter(in_force(day), district_id=district_id, kind=kind)
    return rows.order_by("-valid_from", "-pk").first()


def visits_counted(thing: RegisteredObject, day: date) -> int:
    """The visits of the calendar year to the party of the object, or to the object where it has none.

    Several looks on one day are one visit. Second looks and visits on a complaint do not count.
    """
    zone: ZoneInfo = habits(thing.district_id).zone
    whose = Q(object__party_id=thing.party_id) if thing.party_id is not None else Q(object_id=thing.pk)
    start = datetime(day.year, 1, 1, tzinfo=zone)
    end = datetime(day.year + 1, 1, 1, tzinfo=zone)
    visits = Visit.objects.filter(
        whose, district_id=thing.district_id, approval__isnull=False, approval__complaint=None,
        recheck_of=None, visited_at__gte=start, visited_at__lt=end,
    )  # fmt: skip
    return visits.annotate(day=TruncDate("visited_at", tzinfo=zone)).values("day").distinct().count()


def room(thing: RegisteredObject, day: date) -> int | None:
    """How many visits the cap leaves this year, 0 or more; None without a cap."""
    cap = cap_for(thing.district_id, thing.kind, day)
    return None if cap is None else max(0, cap.per_year - visits_counted(thing, day))
