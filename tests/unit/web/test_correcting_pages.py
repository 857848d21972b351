"""Buttons that take back: a visit corrected or withdrawn on its page, a party's last correction."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.inspections.models import FormerVisit, Visit
from chengzhi.people.models import Account
from chengzhi.registers import parties
from tests.unit.inspections.yard import Yard, answers, grams
from tests.unit.inspections.yard import build as build_yard

pytestmark = pytest.mark.django_db


@pytest.fixture
def yard() -> Yard:
    from chengzhi.cases import habits

    habits.forget()
    return build_yard()


def signed_in(yard: Yard, who: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    account: Account = yard.town.accounts[who]
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def visit_now(yard: Yard, value: str) -> Visit:
    on = clock.now()
    return grams(yard, value, on=on, visited_at=on - timedelta(minutes=5))


def sheet(client: Client, visit: Visit) -> dict[str, str]:
    """What the correction's page holds, as a browser would send it back."""
    page = client.get(f"/field/visit/{visit.pk}/correct/")
    text = page.content.decode()
    assert page.status_code == 200
    typed = dict(re.findall(r'name="(v\.\w+)" value="([^"]*)"', text))
    chosen = dict(re.findall(r'name="(a\.\w+)" value="(\w+)"[^>]*checked', text))
    instrument = re.findall(r'<option value="(\d+)" selected', text)
    return {**typed, **chosen, **({"i.dust": instrument[0]} if instrument else {})}


def test_a_visit_is_corrected_on_its_own_sheet(yard: Yard) -> None:
    visit, client = visit_now(yard, "48"), signed_in(yard, "inspector")
    said = sheet(client, visit)
    assert said == {"v.dust": "48", "i.dust": str(yard.balance.pk),
                    **{f"a.{key}": one[0] for key, one in answers("five_grams").items()}}  # fmt: skip
    refused = client.post(f"/field/visit/{visit.pk}/correct/", {**said, "v.dust": "4.8"})
    assert refused.status_code == 422
    done = client.post(f"/field/visit/{visit.pk}/correct/", {**said, "v.dust": "4.8", "reason": "小数点"})
    assert done.status_code == 303
    text = client.get(done["Location"]).content.decode()
    assert "原记录" in text
    assert "48 g/m²" in text
    assert "小数点" in text


def test_a_visit_is_withdrawn_and_stays_readable(yard: Yard) -> None:
    visit, client = visit_now(yard, "48"), signed_in(yard, "inspector")
    other = signed_in(yard, "second")
    assert other.get(f"/field/visit/{visit.pk}/correct/").status_code == 404
    assert f"/field/visit/{visit.pk}/withdraw/" not in other.get(f"/field/visit/{visit.pk}/").content.decode()
    client.post(f"/field/visit/{visit.pk}/withdraw/", {"reason": "记错路段"})
    assert not Visit.objects.exists()
    text = client.get(f"/field/visit/{visit.pk}/").content.decode()
    assert "已撤回：不计入任何统计" in text
    assert "记错路段" in text
    assert f"/field/visit/{visit.pk}/correct/" not in text
    assert FormerVisit.objects.get().withdrawn


def test_a_party_s_correction_is_taken_back_from_its_page(yard: Yard) -> None:
    client, on = signed_in(yard, "shift_leader"), clock.now()
    row = parties.register_party(
        district_id=yard.district.pk, kind="shop", name="老店", by=yard.shift_leader, on=on
    )
    address = f"/desk/registers/parties/{row.pk}/"
    assert "undo/" not in client.get(address).content.decode()
    client.post(f"{address}correct/", {"name": "新店", "credit_code": ""})
    assert f"{address}undo/" in client.get(address).content.decode()
    assert client.post(f"{address}undo/").status_code == 302
    row.refresh_from_db()
    assert row.name == "老店"
    text = client.get(address).content.decode()
    assert "撤回了更正" in text
    assert "undo/" not in text
