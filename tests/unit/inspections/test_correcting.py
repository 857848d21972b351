"""A recorded visit is corrected or withdrawn: the first record stays, figures follow, cases are told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chengzhi.analytics.tables import TABLES
from chengzhi.cases.models import Case
from chengzhi.inspections import problems as why
from chengzhi.inspections import rounds
from chengzhi.inspections.correcting import correct_visit, why_not, withdraw_visit
from chengzhi.inspections.daily import daily
from chengzhi.inspections.models import Deduction, FormerVisit, Reading, RoundPoint, Visit
from chengzhi.inspections.results import results
from chengzhi.inspections.tables import ContractTerm
from chengzhi.inspections.visits import recheck
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.registers.models import CheckPlan, Permit, RegisteredObject
from tests.unit.cases.town import FRIDAY, LONG_AGO
from tests.unit.inspections.yard import answers, grams, thing

LATER = FRIDAY + timedelta(hours=2)


def mend(yard, visit, value, **more):
    said = {
        "answers": answers("five_grams"),
        "reason": "小数点看错",
        "by": yard.inspector,
        "on": LATER,
        **more,
    }
    return correct_visit(visit.pk, readings={"dust": (value, yard.balance.pk)}, **said)


def mean(yard):
    found = daily(
        yard.district.pk, measurement="dust", first=FRIDAY.date(), last=FRIDAY.date(), each_day=False
    )
    return found[0].mean if found else None


def test_a_corrected_value_counts_and_the_first_record_stays(yard):
    visit = grams(yard, "48", note="路面有沙")
    case = Case.objects.get()
    assert mean(yard) == 48
    mend(yard, visit, "4.8")
    visit.refresh_from_db()
    assert (visit.passed, visit.result, visit.version, mean(yard)) == (True, "", 1, pytest.approx(4.8))
    former = FormerVisit.objects.get()
    assert (former.withdrawn, former.reason, former.changed_by_id) == (
        False,
        "小数点看错",
        yard.inspector.account_id,
    )
    assert former.content["readings"][0] | {"case_id": 0} == {
        "measurement": "dust", "value": "48.0000", "unit": "g/m2", "instrument_id": yard.balance.pk,
        "limit": "5.0000", "limit_source": visit.readings.get().limit_source, "passed": False, "doubtful": False,
        "case_id": 0,
    }  # fmt: skip
    assert former.content["note"] == "路面有沙"
    case.refresh_from_db()
    assert case.state == "pending_dispatch"
    told = history("case", case.pk)[-1]
    assert told.step == "note"
    entry = history("visit", visit.pk)[-1]
    assert (entry.step, entry.facts["measured"]) == ("visit_corrected", {"dust": "4.8000"})
    assert "小数点" not in str(entry.facts)


def test_what_fails_only_after_the_correction_opens_its_case_once(yard):
    visit = grams(yard, "4.8")
    mend(yard, visit, "12")
    case = Case.objects.get()
    assert (visit.readings.get().case_id, case.type.code) == (case.pk, "06012")
    mend(yard, visit, "13")
    assert (Case.objects.count(), visit.readings.get().case_id) == (1, case.pk)
    assert FormerVisit.objects.count() == 2


def test_who_may_when_and_why(yard):
    visit = grams(yard, "4.8")
    late = FRIDAY + timedelta(hours=25)
    assert why_not(visit, yard.inspector, FRIDAY + timedelta(hours=23)) == ""
    with pytest.raises(why.NotCorrectable):
        mend(yard, visit, "4", on=late)
    with pytest.raises(why.NotCorrectable):
        mend(yard, visit, "4", by=yard.second)
    with pytest.raises(why.ReasonMissing):
        mend(yard, visit, "4", reason="  ")
    with pytest.raises(why.ImpossibleValue):
        mend(yard, visit, "5000")
    stranger = Actor(
        1,
        "x",
        yard.district.pk + 1,
        permissions=yard.planner.permissions,
        district_wide=yard.planner.district_wide,
    )
    with pytest.raises(why.Problem):
        mend(yard, visit, "4", by=stranger)
    assert not FormerVisit.objects.exists()
    mend(yard, visit, "4", by=yard.planner, on=late)
    assert visit.readings.get().value == Decimal(4)


def drawn(yard, share=0):
    thing(yard.town, "cleaning_section", "cleanliness")
    made = rounds.plan(
        district_id=yard.district.pk, checklist="five_grams", name="四月", size=2, recheck_share=share,
        frame={"of": "objects", "kind": "cleaning_section"}, starts_on=FRIDAY.date(), ends_on=date(2026, 4, 30),
        by=yard.planner, on=FRIDAY,
    )  # fmt: skip
    rounds.approve(made.pk, by=yard.head, on=FRIDAY)
    rounds.draw(made.pk, by=yard.planner, on=FRIDAY)
    return made, rounds.next_point(made.pk, by=yard.inspector, on=FRIDAY)


def test_a_withdrawn_visit_leaves_every_figure_and_its_place_is_open_again(yard):
    made, point = drawn(yard)
    visit = grams(yard, "48", point_id=point.pk, object_id=None, visited_at=FRIDAY, client_key="k1")
    assert (results(made.pk).visited, mean(yard)) == (1, 48)
    withdraw_visit(visit.pk, reason="记错路段", by=yard.inspector, on=LATER)
    after = results(made.pk)
    assert (after.visited, after.waiting, after.measured, mean(yard)) == (0, 2, (), None)
    assert not Visit.objects.exists()
    assert not Reading.objects.exists()
    assert Visit.everything.get().withdrawn_at == LATER
    assert "withdrawn_at IS NULL" in TABLES["visits_flat"].source
    assert FormerVisit.objects.get().content["findings"][0]["item"] == "swept"
    assert history("case", Case.objects.get().pk)[-1].step == "note"
    with pytest.raises(why.NotCorrectable):
        withdraw_visit(visit.pk, reason="再撤", by=yard.planner, on=LATER)
    again = grams(yard, "48", point_id=point.pk, object_id=None, visited_at=FRIDAY, client_key="k1")
    assert again.pk == visit.pk
    grams(yard, "4", point_id=point.pk, object_id=None, visited_at=FRIDAY)
    assert results(made.pk).visited == 1


def test_where_the_round_has_ended_a_withdrawn_place_counts_as_left_out(yard):
    made, point = drawn(yard)
    visit = grams(yard, "4", point_id=point.pk, object_id=None, visited_at=FRIDAY)
    rounds.close(made.pk, by=yard.planner, on=LATER, reason="雨季")
    with pytest.raises(why.NotCorrectable):
        withdraw_visit(visit.pk, reason="记错", by=yard.inspector, on=LATER)
    withdraw_visit(visit.pk, reason="记错", by=yard.planner, on=LATER)
    left = RoundPoint.objects.get(pk=point.pk)
    assert (left.done_at, left.skipped_at) == (None, LATER)


def test_two_looks_stay_independent(yard):
    _made, point = drawn(yard, share=1)
    visit = grams(yard, "4", point_id=point.pk, object_id=None, visited_at=FRIDAY)
    second = recheck(
        visit.pk, by=yard.second, on=LATER, visited_at=LATER, answers=answers("five_grams"),
        readings={"dust": ("9", yard.balance.pk)},
    )  # fmt: skip
    for one, who in ((visit, yard.inspector), (second, yard.second)):
        assert why_not(one, who, LATER)
    with pytest.raises(why.NotCorrectable):
        withdraw_visit(visit.pk, reason="记错", by=yard.planner, on=LATER)
    withdraw_visit(second.pk, reason="记错", by=yard.planner, on=LATER)
    assert RoundPoint.objects.get(pk=point.pk).done_at is not None
    recheck(
        visit.pk, by=yard.second, on=LATER, visited_at=LATER, answers=answers("five_grams"),
        readings={"dust": ("4", yard.balance.pk)},
    )  # fmt: skip


def test_a_value_a_deduction_rests_on_stays(yard):
    visit = grams(yard, "12")
    permit = Permit.objects.create(object=yard.section, starts_on=LONG_AGO, recorded_at=FRIDAY)
    term = ContractTerm.objects.create(
        permit=permit, measurement="dust", amount=100, appeal_days=5, valid_from=LONG_AGO, clause="7",
    )  # fmt: skip
    Deduction.objects.create(
        district=yard.district, permit=permit, reading=visit.readings.get(), term=term, amount=100,
        proposed_at=FRIDAY, updated_at=FRIDAY,
    )  # fmt: skip
    with pytest.raises(why.DeductionRests):
        mend(yard, visit, "4")
    with pytest.raises(why.DeductionRests):
        withdraw_visit(visit.pk, reason="记错", by=yard.planner, on=LATER)
    mend(yard, visit, "12", note="补充说明")
    assert Visit.objects.get().note == "补充说明"


def test_a_withdrawn_check_is_owed_again(yard):
    CheckPlan.objects.create(
        district=yard.district,
        kind="cleaning_section",
        checklist="five_grams",
        every_days=30,
        valid_from=LONG_AGO,
    )
    visit = grams(yard, "4")
    due = lambda: RegisteredObject.objects.get(pk=yard.section.pk).check_due_on  # noqa: E731
    assert due() == date(2026, 5, 3)
    withdraw_visit(visit.pk, reason="记错", by=yard.inspector, on=LATER)
    assert due() == date(2026, 4, 3)
