"""A visit: one look at one place by one person, or the independent second look at it.

Written in one transaction: the visit, what was found and measured, the cases that a failure opens,
and the record. Nothing is kept of where the person was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chengzhi.cases.habits import habits
from chengzhi.domains.domain import Checklist, Domain
from chengzhi.files.actions import keep
from chengzhi.inspections import business, entries, linking, looking, opening
from chengzhi.inspections.checklists import checklist as find_checklist
from chengzhi.inspections.entries import Answer, Entry, Stated
from chengzhi.inspections.models import Approval, Finding, Reading, RoundPoint, Visit
from chengzhi.inspections.opening import Opens
from chengzhi.inspections.problems import (
    BadTime,
    ExcuseWithoutReason,
    KeyReused,
    NoPerson,
    UnknownResult,
)
from chengzhi.inspections.rules import PERMIT, Within
from chengzhi.inspections.spots import Where, where_of
from chengzhi.ledger.actions import personal, record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.registers.models import RegisteredObject

SKEW = timedelta(minutes=5)
"""How far a phone's clock may be ahead; beyond that the time is refused."""


@dataclass
class Look:
    """One entry as it came in, and what was found out about it."""

    district_id: int
    by: Actor
    on: datetime
    at: datetime
    domain: Domain
    checklist: Checklist
    answers: Mapping[str, Answer]
    readings: Mapping[str, Stated]
    result: str = ""
    weather: str = ""
    excused: bool = False
    note: str = ""
    client_key: str | None = None
    point: RoundPoint | None = None
    thing: RegisteredObject | None = None
    approval: Approval | None = None
    first: Visit | None = None
    stated: tuple[float | None, float | None] = (None, None)
    known: Sequence[Opens] = field(default_factory=tuple)

    @property
    def day(self) -> date:
        """The date on the district's wall."""
        return habits(self.district_id).day(self.at)

    @property
    def account_id(self) -> int:
        """Whose visit it is."""
        assert self.by.account_id is not None
        return self.by.account_id


def record_visit(
    *,
    district_id: int,
    checklist: str,
    by: Actor,
    on: datetime,
    visited_at: datetime,
    answers: Mapping[str, Answer],
    readings: Mapping[str, Stated] | None = None,
    point_id: int | None = None,
    object_id: int | None = None,
    approval_id: int | None = None,
    result: str = "",
    weather: str = "",
    excused: bool = False,
    note: str = "",
    client_key: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
) -> Visit:
    """Record one visit; a failed line or value opens a case, one for each type and condition.

    Parameters
    ----------
    answers : line → (ok, failed or na; note; number of a stored photo). Every line is answered.
    readings : measurement → (value, number of the instrument). May be left out.
    point_id : a drawn and revealed place; or object_id; or, for neither, lon and lat of the place
        looked at, which go to the case and are not kept with the visit.
    result : persuaded, corrected or filed, where something failed.
    excused : the weather excuses what was measured; `weather` says how. It is counted apart.
    client_key : the phone's own key; the same entry sent twice is one visit.

    Raises
    ------
    NotAllowed, NoPerson, UnknownChecklist, NoSuchThing, NotForThisKind, BadTime, KeyReused,
    NotRevealed, PointEnded, NotApproved, NotAnnounced, CapReached, EntryProblem (several at once).
    """
    _may(by, district_id)
    domain, form = find_checklist(checklist)
    look = Look(
        district_id, by, on, _moment(visited_at, on), domain, form, answers, readings or {},
        result=result, weather=weather.strip()[:60], excused=excused, note=note.strip(),
        client_key=client_key or None, stated=(lon, lat),
    )  # fmt: skip
    return _once(look, point_id, object_id, lambda: _first(look, point_id, object_id, approval_id))


