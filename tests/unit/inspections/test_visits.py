"""A visit: what is refused, what is kept, which case a failure opens."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models

from chengzhi.cases.about import cases_of
from chengzhi.cases.actions import advance_case
from chengzhi.cases.models import Case
from chengzhi.inspections import problems as why
from chengzhi.inspections.models import Visit
from chengzhi.inspections.visits import record_visit
from chengzhi.ledger.models import Entry
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.registers.models import CheckPlan, RegisteredObject
from tests.unit.cases.town import FRIDAY, LONG_AGO, limit
from tests.unit.inspections.yard import answers, grams, instrument, photo


def toilet(yard, changed, readings=None, **more):
    more.setdefault("by", yard.inspector)
    return record_visit(
        district_id=yard.district.pk, checklist="toilet", on=FRIDAY, visited_at=FRIDAY,
        answers=answers("toilet", **changed), readings=readings or {}, object_id=yard.toilet.pk, **more,
    )  # fmt: skip


def nothing_was_written():
    return not (
        Visit.objects.exists() or Case.objects.exists() or Entry.objects.filter(thing="visit").exists()
    )


def test_a_visit_in_order_opens_no_case_and_is_on_record(yard):
    visit = grams(yard, "4.8", note="路面干净")
    assert (visit.passed, visit.area_id, visit.road_kind, visit.result) == (True, yard.area.pk, "main", "")
    reading = visit.readings.get()
    assert (reading.value, reading.unit, reading.limit, reading.passed) == (Decimal("4.8"), "g/m2", 5, True)
    assert "Zhongwei" in reading.limit_source
    assert {one.item: one.answer for one in visit.findings.all()} == {
        "swept": "ok", "framed": "ok", "weighed": "ok",
    }  # fmt: skip
    assert not Case.objects.exists()
    (entry,) = history("visit", visit.pk)
    assert entry.facts["measured"] == {"dust": "4.8000"}
    assert "路面干净" not in str(entry.facts)
    assert entry.actor_id == yard.inspector.account_id


def test_a_value_over_its_limit_opens_a_case_that_explains_itself(yard):
    visit = grams(yard, 12.5)
    case = Case.objects.get()
    assert (case.type.code, case.condition, case.domain) == ("06012", "dirty", "cleanliness")
    assert (case.channel, case.state, case.cell_id, case.area_id) == (
        "patrol", "pending_dispatch", yard.cell.pk, yard.area.pk,
    )  # fmt: skip
    for word in ("12.5", "5", "以克论净", "积尘", "不高于", yard.section.name, "2026-04-03"):
        assert word in case.text
    assert visit.readings.get().case_id == case.pk
    assert (visit.passed, visit.result) == (False, "filed")
    assert case.reported_by == yard.inspector.account_id
    assert list(cases_of(yard.section.pk)) == [case]


def test_all_that_fails_for_one_type_and_condition_goes_into_one_case(yard):
    paper = photo(yard.town)
    visit = toilet(
        yard,
        {
            "clean": ("failed", "地面有污水", paper.pk),
            "odour": "failed",
            "fittings": "failed",
            "sign": "failed",
        },
        {"ammonia": ("2", yard.gas.pk)},
    )
    cases = {case.condition: case for case in Case.objects.all()}
    assert set(cases) == {"dirty", "fittings"}
    dirty = cases["dirty"]
    assert "地面有污水" in dirty.text
    assert "2 mg/m³" in dirty.text
    linked = {one.item: one.case_id for one in visit.findings.filter(answer="failed")}
    assert linked == {
        "clean": dirty.pk, "odour": dirty.pk, "fittings": cases["fittings"].pk, "sign": None,
    }  # fmt: skip
    assert visit.readings.get().case_id == dirty.pk


def test_an_evaluator_may_inspect_and_a_handler_whose_role_cannot_report_too(yard):
    assert "case.report" not in yard.evaluator.permissions
    grams(yard, 12, by=yard.evaluator)
    assert Case.objects.get().reported_by == yard.evaluator.account_id


def test_a_district_without_the_type_still_gets_its_case(yard):
    yard.types["06012"].delete()
    grams(yard, 12)
    case = Case.objects.get()
    assert (case.type_id, case.state, case.condition) == (None, "reported", "default")
    assert "12" in case.text


@pytest.mark.parametrize(("result", "method"), [("persuaded", "service"), ("corrected", "management")])
def test_what_was_settled_on_the_spot_is_a_closed_case_of_its_own(yard, result, method):
    visit = record_visit(
        district_id=yard.district.pk, checklist="grill_round", by=yard.inspector, on=FRIDAY,
        visited_at=FRIDAY, answers=answers("grill_round", none="failed"), result=result,
        lon=109.35, lat=24.35,
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.state, case.self_handled, case.method, case.outcome) == ("closed", True, method, "stopped")
    assert (case.lon, case.lat) == (109.35, 24.35)
    assert visit.result == result


def test_a_result_needs_something_that_it_is_the_result_of(yard):
    with pytest.raises(why.UnknownResult):
        grams(yard, 3, result="persuaded")
    with pytest.raises(why.UnknownResult):
        grams(yard, 30, result="fined")
    assert nothing_was_written()


# bad input


def test_five_thousand_grams_are_refused_and_two_hundred_are_flagged(yard):
    with pytest.raises(why.ImpossibleValue) as refused:
        grams(yard, 5000)
    assert refused.value.field == "dust"
    assert "2000" in refused.value.why
    assert refused.value.cure
    assert nothing_was_written()
    assert grams(yard, 200).readings.get().doubtful
    assert not grams(yard, "199.9").readings.get().doubtful


@pytest.mark.parametrize("value", [-0.1, "abc", "", None, "nan", "inf", True, "1e400", "2000.0001"])
def test_no_value_that_is_no_measurement_gets_in(yard, value):
    with pytest.raises((why.NotANumber, why.ImpossibleValue)):
        grams(yard, value)
    assert nothing_was_written()


def test_a_balance_that_is_not_calibrated_is_refused(yard):
    never, over = instrument(yard.town, "balance", None), instrument(yard.town, "balance", FRIDAY.date())
    with pytest.raises(why.NotCalibrated) as refused:
        grams(yard, 3, readings={"dust": (3, never.pk)})
    assert refused.value.cure
    grams(yard, 3, readings={"dust": (3, over.pk)})
    later = FRIDAY + timedelta(days=1)
    with pytest.raises(why.NotCalibrated, match=str(FRIDAY.date())):
        grams(yard, 3, on=later, readings={"dust": (3, over.pk)})
    with pytest.raises(why.InstrumentMissing):
        grams(yard, 3, readings={"dust": (3, None)})
    with pytest.raises(why.WrongInstrument):
        grams(yard, 3, readings={"dust": (3, yard.gas.pk)})
    assert Visit.objects.count() == 1


def test_an_unknown_line_a_missing_one_and_an_unknown_answer_are_told_together(yard):
    said = answers("five_grams", swept="perhaps", colour="ok")
    del said["weighed"]
    with pytest.raises(why.SeveralProblems) as refused:
        grams(yard, 5000, answers=said)
    found = {(type(one), one.field) for one in refused.value.problems}
    assert found == {
        (why.UnknownItem, "colour"), (why.UnknownAnswer, "swept"), (why.MissingAnswer, "weighed"),
        (why.ImpossibleValue, "dust"),
    }  # fmt: skip
    assert nothing_was_written()


def test_a_value_of_something_the_checklist_does_not_measure_is_refused(yard):
    with pytest.raises(why.UnknownMeasurement):
        grams(yard, 3, readings={"ammonia": (3, yard.gas.pk)})


def test_a_photo_is_wanted_where_the_line_says_why(yard):
    with pytest.raises(why.PhotoMissing) as refused:
        toilet(yard, {"clean": "failed"})
    assert refused.value.field == "clean"
    assert refused.value.why.strip()
    elsewhere = photo(yard.town, district_id=yard.district.pk + 1)
    text = photo(yard.town, content_type="application/pdf")
    for wrong in (elsewhere.pk, text.pk, 10**9):
        with pytest.raises(why.BadPhoto):
            toilet(yard, {"clean": ("failed", "", wrong)})
    assert nothing_was_written()
    draft = photo(yard.town, delete_after=FRIDAY.date())
    toilet(yard, {"clean": ("failed", "", draft.pk)})
    draft.refresh_from_db()
    assert draft.delete_after is None


def test_nothing_entered_is_no_visit(yard):
    with pytest.raises(why.EntryProblem):
        grams(yard, 3, answers={}, readings={})


def test_the_same_entry_of_a_phone_sent_twice_is_one_visit(yard):
    first = grams(yard, 12, client_key="phone-1")
    again = grams(yard, 12, client_key="phone-1", on=FRIDAY + timedelta(hours=3))
    assert (again.pk, Visit.objects.count(), Case.objects.count()) == (first.pk, 1, 1)
    assert grams(yard, 12, client_key="phone-1", by=yard.second).pk != first.pk
    with pytest.raises(why.KeyReused):
        toilet(yard, {}, client_key="phone-1")
    assert grams(yard, 3).pk != grams(yard, 3).pk


def test_times_that_cannot_be_are_refused_and_a_phone_a_little_ahead_is_not(yard):
    with pytest.raises(why.BadTime):
        grams(yard, 3, visited_at=FRIDAY + timedelta(minutes=6))
    with pytest.raises(why.BadTime):
        grams(yard, 3, visited_at=FRIDAY.replace(tzinfo=None))
    assert grams(yard, 3, visited_at=FRIDAY + timedelta(minutes=4)).visited_at == FRIDAY


def test_who_may_not_inspect_may_not(yard):
    with pytest.raises(NotAllowed):
        grams(yard, 3, by=yard.dispatcher)
    with pytest.raises(why.NoPerson):
        grams(yard, 3, by=Actor.system())
    with pytest.raises(NotAllowed):
        record_visit(
            district_id=yard.district.pk + 1, checklist="five_grams", by=yard.inspector, on=FRIDAY,
            visited_at=FRIDAY, answers={}, object_id=yard.section.pk,
        )  # fmt: skip


def test_a_checklist_looks_at_its_own_kinds_only(yard):
    with pytest.raises(why.NotForThisKind):
        grams(yard, 3, object_id=yard.toilet.pk)
    with pytest.raises(why.NoSuchThing):
        grams(yard, 3, object_id=10**9)
    with pytest.raises(why.UnknownChecklist):
        record_visit(
            district_id=yard.district.pk, checklist="none", by=yard.inspector, on=FRIDAY, visited_at=FRIDAY,
            answers={},
        )  # fmt: skip


def test_bad_weather_excuses_what_was_measured_not_what_was_seen(yard):
    with pytest.raises(why.ExcuseWithoutReason):
        grams(yard, 30, excused=True)
    visit = grams(yard, 30, excused=True, weather="沙尘天气")
    assert (visit.excused, visit.weather, visit.readings.get().passed) == (True, "沙尘天气", False)
    assert not Case.objects.exists()
    grams(yard, 30, excused=True, weather="沙尘天气", answers=answers("five_grams", swept="failed"))
    assert Case.objects.get().condition == "dirty"


def test_the_next_check_is_due_as_the_plan_says(yard):
    grams(yard, 3)
    assert RegisteredObject.objects.get(pk=yard.section.pk).check_due_on is None
    CheckPlan.objects.create(
        district=yard.district, kind="cleaning_section", checklist="five_grams", every_days=7,
        valid_from=LONG_AGO,
    )  # fmt: skip
    grams(yard, 3)
    due = RegisteredObject.objects.get(pk=yard.section.pk).check_due_on
    assert due == FRIDAY.date() + timedelta(days=7)


# no tracks

SPEAKS_OF_PLACE = re.compile(
    r"lon|lat|gps|coord|geo|track|route|speed|bearing|accuracy|heading|position|zkey"
)


def test_no_table_of_inspections_keeps_where_an_inspector_was():
    placed = {
        f"{model.__name__}.{one.name}"
        for model in apps.get_app_config("inspections").get_models(include_auto_created=True)
        for one in model._meta.get_fields()
        if SPEAKS_OF_PLACE.search(one.name.lower()) and isinstance(one, models.Field)
    }
    # `position` is the order of the draw; lon and lat are of the drawn place, which is set at the
    # draw, before anybody knows who goes there.
    assert placed == {"RoundPoint.position", "RoundPoint.lon", "RoundPoint.lat"}


def test_the_place_stated_for_a_visit_goes_to_the_case_and_is_not_kept(yard):
    visit = record_visit(
        district_id=yard.district.pk, checklist="grill_round", by=yard.inspector, on=FRIDAY,
        visited_at=FRIDAY, answers=answers("grill_round"), lon=109.351234, lat=24.351234,
    )  # fmt: skip
    row = Visit.objects.filter(pk=visit.pk).values().get()
    assert not [value for value in row.values() if "351234" in str(value)]
    assert not [one for one in history("visit", visit.pk) if "351234" in str(one.facts)]


# two at once


@pytest.mark.django_db(transaction=True)
def test_two_phones_of_one_person_sending_the_same_entry_at_once_make_one_visit():
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from chengzhi.cases import habits
    from tests.unit.inspections.yard import build

    habits.forget()
    yard, start = build(), Barrier(4)

    def send(_: int) -> int:
        start.wait()
        try:
            return grams(yard, 12, client_key="at-once").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(send, range(4)))
    assert len(made) == 1
    assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
    assert Entry.objects.filter(thing="visit", thing_id__in=made).count() == 1


def test_a_visit_asks_the_database_no_more_for_more_lines(yard, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    toilet(yard, {})
    with CaptureQueriesContext(connection) as short:
        record_visit(
            district_id=yard.district.pk, checklist="five_minutes", by=yard.inspector, on=FRIDAY,
            visited_at=FRIDAY, answers=answers("five_minutes"), readings={"litter_dwell": (3, None)},
            object_id=yard.section.pk,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as long:
        toilet(yard, {}, {"ammonia": (1, yard.gas.pk), "odour": (1, None), "flies": (0, None)})
    assert len(long) <= len(short) + 1  # the instruments
    with django_assert_max_num_queries(25):
        grams(yard, 12)


def test_the_case_runs_on_the_limit_of_its_condition_once_it_is_dispatched(yard):
    limit(yard.types["06012"], 2, "urgent_hours", "dirty")
    limit(yard.types["06012"], 5, "working_days")
    grams(yard, 12)
    case = Case.objects.get()
    advance_case(case.pk, "dispatch", by=yard.dispatcher, on=FRIDAY, unit=yard.squad.pk)
    case.refresh_from_db()
    assert (case.limit_amount, case.limit_unit) == (2, "urgent_hours")
    assert case.due_at == FRIDAY + timedelta(hours=2)
