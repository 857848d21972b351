"""Deductions: terms of a contract, proposals with their grounds, the contractor's appeal, the decision."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chengzhi import clock
from chengzhi.inspections.models import ContractTerm, Deduction
from chengzhi.inspections.visits import record_visit
from chengzhi.registers.models import Party, Permit
from tests.unit.inspections.yard import answers


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def today_here():
    """The date on the wall of the district."""
    return clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()


@pytest.fixture
def contract(yard):
    """The section stands under a contract with the squad the contractor's people work in."""
    on = clock.now()
    party = Party.objects.create(
        district=yard.district, kind="contractor", name="示例保洁公司", created_at=on, updated_at=on
    )
    yard.section.party, yard.section.unit_id = party, min(yard.contractor.unit_ids)
    yard.section.save()
    return Permit.objects.create(
        object=yard.section, party=party, number="合同1号", starts_on=date(2026, 1, 1), recorded_at=on
    )


@pytest.fixture
def term(yard, contract):
    return ContractTerm.objects.create(
        permit=contract,
        measurement="dust",
        amount=200,
        appeal_days=5,
        clause="第八条",
        valid_from=date(2026, 1, 1),
    )


def weigh(yard, value, **more):
    return record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=yard.inspector, on=clock.now(),
        visited_at=clock.now(), answers=answers("five_grams"), readings={"dust": (value, yard.balance.pk)},
        object_id=yard.section.pk, **more,
    )  # fmt: skip


def span():
    return {"first": str(today_here()), "last": str(today_here())}


def test_failed_readings_are_shown_with_their_ground_and_then_proposed(enter, yard, term):
    weigh(yard, "3")
    weigh(yard, "12")
    weigh(yard, "30", weather="降雨", excused=True)
    client = enter("planner")
    page = text(client.post("/desk/rounds/deductions/propose/", span()))
    assert "12 g/m²" in page
    assert "200.00" in page
    assert "The weather excuses it" in page
    assert "Propose 1 deduction" in page
    assert not Deduction.objects.exists()
    assert client.post("/desk/rounds/deductions/propose/", span() | {"confirm": "1"}).status_code == 302
    assert Deduction.objects.get().amount == 200
    assert "示例保洁公司" in text(client.get("/desk/rounds/deductions/"))
    wrong = {"first": str(today_here()), "last": str(today_here() - timedelta(days=3))}
    assert "lies before the first" in text(client.post("/desk/rounds/deductions/propose/", wrong))


def test_the_contractor_is_told_appeals_and_another_person_decides(enter, yard, term):
    weigh(yard, "12")
    planner, contractor, head = enter("planner"), enter("contractor"), enter("head")
    planner.post("/desk/rounds/deductions/propose/", span() | {"confirm": "1"})
    one = Deduction.objects.get()
    address = f"/desk/rounds/deductions/{one.pk}/"
    assert contractor.get(address).status_code == 404  # not told yet
    assert "No deduction" in text(contractor.get("/desk/rounds/deductions/"))
    assert planner.post(f"{address}step/tell/").status_code == 302
    page = text(contractor.get(address))
    assert "第八条" in page
    assert "12 g/m²" in page
    assert yard.planner.name not in page.split("<main")[1].split("History")[0]
    assert contractor.post(f"{address}step/appeal/", {"reason": "前一日刚施工"}).status_code == 302
    assert "前一日刚施工" in text(head.get(address))
    over = {"result": "cut", "amount": "300", "reason": "部分采纳"}
    refused = text(head.post(f"{address}step/decide/", over), 409)
    assert "部分采纳" in refused
    assert head.post(f"{address}step/decide/", over | {"amount": "80"}).status_code == 302
    one.refresh_from_db()
    assert (one.decision, one.decided_amount) == ("cut", Decimal(80))
    page = text(contractor.get(address))
    assert "80.00" in page
    assert "部分采纳" in page
    assert planner.post(f"{address}step/settle/").status_code == 404
    assert head.post(f"{address}step/settle/").status_code == 302
    one.refresh_from_db()
    assert one.state == "final"


def test_a_contractor_sees_nothing_of_others(enter, yard, term):
    weigh(yard, "12")
    enter("planner").post("/desk/rounds/deductions/propose/", span() | {"confirm": "1"})
    one = Deduction.objects.get()
    Deduction.objects.update(told_at=clock.now(), state="told", unit_id=yard.centre.pk)
    assert enter("contractor").get(f"/desk/rounds/deductions/{one.pk}/").status_code == 404
    assert enter("dispatcher").get("/desk/rounds/deductions/").status_code == 404


def test_a_term_is_set_for_all_objects_under_a_contract(enter, yard, contract):
    client = enter("planner")
    page = text(client.get("/desk/rounds/settings/terms/"))
    assert "合同1号" in page
    address = "/desk/rounds/settings/terms/dust/?contract=合同1号"
    fields = {"amount": "150", "appeal_days": "7", "clause": "第九条", "first_day": str(today_here())}
    seen = text(client.post(address, fields))
    assert "It holds for 1 objects" in seen
    assert "150.00 yuan" in seen
    assert client.post(address, fields | {"confirm": "1"}).status_code == 302
    row = ContractTerm.objects.get()
    assert (row.permit, row.amount, row.appeal_days) == (contract, Decimal(150), 7)
    assert "150.00 yuan" in text(client.get("/desk/rounds/settings/terms/"))
    bad = fields | {"clause": "", "confirm": "1"}
    assert "clause of the contract is missing" in text(client.post(address, bad), 422)
    assert client.get("/desk/rounds/settings/terms/dust/?contract=nothing").status_code == 404


def test_a_step_is_taken_back_by_whoever_took_it(enter, yard, term):
    weigh(yard, "12")
    client = enter("planner")
    client.post("/desk/rounds/deductions/propose/", span() | {"confirm": "1"})
    one = Deduction.objects.get()
    client.post(f"/desk/rounds/deductions/{one.pk}/step/tell/")
    page = text(client.get(f"/desk/rounds/deductions/{one.pk}/"))
    undo = next(
        part for part in page.split('"') if part.startswith(f"/desk/rounds/deductions/{one.pk}/undo/")
    )
    assert client.post(undo).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.told_at) == ("proposed", None)
