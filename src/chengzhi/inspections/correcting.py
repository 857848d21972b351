"""Correcting the record of a visit, and withdrawing it. What was recorded first stays beside it.

Figures follow, for they read the record as it now stands. A case that was opened is never closed by
this: a note tells who handles it what has changed.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases.actions import advance_case
from chengzhi.cases.habits import habits
from chengzhi.files.actions import keep
from chengzhi.inspections import entries, linking, opening
from chengzhi.inspections.checklists import checklist as find_checklist
from chengzhi.inspections.entries import Answer, Entry, Stated
from chengzhi.inspections.looking import AT_WORK
from chengzhi.inspections.models import Deduction, Finding, FormerVisit, Reading, RoundPoint, Visit
from chengzhi.inspections.opening import Opens
from chengzhi.inspections.problems import DeductionRests, NotCorrectable, ReasonMissing, missing
from chengzhi.inspections.rules import Within
from chengzhi.inspections.spots import where_of
from chengzhi.inspections.visits import Look, opened_by, say_well
from chengzhi.ledger.actions import personal, record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import may
from chengzhi.registers.plans import owe_check
from chengzhi.registers.policies import policy

PLAN, OWN, NOTE = "inspection.plan", "inspection.visit", "case.note"
LONGEST = 300


def why_not(visit: Visit, by: Actor, on: datetime) -> str:
    """Why this person may not correct or withdraw the record now; empty where they may."""
    if visit.withdrawn_at is not None:
        return _("It has been withdrawn.")
    if by.account_id is not None and may(by, PLAN, Within(visit.district_id)):
        return ""
    if by.account_id != visit.account_id or not may(by, OWN, Within(visit.district_id)):
        return _("Somebody else made this visit.")
    if visit.recheck_of_id is not None or Visit.objects.filter(recheck_of=visit).exists():
        return _("There is a second look; the two stay as independent as they were.")
    if visit.point is not None and visit.point.round.state not in AT_WORK:
        return _("The round has ended.")
    hours = float(policy(visit.district_id, "inspections/correct_hours", on))
    return "" if on <= visit.recorded_at + timedelta(hours=hours) else _("The time for it is over.")


@transaction.atomic
def correct_visit(
    visit_id: int,
    *,
    answers: Mapping[str, Answer],
    reason: str,
    by: Actor,
    on: datetime,
    readings: Mapping[str, Stated] | None = None,
    result: str = "",
    weather: str = "",
    excused: bool = False,
    note: str = "",
) -> Visit:
    """Record a visit as it should have been; time, place and person stay.

    It is judged as at the visit: limits, instruments and photos of that day. What fails now and did
    not before opens its case. Raises NoSuchThing, NotCorrectable, ReasonMissing, DeductionRests,
    EntryProblem (several at once).
    """
    visit, why = _locked(visit_id, reason, by, on)
    domain, form = find_checklist(visit.checklist)
    look = Look(
        visit.district_id, by, on, visit.visited_at, domain, form, answers, readings or {}, result=result,
        weather=weather.strip()[:60], excused=excused, note=note.strip(), point=visit.point, thing=visit.object,
        first=visit.recheck_of,
    )  # fmt: skip
    where = where_of(district_id=visit.district_id, point=visit.point, thing=visit.object)
    entry = entries.read(
        domain=domain, checklist=form, answers=answers, readings=look.readings, district_id=visit.district_id,
        day=look.day, spot=where.spot(),
    )  # fmt: skip
    say_well(look, entry)
    _no_deduction(visit, entry, excused)
    known = _known(visit)
    left_out = [*known, *(opened_by(visit.recheck_of, domain) if visit.recheck_of else [])]
    todo = opening.failures(entry, excused=excused, known=left_out)
    failing = {one.opens for one in opening.failures(entry, excused=excused)}
    _former(visit, why, by, on, withdrawn=False)
    visit.result = result or (Visit.Result.FILED if failing else "")
    visit.weather, visit.excused, visit.note, visit.passed = look.weather, excused, look.note, entry.passed
    visit.version += 1
    visit.save(update_fields=["result", "weather", "excused", "note", "passed", "version"])
    opened = opening.open_cases(visit, todo, domain=domain, checklist=form, where=where, by=by, on=on)
    linking.link(visit.object_id, opened.values(), by=opening.opener(by), on=on)
    _lines(visit, entry, {**known, **opened})
    _tell_cases(visit, {case: opens in failing for opens, case in known.items()}, why, by, on)
    _note(visit, "visit_corrected", why, by, on, entry=entry, cases=sorted(opened.values()))
    return visit


@transaction.atomic
def withdraw_visit(visit_id: int, *, reason: str, by: Actor, on: datetime) -> Visit:
    """Take the record of a visit out of all figures; it stays readable with the reason.

    A drawn place is open again, or counts as left out where its round has ended.
    Raises NoSuchThing, NotCorrectable (also while a second look rests on it), ReasonMissing, DeductionRests.
    """
    visit, why = _locked(visit_id, reason, by, on)
    if Visit.objects.filter(recheck_of=visit).exists():
        raise NotCorrectable(
            _("This visit cannot be withdrawn."), _("A second look rests on it."),
            _("Withdraw the second look first."),
        )  # fmt: skip
    if Deduction.objects.filter(reading__visit=visit).exists():
        raise _rests()
    cases = dict.fromkeys(_known(visit).values(), False)
    _former(visit, why, by, on, withdrawn=True)
    visit.findings.all().delete()
    visit.readings.all().delete()
    second = visit.recheck_of_id is not None
    visit.withdrawn_at, visit.recheck_of, visit.version = on, None, visit.version + 1
    visit.save(update_fields=["withdrawn_at", "recheck_of", "version"])
    if visit.point is not None and not second:
        _reopen(visit.point, on)
    _owe(visit)
    _tell_cases(visit, cases, why, by, on)
    _note(visit, "visit_withdrawn", why, by, on, cases=sorted(cases))
    return visit


def _locked(visit_id: int, reason: str, by: Actor, on: datetime) -> tuple[Visit, str]:
    rows = Visit.everything.select_for_update(of=("self",)).select_related(
        "object", "recheck_of", "point__round", "point__street", "point__cell__area"
    )
    visit = rows.filter(pk=visit_id, district_id=by.district_id or 0).first()
    if visit is None:
        raise missing(_("visit"))
    refused = why_not(visit, by, on)
    if refused:
        raise NotCorrectable(
            _("You may not change the record of this visit."), refused,
            _("Ask somebody who plans inspections; they may, with a reason."),
        )  # fmt: skip
    why = " ".join(reason.split())[:LONGEST]
    if not why:
        raise ReasonMissing(_("Say why the record is changed."), _("The first record stays beside it."))
    return visit, why


def _known(visit: Visit) -> dict[Opens, int]:
    """Type and condition → the case this visit opened for it."""
    domain, form = find_checklist(visit.checklist)
    found: dict[Opens, int] = {}
    for line in visit.findings.exclude(case=None):
        item = form.item(line.item)
        if item is not None and item.opens and line.case_id:
            found[item.opens] = line.case_id
    for reading in visit.readings.exclude(case=None):
        one = domain.measurement(reading.measurement)
        if one is not None and one.opens and reading.case_id:
            found[one.opens] = reading.case_id
    return found


def _no_deduction(visit: Visit, entry: Entry, excused: bool) -> None:
    """A value on which a deduction stands keeps as it is; what the contractor was told is decided first."""
    now = {one.measurement.key: (one.value, one.passed) for one in entry.measured}
    for one in Deduction.objects.filter(reading__visit=visit).select_related("reading"):
        same = now.get(one.reading.measurement) == (one.reading.value, one.reading.passed)
        gone = one.reading.measurement not in now
        if gone or (one.decision != "withdrawn" and not (same and excused == visit.excused)):
            raise _rests()


def _rests() -> DeductionRests:
    return DeductionRests(
        _("A contract deduction rests on a value of this visit."),
        _("The contractor was told of that value and may appeal against it."),
        _("Let the deduction be withdrawn first, with its reason."),
    )


def _former(visit: Visit, reason: str, by: Actor, on: datetime, *, withdrawn: bool) -> None:
    found = visit.findings.order_by("pk").values("item", "answer", "note", "photo_id", "case_id")
    measured = visit.readings.order_by("pk").values(
        "measurement",
        "value",
        "unit",
        "instrument_id",
        "limit",
        "limit_source",
        "passed",
        "doubtful",
        "case_id",
    )
    content: dict[str, Any] = {
        "result": visit.result, "weather": visit.weather, "excused": visit.excused, "note": visit.note,
        "passed": visit.passed, "recheck_of": visit.recheck_of_id, "findings": list(found),
        "readings": [{k: str(v) if k in ("value", "limit") and v is not None else v for k, v in row.items()}
                     for row in measured],
    }  # fmt: skip
    FormerVisit.objects.create(
        visit=visit, withdrawn=withdrawn, content=content, reason=reason, changed_by_id=by.account_id or 0,
        changed_at=on,
    )  # fmt: skip


def _lines(visit: Visit, entry: Entry, cases: Mapping[Opens, int]) -> None:
    """Write the lines and values as they now stand; each keeps the case that was opened for it."""
    former = dict(visit.findings.values_list("item", "case_id"))
    for one in entry.found:
        case = cases.get(one.item.opens) if one.failed and one.item.opens else former.get(one.item.key)
        Finding.objects.update_or_create(
            visit=visit, item=one.item.key,
            defaults={"answer": one.answer, "note": one.note, "photo_id": one.photo_id, "case_id": case},
        )  # fmt: skip
    keep([one.photo_id for one in entry.found if one.photo_id is not None])
    was = dict(visit.readings.values_list("measurement", "case_id"))
    visit.readings.exclude(measurement__in=[one.measurement.key for one in entry.measured]).delete()
    for value in entry.measured:
        kind, failed = value.measurement, value.passed is False and not visit.excused
        Reading.objects.update_or_create(
            visit=visit, measurement=kind.key,
            defaults={
                "value": value.value, "unit": kind.unit, "instrument_id": value.instrument_id,
                "limit": value.limit.value if value.limit else None, "passed": value.passed,
                "limit_source": value.limit.source if value.limit else "", "doubtful": value.doubtful,
                "case_id": cases.get(kind.opens) if failed and kind.opens else was.get(kind.key),
            },
        )  # fmt: skip


def _tell_cases(visit: Visit, cases: Mapping[int, bool], reason: str, by: Actor, on: datetime) -> None:
    """A note in each case the visit opened; whether the case ends is for who handles it."""
    writer = replace(by, permissions=by.permissions | {NOTE}, district_wide=by.district_wide | {NOTE})
    day = habits(visit.district_id).day(visit.visited_at)
    for case_id, stands in cases.items():
        said = (
            _(
                "The check of %(day)s that opened this case was corrected: %(reason)s. What failed still fails."
            )
            if stands
            else _(
                "The check of %(day)s that opened this case was changed: %(reason)s. What failed is no longer on "
                "record; look whether the case is to go on."
            )
        )
        advance_case(case_id, "note", by=writer, on=on, note=said % {"day": day, "reason": reason})


def _reopen(point: RoundPoint, on: datetime) -> None:
    if point.round.state in AT_WORK:
        RoundPoint.objects.filter(pk=point.pk).update(done_at=None)
        return
    RoundPoint.objects.filter(pk=point.pk).update(
        done_at=None, skipped_at=on, skip_reason=_("the record of the visit was withdrawn")
    )


def _owe(visit: Visit) -> None:
    """The check is owed again, as if the visit had not been."""
    if visit.object_id is None:
        return
    district = habits(visit.district_id)
    before = Visit.objects.filter(object_id=visit.object_id, checklist=visit.checklist).order_by(
        "-visited_at"
    )
    newest = before.values_list("visited_at", flat=True).first()
    last = district.day(newest) if newest else None
    owe_check(visit.object_id, checklist=visit.checklist, last=last, day=district.day(visit.visited_at))


def _note(
    visit: Visit,
    step: str,
    reason: str,
    by: Actor,
    on: datetime,
    *,
    cases: list[int],
    entry: Entry | None = None,
) -> None:
    facts: dict[str, Any] = {
        "reason": personal(reason, erase_after=None),
        "cases": cases,
        "passed": visit.passed,
    }
    if entry is not None:
        facts |= {"found": {one.item.key: one.answer for one in entry.found},
                  "measured": {one.measurement.key: str(one.value) for one in entry.measured}}  # fmt: skip
    record(
        district_id=visit.district_id, thing="visit", thing_id=visit.pk, step=step, by=by, on=on, facts=facts
    )
