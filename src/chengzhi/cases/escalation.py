"""Who is told at which share of the handling limit. Table `Escalation` says it, the clock does it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from chengzhi.cases.clocks import next_escalation, whole_limit
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case, Escalation
from chengzhi.cases.states import WITH_UNIT
from chengzhi.cases.telling import about, holders
from chengzhi.law.deadlines import due_at_share
from chengzhi.notices import actions as notices
from chengzhi.people.models import Account

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Reached:
    """A share of a case's limit that is used up, and the row that says whom to tell."""

    case: Case
    row: Escalation


def escalate(*, on: datetime) -> int:
    """Tell whoever is to be told by now; returns how many (case, share) were told.

    Set-based: one query finds a batch of cases, one notes what was told (a second worker notes
    nothing and tells nothing), one moves each case's next time on.
    """
    told = 0
    while batch := _batch(on):
        with transaction.atomic():
            reached = [one for case in batch for one in _reached(case, on)]
            fresh = _note(reached, on)
            _tell([one for one in reached if (one.case.pk, one.row.pk) in fresh], on)
            _move_on(batch, on)
        told += len(fresh)
        if len(batch) < BATCH:
            break
    return told


def _batch(on: datetime) -> list[Case]:
    rows = Case.objects.filter(closed_at=None, escalate_at__lte=on, state__in=WITH_UNIT)
    return list(rows.select_related("type", "unit").defer("text", "bigrams").order_by("escalate_at")[:BATCH])


def _reached(case: Case, on: datetime) -> list[Reached]:
    limit, found = whole_limit(case), habits(case.district_id)
    if limit is None or case.clock_from is None:
        return []
    rows = found.escalations_for(case.domain, case.clock_from)
    calendar = found.calendar_on(case.clock_from)
    return [
        Reached(case, row)
        for row in rows
        if due_at_share(case.clock_from, limit, float(row.share), calendar) <= on
    ]


# ON CONFLICT waits for a worker that notes the same, then returns nothing for it.
_NOTE = """
INSERT INTO cases_escalationsent (case_id, escalation_id, due_at, told_at)
SELECT case_id, escalation_id, due_at, %s
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS t(case_id, escalation_id, due_at)
ORDER BY case_id, escalation_id
ON CONFLICT (case_id, escalation_id, due_at) DO NOTHING
RETURNING case_id, escalation_id"""


def _note(reached: Sequence[Reached], on: datetime) -> set[tuple[int, int]]:
    if not reached:
        return set()
    columns = (
        [one.case.pk for one in reached],
        [one.row.pk for one in reached],
        [one.case.due_at for one in reached],
    )
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [on, *columns])
        return {(int(a), int(b)) for a, b in cursor.fetchall()}


def _tell(reached: Sequence[Reached], on: datetime) -> None:
    people: dict[tuple[int, str, int | None], list[Account]] = {}
    for one in reached:
        unit = one.case.unit_id if one.row.own_unit_only else None
        key = (one.case.district_id, one.row.role, unit)
        if key not in people:
            people[key] = holders(one.case.district_id, on, roles=[one.row.role], unit_id=unit)
        facts = {"share": round(float(one.row.share) * 100)}
        notices.tell_accounts("case_escalated", people[key], about(one.case, None, facts), on=on)


# Only where no step has set another time meanwhile.
_MOVE = """
UPDATE cases_case c SET escalate_at = t.next
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS t(id, old, next)
WHERE c.id = t.id AND c.escalate_at = t.old"""


def _move_on(batch: Sequence[Case], on: datetime) -> None:
    columns: dict[str, list[object]] = defaultdict(list)
    for case in batch:
        columns["id"].append(case.pk)
        columns["old"].append(case.escalate_at)
        columns["next"].append(_next(case, on))
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [columns["id"], columns["old"], columns["next"]])


def _next(case: Case, on: datetime) -> datetime | None:
    limit = whole_limit(case)
    if limit is None or case.clock_from is None:
        return None
    return next_escalation(habits(case.district_id), case.domain, case.clock_from, limit, on)