def recheck(
    visit_id: int,
    *,
    by: Actor,
    on: datetime,
    visited_at: datetime,
    answers: Mapping[str, Answer],
    readings: Mapping[str, Stated] | None = None,
    weather: str = "",
    excused: bool = False,
    note: str = "",
    client_key: str | None = None,
) -> Visit:
    """Record the second look by another person; it opens cases for what the first look did not find.

    Raises SamePerson, NotForRecheck (not drawn for it, or done already), and as `record_visit`.
    """
    first = looking.first_visit(visit_id)
    _may(by, first.district_id)
    domain, form = find_checklist(first.checklist)
    look = Look(
        first.district_id, by, on, _moment(visited_at, on), domain, form, answers, readings or {},
        weather=weather.strip()[:60], excused=excused, note=note.strip(), client_key=client_key or None,
        first=first,
    )  # fmt: skip
    return _once(look, first.point_id, first.object_id, lambda: _second(look, visit_id))


def _may(by: Actor, district_id: int) -> None:
    require(by, PERMIT, Within(district_id))
    if by.account_id is None:
        raise NoPerson(_("A visit needs a person who made it."), "", _("Sign in with your own account."))


def _moment(visited_at: datetime, on: datetime) -> datetime:
    if visited_at.tzinfo is None:
        raise BadTime(_("The time of the visit has no time zone."), _("Without one it names no instant."))
    if visited_at > on + SKEW:
        raise BadTime(
            _("The visit lies in the future."),
            _("It is said to have been at %(at)s, and now it is %(now)s.")
            % {"at": visited_at.isoformat(), "now": on.isoformat()},
            _("Set the clock of the phone and send the entry again."),
        )
    return min(visited_at, on)


def _once(look: Look, point_id: int | None, object_id: int | None, write: Any) -> Visit:
    """The visit already there under the phone's key, else a new one, whoever comes first."""
    sent = _sent(look, point_id, object_id)
    if sent is not None:
        return sent
    try:
        with transaction.atomic():
            return write()  # type: ignore[no-any-return]
    except IntegrityError:
        sent = _sent(look, point_id, object_id)
        if sent is None:
            raise
        return sent


def _sent(look: Look, point_id: int | None, object_id: int | None) -> Visit | None:
    if look.client_key is None:
        return None
    found = Visit.everything.filter(account_id=look.account_id, client_key=look.client_key).first()
    if found is None:
        return None
    same_object = object_id is None or found.object_id == object_id
    first_id = look.first.pk if look.first else None
    same = (found.checklist, found.point_id, found.recheck_of_id) == (
        look.checklist.key, point_id, first_id,
    )  # fmt: skip
    if not (same and same_object):
        raise KeyReused(
            _("Another entry was sent under the same key."),
            _("Every entry of a phone has a key of its own."),
            _("Open the page again and enter the visit anew."),
        )
    return found


def _first(look: Look, point_id: int | None, object_id: int | None, approval_id: int | None) -> Visit:
    if point_id is not None:
        look.point = looking.open_point(point_id, look.district_id, look.checklist.key, look.by, look.at)
    number = look.point.object_id if look.point else object_id
    if number is not None:
        look.thing = looking.object_to_visit(number, look.district_id, look.checklist)
        look.approval = business.approval_for(
            look.thing, look.checklist.key, approval_id=approval_id, at=look.at, day=look.day
        )
    visit = _write(look)
    if look.point is not None:
        RoundPoint.objects.filter(pk=look.point.pk).update(done_at=look.at)
    if look.approval is not None:
        business.use(look.approval, by=look.by, on=look.on)
    return visit


def _second(look: Look, visit_id: int) -> Visit:
    look.first = looking.to_recheck(visit_id, look.by)
    look.point, look.thing = look.first.point, look.first.object
    look.approval = look.first.approval
    look.known = opened_by(look.first, look.domain)
    return _write(look)


def opened_by(first: Visit, domain: Domain) -> list[Opens]:
    """The types and conditions for which a visit opened a case."""
    form = find_checklist(first.checklist)[1]
    found = [form.item(one.item) for one in first.findings.exclude(case=None)]
    measured = [domain.measurement(one.measurement) for one in first.readings.exclude(case=None)]
    return [one.opens for one in (*found, *measured) if one is not None and one.opens]


