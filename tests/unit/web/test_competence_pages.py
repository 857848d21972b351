"""The officer's card, the list with its preview, and giving a case to another authority."""

import re
from typing import Any

import pytest
from django.test import Client

from chengzhi.cases.models import Authority, Competence, HandOver
from tests.unit.cases.town import Town, build, case_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build()


@pytest.fixture
def police(town: Town) -> Authority:
    return Authority.objects.create(
        district=town.district, key="police", name="公安交管", name_en="Traffic police",
        receipt_amount=2, receipt_unit="working_days",
    )  # fmt: skip


def signed_in(town: Town, role: str) -> Client:
    client = Client()
    client.force_login(town.accounts[role], backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


LINE = {"act": "penalise", "basis": "道路交通安全法", "domain": "five_vehicles", "status": "unverified",
        "first_day": "2099-01-01"}  # fmt: skip


def test_a_line_is_previewed_then_written_and_shown_as_planned(town: Town, police: Authority) -> None:
    client = signed_in(town, "administrator")
    said = LINE | {"authority": police.pk}
    shown = client.post("/desk/competence/list/new/", said)
    assert "公安交管" in body(shown)
    assert not Competence.objects.exists()
    assert client.post("/desk/competence/list/new/", said | {"confirm": "1"}).status_code == 302
    assert "道路交通安全法" in body(client.get("/desk/competence/list/"))


def test_both_or_neither_holder_is_told_on_the_form(town: Town, police: Authority) -> None:
    client = signed_in(town, "administrator")
    for said in (LINE, LINE | {"authority": police.pk, "unit": town.squad.pk}):
        assert "请在本局单位与其他机关中选择其一" in body(client.post("/desk/competence/list/new/", said))
    assert not Competence.objects.exists()


def test_who_may_not_keep_the_list_cannot_end_a_line(town: Town, police: Authority) -> None:
    line = Competence.objects.create(district=town.district, act="seize", authority=police, basis="x",
                                     valid_from="2020-01-01")  # fmt: skip
    assert signed_in(town, "inspector").post("/desk/competence/list/", {"end": line.pk}).status_code == 404
    line.refresh_from_db()
    assert line.valid_to is None


def test_the_card_names_the_other_authority(town: Town, police: Authority) -> None:
    Competence.objects.create(district=town.district, domain="five_vehicles", act="seize", authority=police,
                              basis="道路交通安全法", valid_from="2020-01-01")  # fmt: skip
    said = body(signed_in(town, "handler").get("/desk/competence/"))
    assert "非我方职权" in said
    assert "公安交管" in said


def test_a_case_is_handed_over_received_and_answered_from_the_pages(town: Town, police: Authority) -> None:
    case, client = case_in(town, "pending_dispatch"), signed_in(town, "dispatcher")
    assert f"/desk/cases/{case.number}/hand-over/" in body(client.get(f"/desk/cases/{case.number}/"))
    given = client.post(
        f"/desk/cases/{case.number}/hand-over/", {"authority": police.pk, "reason": "非法营运"}
    )
    made = HandOver.objects.get()
    assert given["Location"] == f"/desk/hand-overs/{made.number}/"
    assert made.number in body(client.get("/desk/hand-overs/"))
    assert "未经签收" in body(client.post(given["Location"], {"step": "answer", "result": "已办"}))
    client.post(given["Location"], {"step": "acknowledge", "receipt": "收 7"})
    client.post(given["Location"], {"step": "answer", "result": "已办"})
    made.refresh_from_db()
    assert (made.state, made.receipt, made.result) == ("answered", "收 7", "已办")
    assert made.number in body(client.get(f"/desk/cases/{case.number}/"))
    assert made.number in body(client.get("/desk/hand-overs/?ended=1"))


def test_the_page_tells_its_steps_and_takes_the_last_one_back(town: Town, police: Authority) -> None:
    case, client = case_in(town, "pending_dispatch"), signed_in(town, "dispatcher")
    there = client.post(
        f"/desk/cases/{case.number}/hand-over/", {"authority": police.pk, "reason": "非法营运"}
    )["Location"]
    client.post(there, {"step": "acknowledge", "receipt": "错号 9"})
    page = client.get(there)
    assert "公安交管签收，回执 错号 9。" in body(page)
    assert "移送公安交管：非法营运。" in body(page)
    undo = re.search(rf'action="({there}undo/\d+/)"', body(page))
    assert undo is not None
    client.post(undo[1])
    made = HandOver.objects.get()
    assert (made.state, made.receipt) == ("sent", "")


def test_another_unit_does_not_see_it(town: Town, police: Authority) -> None:
    case = case_in(town, "pending_dispatch", unit=town.sanitation)
    there = signed_in(town, "dispatcher").post(
        f"/desk/cases/{case.number}/hand-over/", {"authority": police.pk, "reason": "x"}
    )["Location"]
    made, client = HandOver.objects.get(), signed_in(town, "handler")
    assert made.number not in body(client.get("/desk/hand-overs/"))
    assert client.get(there).status_code == 404
    assert client.post(f"{there}undo/1/").status_code == 404


def test_another_district_does_not_see_it(town: Town, police: Authority) -> None:
    case = case_in(town, "pending_dispatch")
    signed_in(town, "dispatcher").post(
        f"/desk/cases/{case.number}/hand-over/", {"authority": police.pk, "reason": "x"}
    )
    made, other = HandOver.objects.get(), build("elsewhere")
    assert signed_in(other, "dispatcher").get(f"/desk/hand-overs/{made.number}/").status_code == 404


def test_a_gas_hazard_of_an_object_goes_to_the_office_named(town: Town, police: Authority) -> None:
    from tests.unit.registers.test_alarms import thing

    shop, client = thing(town, 1, "grill_shop", domain="barbecue"), signed_in(town, "dispatcher")
    there = f"/desk/objects/{shop.number}/hand-over/?to=police&matter=gas"
    assert client.get(there).context["form"].initial == {"authority": police.pk}
    client.post(there, {"authority": police.pk, "reason": "软管老化"})
    made = HandOver.objects.get()
    assert (made.object, made.matter, made.case) == (shop, "gas", None)
    assert shop.number in body(client.get(f"/desk/hand-overs/{made.number}/"))
