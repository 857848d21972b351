"""Proposed deductions from a contract: 以克论净 as the contract has it.

A reading that failed is ground for a deduction where the object's contract has a term for it on that
day. The program proposes; people tell the contractor, hear the appeal and decide. A reading that the
weather excuses, that is doubtful, or that a second look did not confirm is no ground.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.inspections.checklists import kinds
from chengzhi.inspections.checklists import measurement as measurement_of
from chengzhi.inspections.life import APPEAL, DEDUCTION_LIFE, PLAN
from chengzhi.inspections.models import ContractTerm, Deduction, Reading
from chengzhi.inspections.problems import BadLimit, NothingToDeduct, missing
from chengzhi.inspections.rules import Within
from chengzhi.ledger.actions import Line, record, record_many
from chengzhi.lifecycle.machine import Outcome, advance
from chengzhi.people.actor import Actor
from chengzhi.people.dated import replace_from
from chengzhi.people.queries import in_force
from chengzhi.people.rules import require
from chengzhi.registers.models import Party, Permit

MOST = Decimal("9999999999.99")
"""What the column can hold."""
LONGEST = 366
"""Days of appeal beyond which a term is a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a reading may be ground for a deduction, or (`why`) why it is none."""

    permit: Permit | None = None
    term: ContractTerm | None = None
    why: str = ""


@transaction.atomic
def set_term(
    *,
    permit_id: int,
    measurement: str,
    amount: Decimal | None,
    appeal_days: int = 0,
    clause: str = "",
    first_day: date,
    by: Actor,
    on: datetime,
) -> ContractTerm | None:
    """From `first_day` on the contract takes this amount (yuan) off for a failed reading (None: nothing).

    `clause` says where the contract has it. Raises NotAllowed, NoSuchThing, UnknownMeasurement, BadLimit.
    """
    permit = Permit.objects.select_related("object").filter(pk=permit_id).first()
    if permit is None:
        raise missing(_("contract"))
    district_id = permit.object.district_id
    require(by, "checks.manage", Within(district_id))
    measurement_of(measurement)
    _sensible(permit, amount, appeal_days, clause)
    values = {"amount": amount, "appeal_days": appeal_days, "clause": clause.strip()[:120],
              "changed_by": by.account_id}  # fmt: skip
    row = replace_from(
        ContractTerm, keys={"permit_id": permit_id, "measurement": measurement},
        values=None if amount is None else values, first_day=first_day,
    )  # fmt: skip
    record(
        district_id=district_id, thing="contract_term", thing_id=row.pk if row else 0,
        step="term_set" if row else "term_ended", by=by, on=on,
        facts={"permit": permit_id, "measurement": measurement, "amount": amount,
               "appeal_days": appeal_days, "clause": clause.strip()[:120], "first_day": first_day},
    )  # fmt: skip
    return row


def _sensible(permit: Permit, amount: Decimal | None, appeal_days: int, clause: str) -> None:
    kind = kinds().get(permit.object.kind)
    needed = kind[1].permit if kind else None
    if needed is None or not needed.agreement:
        raise BadLimit(
            _("Nothing is deducted under a permit; only a contract can say so."), "",
            _("Choose the contract of a cleaning section or a toilet."),
        )  # fmt: skip
    if amount is None:
        return
    if not amount.is_finite() or not 0 < amount <= MOST or not 1 <= appeal_days <= LONGEST:
        raise BadLimit(
            _("A term has an amount above nothing, and at least one day in which to appeal."),
            "",
            _("Enter both as the contract has them."),
        )
    if not clause.strip():
        raise BadLimit(_("The clause of the contract is missing."), "", _("Say where the contract has it."))


@transaction.atomic
def propose(reading_id: int, *, by: Actor, on: datetime) -> Deduction:
    """Propose a deduction for one reading. Raises NotAllowed, NoSuchThing, NothingToDeduct (says why)."""
    reading = _candidates(Reading.objects.filter(pk=reading_id)).first()
    if reading is None:
        raise missing(_("reading"))
    require(by, PLAN, Within(reading.visit.district_id))
    ground = grounds([reading])[reading.pk]
    if ground.why:
        raise NothingToDeduct(_("This reading is no ground for a deduction."), ground.why)
    return _born([(reading, ground)], by, on)[0]


@transaction.atomic
def propose_for(district_id: int, *, first: date, last: date, by: Actor, on: datetime) -> list[Deduction]:
    """Propose all that failed readings of these days give ground for; those proposed before are left.

    Raises NotAllowed.
    """
    require(by, PLAN, Within(district_id))
    zone = habits(district_id).zone
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    rows = Reading.objects.filter(
        passed=False, visit__district_id=district_id, visit__visited_at__gte=start,
        visit__visited_at__lt=end, visit__object__isnull=False, deduction=None,
    )  # fmt: skip
    readings = list(_candidates(rows).order_by("pk"))
    found = grounds(readings)
    return _born([(one, found[one.pk]) for one in readings if not found[one.pk].why], by, on)


def _candidates(rows: QuerySet[Reading]) -> QuerySet[Reading]:
    return rows.select_for_update(of=("self",)).select_related("visit__object__party")


def grounds(readings: Sequence[Reading]) -> Mapping[int, Ground]:
    """Reading → whether it is ground for a deduction; four queries, however many readings."""
    objects = {one.visit.object_id for one in readings if one.visit.object_id is not None}
    permits = defaultdict(list)
    for permit in Permit.objects.filter(object_id__in=objects).order_by("-starts_on", "-pk"):
        permits[permit.object_id].append(permit)
    terms = defaultdict(list)
    for term in ContractTerm.objects.filter(permit__object_id__in=objects).order_by("-valid_from", "-pk"):
        terms[term.permit_id, term.measurement].append(term)
    taken = set(Deduction.objects.filter(reading__in=readings).values_list("reading_id", flat=True))
    confirmed = _second_looks(readings)
    return {
        one.pk: _contract(one, permits, terms)
        if not (why := _excluded(one, taken, confirmed))
        else Ground(why=why)
        for one in readings
    }


def _second_looks(readings: Iterable[Reading]) -> dict[tuple[int, str], bool | None]:
    """(first visit, measurement) → what the second look said."""
    visits = {one.visit_id for one in readings}
    rows = Reading.objects.filter(visit__recheck_of_id__in=visits)
    facts = rows.values_list("visit__recheck_of_id", "measurement", "passed")
    return {(visit, key): passed for visit, key, passed in facts if visit is not None}


def _excluded(one: Reading, taken: set[int], confirmed: Mapping[tuple[int, str], bool | None]) -> str:
    reasons = (
        (one.passed is not False, _("It did not fail.")),
        (one.pk in taken, _("A deduction was proposed for it already.")),
        (one.visit.recheck_of_id is not None, _("It is a second look, which only confirms.")),
        (one.visit.excused, _("The weather excuses it: %(weather)s.") % {"weather": one.visit.weather}),
        (one.doubtful, _("The value is doubtful and must be measured again.")),
        (confirmed.get((one.visit_id, one.measurement)) is True, _("The second look did not confirm it.")),
        (one.visit.object_id is None, _("It belongs to no object with a contract.")),
    )
    return next((text for applies, text in reasons if applies), "")


def _contract(
    one: Reading,
    permits: Mapping[int, Sequence[Permit]],
    terms: Mapping[tuple[int, str], Sequence[ContractTerm]],
) -> Ground:
    """The contract of the object on the day of the visit, and its term for the measurement."""
    day = habits(one.visit.district_id).day(one.visit.visited_at)
    held = [permit for permit in permits.get(one.visit.object_id or 0, ()) if _holds(permit, day)]
    if not held:
        return Ground(why=_("No contract was in force on %(day)s.") % {"day": day})
    for permit in held:
        for term in terms.get((permit.pk, one.measurement), ()):
            if term.valid_from <= day and (term.valid_to is None or term.valid_to >= day):
                return Ground(permit, term)
    return Ground(why=_("The contract has no term for it on %(day)s.") % {"day": day})


def _holds(permit: Permit, day: date) -> bool:
    last = min((end for end in (permit.ends_on, permit.ended_on) if end is not None), default=None)
    return permit.starts_on <= day and (last is None or day <= last)


def _born(pairs: Sequence[tuple[Reading, Ground]], by: Actor, on: datetime) -> list[Deduction]:
    made = Deduction.objects.bulk_create([_new(reading, ground, by, on) for reading, ground in pairs])
    step = DEDUCTION_LIFE.step("propose")
    record_many(
        Line(one.district_id, "deduction", one.pk, step.name, by, on, after=one.state, article=step.article,
             facts={"reading": one.reading_id, "permit": one.permit_id, "term": one.term_id,
                    "amount": one.amount, "version": 0})
        for one in made
    )  # fmt: skip
    return made


def _new(reading: Reading, ground: Ground, by: Actor, on: datetime) -> Deduction:
    thing = reading.visit.object
    assert thing is not None
    assert ground.permit is not None
    assert ground.term is not None
    return Deduction(
        district_id=thing.district_id, permit=ground.permit, reading=reading, term=ground.term,
        party_id=ground.permit.party_id or thing.party_id, unit_id=thing.unit_id, amount=ground.term.amount,
        state=DEDUCTION_LIFE.start, proposed_by=by.account_id, proposed_at=on, updated_at=on,
    )  # fmt: skip


def advance_deduction(deduction_id: int, step: str, /, *, by: Actor, on: datetime, **facts: Any) -> Outcome:
    """Take a step: tell, drop(reason), appeal(reason), decide(result, reason, amount), settle.

    An appeal after its last day is taken all the same and noted as late. Raises NoSuchThing, and as
    `lifecycle.machine.advance`.
    """
    found = Deduction.objects.select_related("term").filter(pk=deduction_id).first()
    if found is None:
        raise missing(_("deduction"))
    return advance(found, step, by=by, on=on, **facts)


def appeal_by_party(deduction_id: int, *, party: Party, reason: str, on: datetime) -> Outcome:
    """The contractor appeals from its own page, which its code has opened.

    Raises NoSuchThing where the deduction is another party's, and as `lifecycle.machine.advance`.
    """
    found = Deduction.objects.select_related("term").filter(pk=deduction_id, party=party).first()
    if found is None:
        raise missing(_("deduction"))
    may = frozenset({APPEAL})
    by = Actor(None, party.name, party.district_id, permissions=may, district_wide=may, kind="resident")
    return advance(found, "appeal", by=by, on=on, reason=reason)


def of_party(party: Party) -> QuerySet[Deduction]:
    """What a party's own page shows: everything that it was told, the newest first."""
    rows = Deduction.objects.filter(party=party, told_at__isnull=False).order_by("-pk")
    return rows.select_related("reading__visit", "permit__object", "term")


def taken_off(permit_id: int, *, first: date, last: date) -> Decimal:
    """What a contract finally takes off for the readings of these days, in yuan."""
    permit = Permit.objects.select_related("object").get(pk=permit_id)
    zone = habits(permit.object.district_id).zone
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    rows = Deduction.objects.filter(
        Q(reading__visit__visited_at__gte=start) & Q(reading__visit__visited_at__lt=end),
        permit_id=permit_id, state="final",
    )  # fmt: skip
    return rows.aggregate(amount=Sum("decided_amount"))["amount"] or Decimal(0)


def terms_in_force(permit_id: int, day: date) -> list[ContractTerm]:
    """The terms of a contract on a day."""
    return list(ContractTerm.objects.filter(in_force(day), permit_id=permit_id).order_by("measurement"))
