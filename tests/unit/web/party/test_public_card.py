"""The public card of an object, and the report that begins at it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases.about import cases_of
from chengzhi.cases.models import Case, CaseType
from chengzhi.registers import actions
from chengzhi.registers.kinds import kinds
from chengzhi.reports.forms import new_form_key
from tests.people_builders import district
from tests.photo_samples import jpeg
from tests.unit.registers.things import thing

HALF_A_MINUTE = timedelta(seconds=30)


def card(one):
    return reverse("party:card", args=[one.public_code])


def test_the_card_shows_what_is_public_and_nothing_else(town):
    one = thing(
        town, "sign", "启明店招", address="启明路1号",
        facts={"form": "attached", "area": 12.5, "safety_checked_on": "2026-03-01"},
    )  # fmt: skip
    text = Client().get(card(one)).content.decode()
    assert "启明店招" in text
    assert one.number in text
    shown = {field.key: field.name for field in kinds()["sign"].fields if field.public}
    hidden = {field.key: field.name for field in kinds()["sign"].fields if not field.public}
    assert shown["form"] in text
    assert all(f"<dt>{name}" not in text for name in hidden.values())
    assert "2026" not in text.split("<main")[1].split("</main>")[0].replace(one.number, "")


@pytest.mark.parametrize("kind", [key for key, one in kinds().items() if one.sensitive or not one.public])
def test_a_sensitive_kind_has_no_card_and_no_label(town, entered, kind):
    one = thing(town, kind)
    assert Client().get(card(one)).status_code == 404
    client = entered("shift_leader")
    assert client.get(reverse("registers:label", args=[one.number])).status_code == 404
    assert client.get(reverse("registers:labels", args=[kind])).status_code == 404
    report = Client().get(reverse("public:report"), {"about": one.public_code}).content.decode()
    assert one.number not in report


def test_an_unknown_code_is_nothing(town):
    assert Client().get(reverse("party:card", args=["2345678abc"])).status_code == 404
    assert Client().get(reverse("party:card", args=["x" * 300])).status_code == 404


def test_the_label_of_a_merged_double_opens_the_one_that_stays(town):
    keep, double = thing(town, "bin", "箱甲"), thing(town, "bin", "箱乙")
    actions.merge(keep.pk, double.pk, by=town.shift_leader, on=clock.now())
    assert "箱甲" in Client().get(card(double)).content.decode()


def test_only_a_released_masked_photo_is_public(town):
    one = thing(town, "bin")
    photo = actions.add_photo(one.pk, jpeg(320, 240), stage="record", by=town.shift_leader, on=clock.now())
    address = reverse("party:card_photo", args=[one.public_code, photo.pk])
    assert Client().get(address).status_code == 404
    actions.mask_photo(photo.pk, [], by=town.shift_leader, on=clock.now())
    assert Client().get(address).status_code == 404
    actions.release_photo(photo.pk, by=town.intake_clerk, on=clock.now())
    assert Client().get(address).status_code == 200
    assert address in Client().get(card(one)).content.decode()
    other = thing(town, "bin", "别的箱")
    assert Client().get(reverse("party:card_photo", args=[other.public_code, photo.pk])).status_code == 404


def test_a_report_from_the_card_has_its_place_its_kinds_and_its_case(town):
    kind = CaseType.objects.create(
        district=town.district, code_set="local:x", code=kinds()["bin"].case_types[0], name="垃圾箱满溢",
        name_en="Bin overflowing", domain="cleanliness",
    )  # fmt: skip
    one = thing(town, "bin", "文澜路箱", address="文澜路3号")
    text = Client().get(card(one)).content.decode()
    assert f"about={one.public_code}" in text
    assert "垃圾箱满溢" in text
    here = {"about": one.public_code, "type": kind.pk}
    form = Client().get(reverse("public:d-report", args=["sample"]), here).content.decode()
    assert 'value="文澜路3号"' in form
    assert f'name="about" value="{one.public_code}"' in form
    assert f'value="{kind.pk}" checked' in form
    said = {
        "key": new_form_key(clock.now() - HALF_A_MINUTE), "text": "箱子满了",
        "type": kind.pk, "address": "文澜路3号", "lon": one.lon, "lat": one.lat, "about": one.public_code,
        "action": "send",
    }  # fmt: skip
    answer = Client().post(reverse("public:d-report", args=["sample"]), said)
    assert answer.status_code == 303, answer.content.decode()[-3000:]
    assert [case.pk for case in cases_of(one.pk)] == [Case.objects.get().pk]


def test_the_map_pin_of_another_district_s_object_is_not_taken(town):
    one = thing(town, "bin", "文澜路箱", address="文澜路3号")
    district("other")
    form = (
        Client().get(reverse("public:d-report", args=["other"]), {"about": one.public_code}).content.decode()
    )
    assert one.number not in form
