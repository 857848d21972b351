"""Cases around a case, of the weeks around it: the same trouble, or the same place again."""

from datetime import datetime, timedelta

from django.db.models import Case as When
from django.db.models import F, Value
from django.db.models import When as If

from chengzhi.cases.filters import visible
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.cases.queries import near_cells
from chengzhi.people.actor import Actor


def nearby(case: Case, actor: Actor, *, on: datetime) -> list[Case]:
    """Cases in the same and the neighbouring cells, the same type first.

    How many days around it and how many rows is the district's choice (rules `cases/nearby_days`,
    `cases/nearby_rows`).

    Walks the index (cell, reported_at): as many index ranges as there are cells, at any size.
    """
    cells = near_cells(case.district_id, case.lon, case.lat, case.cell_id)
    if not cells:
        return []
    own = habits(case.district_id)
    span = timedelta(days=int(own.policy("nearby_days", on)))
    limit = int(own.policy("nearby_rows", on))
    rows = Case.objects.filter(
        visible(actor), cell_id__in=cells,
        reported_at__range=(case.reported_at - span, case.reported_at + span),
    ).exclude(pk=case.pk)  # fmt: skip
    same = When(If(type_id=case.type_id, then=Value(0)), default=Value(1))
    rows = rows.annotate(other_type=same).order_by("other_type", F("reported_at").desc(), "-id")
    return list(rows.select_related("type").only("number", "state", "reported_at", "address", "type")[:limit])
