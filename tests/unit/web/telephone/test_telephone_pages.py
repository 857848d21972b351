"""The clerk's page during a call."""

import re

import pytest
from django.test import Client

from chengzhi.cases.models import Case
from chengzhi.reports.models import Report, TelephoneDraft
from tests.intake_builders import Place, build_district
from tests.unit.web.photos.test_mask_pages import staff

URL = "/desk/telephone/"


@pytest.fixture
def place(db) -> Place:
    return build_district()


def key_of(page) -> str:
    return re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]


def test_call_becomes_a_case_with_its_caller(place):
    clerk = staff(place, "intake_clerk")
    said = {
        "key": key_of(clerk.get(URL)), "text": "城东路口路灯不亮", "address": "城东路 12 号",
        "area": place.communities[0].pk, "cell": place.cells[1].pk, "type": place.types["02007"].pk,
        "phone": "138 0000 0000", "name": "李女士", "urgent": "1",
    }  # fmt: skip
    taken = clerk.post(URL, said)
    case = Case.objects.get()
    assert case.number in taken.content.decode()
    assert (case.channel, case.urgent, case.cell_id) == ("hotline", True, place.cells[1].pk)
    assert case.reported_by is not None
    assert Report.objects.get().reporter is not None
    clerk.post(URL, said)
    assert Case.objects.count() == 1


def test_draft_is_kept_sealed_and_comes_back(place):
    clerk = staff(place, "intake_clerk")
    typed = clerk.post(URL + "typed/", {"text": "路灯", "phone": "13800000000", "key": "k"})
    assert "Draft kept" in typed.content.decode()
    assert b"13800000000" not in bytes(TelephoneDraft.objects.get().sealed)
    again = clerk.get(URL).content.decode()
    assert "13800000000" in again
    assert "unfinished draft" in again
    assert "13800000000" not in staff(place, "intake_clerk").get(URL).content.decode()
    clerk.post(URL, {"key": key_of(clerk.get(URL)), "text": "路灯", "address": "城东路"})
    assert not TelephoneDraft.objects.exists() or Case.objects.count() == 0


def test_kinds_and_likely_duplicates_appear_while_typing(place):
    clerk = staff(place, "intake_clerk")
    said = {"text": "路灯不亮", "address": "城东路 12 号", "key": key_of(clerk.get(URL))}
    clerk.post(URL, said)
    case = Case.objects.get()
    typed = clerk.post(URL + "typed/", {"text": "灯坏了 路灯", "address": "城东路 12"}).content.decode()
    assert "Street light out" in typed
    assert case.number in typed
    joined = clerk.post(URL, {**said, "key": key_of(clerk.get(URL)), "same": case.number})
    assert joined.status_code == 200
    assert (Case.objects.count(), Report.objects.filter(supports=True).count()) == (1, 1)


def test_mistakes_keep_what_was_typed(place):
    clerk = staff(place, "intake_clerk")
    answer = clerk.post(URL, {"key": key_of(clerk.get(URL)), "text": "路灯不亮"})
    assert answer.status_code == 422
    assert "路灯不亮" in answer.content.decode()


@pytest.mark.parametrize("role", ["handler", "contractor", "dispatcher", "auditor"])
def test_others_do_not_find_the_page(place, role):
    assert staff(place, role).get(URL).status_code == 404
    assert Client().get(URL).status_code == 302
