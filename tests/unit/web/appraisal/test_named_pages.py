"""The pages of named rounds and evidence in both languages, and who finds nothing there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from chengzhi import clock
from chengzhi.branch.appraisal import evidence, named, named_queries, planning
from chengzhi.branch.appraisal.named_models import NamedMark, NamedPair, NamedPerson, NamedRound
from chengzhi.lifecycle.machine import advance
from tests.unit.branch.appraisal.named_rounds import CRITERIA, QUALITY, branch, mark_of
from tests.unit.branch.house import House

pytestmark = pytest.mark.django_db
AT = "/branch/appraisal/named/"


@pytest.fixture
def home() -> House:
    return branch()


def enter(home: House, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(home.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def made(home: House, state: str) -> NamedRound:
    """A round by the real clock, as pages see it, in a state."""
    now, lead = clock.now() - timedelta(minutes=11), home.actor("书记")
    said = named.Plan("互评", "all", now.date() + timedelta(days=9), least=5)
    row = named.plan(said, body=home.first, by=lead, on=now)
    if state != "planned":
        named.step(row, "begin", by=lead, on=now)
    if state in ("closed", "told"):
        for name in QUALITY:
            by = home.actor(name)
            for pair, _marks in named_queries.to_rate(row, by):
                other = pair.ratee.member.name
                marks = {key: mark_of(name, other, key) for key in CRITERIA}
                named.rate(row, person=pair.ratee_id, marks=marks, by=by, on=now)
        named.step(row, "close", by=lead, on=now)
    if state == "told":
        named.step(row, "tell", by=lead, on=now)
    return row


def test_an_empty_list_says_so_and_only_who_leads_plans(home: House) -> None:
    assert "还没有实名互评" in text(enter(home, "甲").get(AT))
    assert "There is no named round yet" in text(enter(home, "甲", "en").get(AT))
    assert enter(home, "甲").get(f"{AT}new/").status_code == 404
    lead = enter(home, "书记")
    day = clock.now().date()
    said = {
        "body": home.first.pk,
        "title": "年中互评",
        "design": "drawn",
        "size": 2,
        "closes_on": day + timedelta(5),
        "seed": "7",
    }
    assert "抽签" in text(lead.post(f"{AT}new/", said), 422)
    assert lead.post(f"{AT}new/", said | {"size": 4}).status_code == 302
    row = NamedRound.objects.get()
    page = text(lead.get(f"{AT}{row.number}/"))
    assert "开始互评" in page
    assert "实名、保密" in page
    assert "开始互评" not in text(enter(home, "甲").get(f"{AT}{row.number}/"))
    assert lead.post(f"{AT}{row.number}/do/begin/").status_code == 302
    page = text(lead.get(f"{AT}{row.number}/"))
    assert "书记开始互评。" in page
    assert lead.post(f"{AT}{row.number}/do/extend/", {"until": day}).status_code == 409


def test_rating_goes_from_one_colleague_to_the_next(home: House) -> None:
    row, client = made(home, "open"), enter(home, "甲")
    pair = NamedPair.objects.filter(rater__member=home.members["甲"]).order_by("ratee__position").first()
    assert pair
    page = f"{AT}{row.number}/rate/{pair.ratee_id}/"
    assert "履职尽责" in text(client.get(page))
    text(client.post(page, {"duty": 4}), 422)
    assert not NamedMark.objects.exists()
    answer = client.post(page, dict.fromkeys(CRITERIA, "4"))
    assert answer.status_code == 302
    assert "/rate/" in answer["Location"]
    assert client.post(answer["Location"], {"unable": "1"}).status_code == 302
    assert NamedMark.objects.count() == 3
    me = NamedPerson.objects.get(member=home.members["甲"])
    assert client.get(f"{AT}{row.number}/rate/{me.pk}/").status_code == 404
    assert enter(home, "庚").get(page).status_code == 404


def test_the_result_is_for_the_committee_and_has_no_raters(home: House) -> None:
    row = made(home, "closed")
    page = text(enter(home, "委员").get(f"{AT}{row.number}/result/"))
    assert "原始均值" in page
    assert "重叠" in page
    assert "Raw mean" in text(enter(home, "委员", "en").get(f"{AT}{row.number}/result/"))
    assert enter(home, "甲").get(f"{AT}{row.number}/result/").status_code == 404
    assert enter(home, "庚").get(f"{AT}{row.number}/result/").status_code == 404
    one = NamedPerson.objects.get(member=home.members["甲"])
    own = f"{AT}{row.number}/people/{one.pk}/"
    assert "原始均值" not in text(enter(home, "甲").get(own))
    assert enter(home, "委员").post(own, {"field": "opinion", "text": "工作踏实"}).status_code == 302
    enter(home, "书记").post(f"{AT}{row.number}/do/tell/")
    page = text(enter(home, "甲").get(own))
    assert "原始均值" in page
    assert "工作踏实" in page
    assert "工作踏实" not in text(enter(home, "乙").get(own))
    assert enter(home, "甲").post(own, {"field": "objection", "text": "有异议"}).status_code == 302
    assert enter(home, "甲").post(own, {"field": "answer", "text": "x"}).status_code == 404
    assert enter(home, "委员").post(own, {"field": "answer", "text": "已核对"}).status_code == 302
    assert "已核对" in text(enter(home, "甲").get(own))


def test_severity_is_on_ones_own_page_alone(home: House) -> None:
    row = made(home, "told")
    assert "只有您本人看到" in text(enter(home, "乙").get(f"{AT}{row.number}/"))
    page = text(enter(home, "书记").get(f"{AT}{row.number}/result/"))
    assert "标准差" in page
    assert "只有您本人看到" not in page


def test_self_appraisal_is_read_in_the_body_and_nowhere_else(home: House) -> None:
    row = made(home, "planned")
    page = f"{AT}{row.number}/"
    assert enter(home, "甲").post(page, {"text": "夜查不够"}).status_code == 302
    one = NamedPerson.objects.get(member=home.members["甲"])
    assert "夜查不够" in text(enter(home, "预备").get(f"{page}people/{one.pk}/"))
    assert enter(home, "庚").get(f"{page}people/{one.pk}/").status_code == 404
    secret = planning.plan(body=home.first, title="评议", by=home.actor("书记"), on=clock.now())
    advance(secret, "begin_self", by=home.actor("书记"), on=clock.now())
    position = secret.ratees.get(member=home.members["甲"]).position
    at = f"/branch/appraisal/people/{secret.number}/"
    assert "甲" in text(enter(home, "乙").get(at))
    assert enter(home, "甲").post(f"{at}{position}/", {"text": "学习不够"}).status_code == 302
    assert "学习不够" in text(enter(home, "乙").get(f"{at}{position}/"))
    assert enter(home, "乙").post(f"{at}{position}/", {"text": "改他的"}).status_code == 403
    assert enter(home, "庚").get(f"{at}{position}/").status_code == 404


def test_evidence_is_frozen_answered_and_then_seen_by_others(home: House) -> None:
    row, day = made(home, "planned"), clock.now().date()
    at = f"{AT}{row.number}/evidence/"
    assert enter(home, "甲").get(at).status_code == 404
    lead = enter(home, "书记")
    text(lead.post(at, {"first": day, "last": day}), 422)
    assert lead.post(at, {"first": day - timedelta(90), "last": day - timedelta(1)}).status_code == 302
    assert "在本人手中" in text(lead.get(at))
    one = evidence.of_member(row, home.members["甲"].pk)
    assert one
    sheet = f"/branch/appraisal/evidence/{one.pk}/"
    page = text(enter(home, "甲").get(sheet))
    assert "按期处置的案卷" in page
    assert "Cases handled in time" in text(enter(home, "甲", "en").get(sheet))
    text(lead.get(sheet), 403)
    assert enter(home, "乙").get(sheet).status_code == 404
    assert enter(home, "甲").post(sheet, {"text": "两件是协办"}).status_code == 302
    assert "两件是协办" in text(lead.get(sheet))


def test_a_step_is_taken_back_and_a_final_one_says_so(home: House) -> None:
    row, lead = made(home, "planned"), enter(home, "书记")
    lead.post(f"{AT}{row.number}/do/begin/")
    page = text(lead.get(f"{AT}{row.number}/"))
    event = page.split(f"{AT}{row.number}/undo/")[1].split("/")[0]
    assert lead.post(f"{AT}{row.number}/undo/{event}/").status_code == 302
    row.refresh_from_db()
    assert row.state == "planned"
    assert "不能撤回" in text(lead.get(f"{AT}{row.number}/do/cancel/"))
    assert lead.post(f"{AT}{row.number}/do/cancel/", {"reason": "重复"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "void"
