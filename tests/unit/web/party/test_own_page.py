"""A party's own page: behind its code only, without the reporter, and its answers wait to be looked at."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases.about import link
from chengzhi.cases.models import CasePhoto
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.registers import actions, parties
from chengzhi.registers.models import Party, PartySaid
from tests.photo_samples import jpeg
from tests.unit.cases.town import case_in
from tests.unit.registers.things import party, thing


@pytest.fixture
def shop(town):
    return party(town, "shop", "启明烧烤")


@pytest.fixture
def place(town, shop):
    return thing(town, "grill_shop", "启明烧烤店", party_id=shop.pk, facts={"purifier": True})


@pytest.fixture
def code(town, shop):
    return parties.new_page_code(shop, by=town.shift_leader, on=clock.now())


def about(town, place, state="handling", **facts):
    case = case_in(town, state, on=clock.now(), text="某人说油烟很大", address="举报人家门口", **facts)
    link(case.pk, place.pk, by=Actor.system(), on=clock.now())
    return case


def page(code):
    answer = Client().get(reverse("party:own", args=[code]))
    assert answer.status_code == 200
    return answer


def say(code, what, **said):
    return Client().post(reverse("party:say", args=[code, what]), said)


def test_the_code_is_a_secret_of_128_bits_kept_as_a_mark_only(town, shop, code):
    from chengzhi.registers.numbers import ALPHABET

    assert len(ALPHABET) ** len(code) >= 2**128
    assert code.encode() not in bytes(Party.objects.get(pk=shop.pk).page_hash)
    assert (
        Client()
        .get(reverse("party:own", args=[code[:-1] + "2" * (code[-1] != "2") + "3" * (code[-1] == "2")]))
        .status_code
        == 404
    )
    fresh = parties.new_page_code(shop, by=town.shift_leader, on=clock.now())
    assert Client().get(reverse("party:own", args=[code])).status_code == 404
    assert page(fresh)


def test_nobody_is_to_find_it_or_keep_it(place, code):
    answer = page(code)
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies


def test_asking_too_often_is_refused(place, code, settings):
    settings.SEND_RATES = {"look_up": (3, 3600)}
    for _time in range(3):
        page(code)
    assert Client().get(reverse("party:own", args=[code])).status_code == 429


def test_it_says_what_applies_what_is_mine_and_what_is_open(town, place, code):
    ban = thing(town, "grill_ban", "启明路禁烤区", facts={"hours": "全天", "authority": "区政府"})
    today = clock.now().date()
    actions.grant_permit(
        ban.pk,
        starts_on=today - timedelta(days=9),
        number="通告〔2026〕1号",
        by=town.shift_leader,
        on=clock.now(),
    )
    case = about(town, place)
    text = page(code).content.decode()
    assert "启明烧烤店" in text
    assert case.number in text
    assert "启明路禁烤区" in text
    assert "通告〔2026〕1号" in text
    from chengzhi.domains.barbecue import DOMAIN

    for item in DOMAIN.checklist("grill").items:
        assert item.name in text


def test_the_reporter_and_their_words_stand_nowhere(town, place, code):
    about(town, place)
    text = page(code).content.decode()
    assert "某人说" not in text
    assert "举报人家门口" not in text


def test_what_nobody_has_verified_is_not_told(town, place, code):
    case = about(town, place, "pending_verify")
    assert case.number not in page(code).content.decode()
    assert say(code, "objects", case=case.number, text="不是我").status_code == 404


def test_corrected_with_a_photo_goes_to_the_case_and_closes_nothing(town, place, code, entered):
    case = about(town, place)
    photo = SimpleUploadedFile("a.jpg", jpeg(320, 240), "image/jpeg")
    answer = say(code, "corrected", case=case.number, text="已清洗", photo=photo)
    assert answer.status_code == 303
    case.refresh_from_db()
    assert case.state == "handling"
    said = PartySaid.objects.get()
    assert (said.kind, said.case_id, said.object_id, said.answered_at) == (
        "corrected",
        case.pk,
        place.pk,
        None,
    )
    kept = CasePhoto.objects.get(case=case)
    assert kept.file.delete_after is None
    assert history("case", case.pk)[-1].step == "party_corrected"
    waiting = entered("inspector").get(reverse("registers:said")).content.decode()
    assert "已清洗" in waiting
    assert case.number in waiting
    assert "已清洗" in page(code).content.decode()


def test_the_party_reads_that_it_is_cleared(town, place, code, entered):
    case = about(town, place)
    say(code, "corrected", case=case.number, text="已清洗")
    said = PartySaid.objects.get()
    client = entered("inspector")
    reply = {"result": "cleared", "answer": "现场已看，合格"}
    assert client.post(reverse("registers:reply", args=[said.pk]), reply).status_code == 302
    text = page(code).content.decode()
    assert "现场已看，合格" in text
    case.refresh_from_db()
    assert case.state == "handling"
    client.post(reverse("registers:reply", args=[said.pk]), {"result": "not_yet", "answer": "另一个"})
    assert "另一个" not in page(code).content.decode()


def test_who_only_looks_at_registers_answers_nothing(town, place, code, entered):
    say(code, "objects", text="测量不准")
    said = PartySaid.objects.get()
    entered("auditor").post(reverse("registers:reply", args=[said.pk]), {"result": "noted"})
    said.refresh_from_db()
    assert said.answered_at is None


def test_an_objection_needs_words_and_another_s_case_is_not_there(town, place, code):
    assert say(code, "objects", text="  ").status_code == 422
    stranger = case_in(town, "handling", on=clock.now())
    assert say(code, "objects", case=stranger.number, text="不是我").status_code == 404
    assert say(code, "nonsense", text="x").status_code == 404
    assert not PartySaid.objects.exists()


def test_the_case_names_its_object_and_the_answer_to_it(town, place, code, entered):
    case = about(town, place)
    say(code, "corrected", case=case.number, text="已清洗")
    text = entered("dispatcher").get(reverse("desk:case", args=[case.number])).content.decode()
    assert place.number in text
    assert "已清洗" in text
    assert "责任主体反馈已整改" in text


def test_after_a_merger_the_page_keeps_what_the_double_said(town, shop, place, code):
    say(code, "objects", text="我是重复登记的")
    stays = party(town, "shop", "启明烧烤总店")
    parties.merge_parties(stays.pk, shop.pk, by=town.shift_leader, on=clock.now())
    text = page(code).content.decode()
    assert "启明烧烤总店" in text
    assert "我是重复登记的" in text
    assert place.name in text