def _write(look: Look) -> Visit:
    where = where_of(
        district_id=look.district_id, point=look.point, thing=look.thing,
        lon=look.stated[0], lat=look.stated[1],
    )  # fmt: skip
    entry = entries.read(
        domain=look.domain, checklist=look.checklist, answers=look.answers, readings=look.readings,
        district_id=look.district_id, day=look.day, spot=where.spot(),
    )  # fmt: skip
    todo = opening.failures(entry, excused=look.excused, known=look.known)
    say_well(look, entry)
    visit = _row(look, entry, where, filed=bool(todo))
    opened = opening.open_cases(
        visit, todo, domain=look.domain, checklist=look.checklist, where=where, by=look.by, on=look.on
    )
    linking.link(visit.object_id, opened.values(), by=opening.opener(look.by), on=look.on)
    _lines(visit, entry, opened, look)
    linking.plan_next_check(look.thing, look.checklist.key, look.day)
    _note(visit, entry, opened, look)
    return visit


def say_well(look: Look, entry: Entry) -> None:
    """Refuse an excuse without its weather and a result without a finding."""
    if look.excused and not look.weather:
        raise ExcuseWithoutReason(
            _("The visit is excused by the weather, but the weather is not stated."),
            _("An excuse is counted apart and must be understood later."),
            _("Say what the weather was, or take the excuse back."),
            field="weather",
        )
    failed = any(one.failed for one in entry.found) or any(one.passed is False for one in entry.measured)
    if look.result and (look.result not in Visit.Result.values or not failed):
        raise UnknownResult(
            _("A result is stated, but nothing was found that it could belong to.")
            if look.result in Visit.Result.values
            else _("“%(result)s” is no result of a visit.") % {"result": look.result[:40]},
            "",
            _("Choose: persuaded, corrected or filed as a case; nothing where all is in order."),
            field="result",
        )


def _row(look: Look, entry: Entry, where: Where, *, filed: bool) -> Visit:
    return Visit.objects.create(
        district_id=look.district_id, domain=look.domain.key, checklist=look.checklist.key,
        point=look.point, object=look.thing, area_id=where.area_id, road_kind=where.road_kind,
        recheck_of=look.first, approval=look.approval, account_id=look.account_id, visited_at=look.at,
        recorded_at=look.on, result=look.result or (Visit.Result.FILED if filed else ""),
        weather=look.weather, excused=look.excused, note=look.note, passed=entry.passed,
        client_key=look.client_key,
    )  # fmt: skip


def _lines(visit: Visit, entry: Entry, opened: Mapping[Opens, int], look: Look) -> None:
    Finding.objects.bulk_create(
        Finding(
            visit=visit, item=one.item.key, answer=one.answer, note=one.note, photo_id=one.photo_id,
            case_id=opened.get(one.item.opens) if one.failed and one.item.opens else None,
        )
        for one in entry.found
    )  # fmt: skip
    keep([one.photo_id for one in entry.found if one.photo_id is not None])
    Reading.objects.bulk_create(
        Reading(
            visit=visit, measurement=one.measurement.key, value=one.value, unit=one.measurement.unit,
            instrument_id=one.instrument_id, limit=one.limit.value if one.limit else None,
            limit_source=one.limit.source if one.limit else "", passed=one.passed, doubtful=one.doubtful,
            case_id=opened.get(one.measurement.opens)
            if one.passed is False and not look.excused and one.measurement.opens
            else None,
        )
        for one in entry.measured
    )  # fmt: skip


def _note(visit: Visit, entry: Entry, opened: Mapping[Opens, int], look: Look) -> None:
    facts: dict[str, Any] = {
        "checklist": visit.checklist, "point": visit.point_id, "object": visit.object_id,
        "found": {one.item.key: one.answer for one in entry.found},
        "measured": {one.measurement.key: str(one.value) for one in entry.measured},
        "passed": visit.passed, "result": visit.result, "excused": visit.excused,
        "cases": sorted(opened.values()), "visited_at": look.at,
    }  # fmt: skip
    if look.note:
        facts["note"] = personal(look.note, erase_after=None)
    if look.first is not None:
        facts["first"] = look.first.pk
    record(
        district_id=visit.district_id, thing="visit", thing_id=visit.pk,
        step="visit_rechecked" if look.first else "visit_recorded", by=look.by, on=look.on, facts=facts,
    )  # fmt: skip
