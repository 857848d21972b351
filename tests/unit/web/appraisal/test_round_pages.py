"""A round from its declaration to the destroyed ballots, by its pages; and who finds none of them."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from chengzhi import clock
from chengzhi.branch.appraisal.models import Ratee, Round, Tally
from chengzhi.ledger.models import Entry
from tests.unit.branch.appraisal.polls import branch, marks_of, opened
from tests.unit.branch.house import House

pytestmark = pytest.mark.django_db
AT = "/branch/appraisal/"


def enter(made: House, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(made.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def declared(made: House, **more: str) -> Round:
    said = {"body": str(made.first.pk), "title": "2026年度民主评议", "means": "tokens", "least": "5", **more}
    answer = enter(made, "书记").post(f"{AT}new/", said)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    return Round.objects.get()


def vote(row: Round, token: str, marks: dict[int, str]) -> Any:
    data = {"token": token, "send": "1", **{f"m{number}": mark for number, mark in marks.items()}}
    return Client().post(
        f"/ballot/{row.code}/", urlencode(data), content_type="application/x-www-form-urlencoded"
    )


def test_the_whole_course_with_tokens() -> None:
    made = branch()
    row = declared(made, closes_at="2099-12-31T18:00")
    at, teller, leader = f"{AT}{row.number}/", enter(made, "甲"), enter(made, "书记")
    assert row.closes_at is not None
    assert row.closes_at.hour == 10, "typed on the district's wall clock, eight hours ahead"

    # Papers: shown once, by a teller only, with two holders.
    assert leader.get(f"{at}issue/").status_code == 404
    people = {"first": made.members["书记"].pk, "second": made.members["纪检"].pk}
    assert teller.post(f"{at}issue/", people | {"second": people["first"]}).status_code == 422
    answer = teller.post(f"{at}issue/", people)
    sheet = text(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    tokens = re.findall(r'<p class="ballot-signs">([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</p>', sheet)
    parts = re.findall(r'<p class="ballot-signs">([0-9A-Z]{7}(?:-[0-9A-Z]{7})+)</p>', sheet)
    assert (len(tokens), len(parts)) == (8, 2)
    assert f"/ballot/{row.code}/" in sheet
    again = text(teller.post(f"{at}issue/", people), 409)
    assert not [one for one in (*tokens, *parts) if one in again]

    # Handing out: ticks without a record; then the reasons of absence as numbers.
    entries = Entry.objects.count()
    handing = text(teller.get(f"{at}handing/"))
    members = re.findall(r'name="member" value="(\d+)"', handing)
    assert len(members) == 8
    for member in members[:7]:
        assert teller.post(f"{at}hand/", {"member": member, "given": "1"}).status_code == 302
    assert leader.post(f"{at}hand/", {"member": members[7], "given": "1"}).status_code == 404
    assert Entry.objects.count() == entries
    assert teller.post(f"{at}open/", {}).status_code == 422
    assert teller.post(f"{at}open/", {"absent_leave": "1"}).status_code == 302
    assert f"/ballot/{row.code}/" in text(leader.get(at))

    # Votes by eight of nine signs; nobody sees how many there are.
    rated = {one.member.name: one.pk for one in Ratee.objects.filter(graded=True).select_related("member")}
    voters = [name for name in rated if str(made.members[name].pk) in members[:7]]
    for at_vote, (voter, token) in enumerate(zip(voters, tokens, strict=False)):
        marks = {
            pk: "self" if name == voter else ("excellent", "qualified", "basic")[at_vote % 3]
            for name, pk in rated.items()
        }
        assert vote(row, token, marks).status_code == 200
    assert Entry.objects.count() == entries + 1, "the opening only"

    # Count: closed by a page, opened by both parts.
    assert teller.get(f"{at}close/").status_code == 200
    assert teller.post(f"{at}close/").status_code == 302
    for general in ("count", "issue", "open"):
        assert enter(made, "书记").get(f"{at}{general}/").status_code in (404, 405)
    wrong = text(teller.post(f"{at}count/", {"first": parts[0], "second": parts[0]}), 422)
    assert "不能打开" in wrong or "打不开" in wrong or "钥" in wrong
    assert teller.post(f"{at}count/", {"first": parts[0], "second": parts[1]}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.expected, row.present, row.cast) == ("counted", 8, 7, 7)
    assert sum(Tally.objects.values_list("count", flat=True)) == 7 * 7

    _results_to_the_end(made, row)


def _results_to_the_end(made: House, row: Round) -> None:
    at, leader = f"{AT}{row.number}/", enter(made, "书记")
    shown = text(leader.get(f"{at}results/"))
    assert "程序不替任何人挑选" in shown or "不挑选" in shown
    assert enter(made, "丙").get(f"{at}results/").status_code == 404
    mine = enter(made, "丙")
    assert "尚未" in text(mine.get(f"{at}mine/"))
    ratees = {one.member.name: one for one in row.ratees.select_related("member")}
    page = f"{at}results/{ratees['丙'].position}/"
    assert mine.get(page).status_code == 404
    for position, name in enumerate(("甲", "乙", "丁")):
        theirs = f"{at}results/{ratees[name].position}/"
        answer = leader.post(theirs, {"act": "opine", "grade": "excellent", "text": ""})
        assert answer.status_code == (302 if position < 2 else 422), "a third of eight, rounded down"
    assert leader.post(page, {"act": "opine", "grade": "qualified", "text": "夜查扎实"}).status_code == 302
    for one in ratees.values():
        assert leader.post(f"{at}results/{one.position}/", {"act": "tell"}).status_code == 302
    told = text(mine.get(f"{at}mine/"))
    assert "夜查扎实" in told
    assert "乙" not in told.split("<main", 1)[1].split("</main>", 1)[0], "nobody else's"
    assert leader.post(f"{at}tell/").status_code == 302
    assert mine.post(f"{at}mine/", {"text": "次数不对"}).status_code == 302
    assert leader.post(page, {"act": "reply", "text": "已复核"}).status_code == 302
    assert "已复核" in text(mine.get(f"{at}mine/"))
    assert leader.post(f"{at}archive/").status_code == 409, "the days for objections are not over"
    Round.objects.filter(pk=row.pk).update(told_on=clock.now().date() - timedelta(days=9))
    assert leader.post(f"{at}archive/").status_code == 302
    assert row.number in text(leader.get(at))
    marks = f"appraisal_marks_{row.pk}"
    assert marks in connection.introspection.table_names()
    assert leader.post(f"{at}destroy/").status_code == 302
    assert marks not in connection.introspection.table_names()
    assert "夜查扎实" in text(mine.get(f"{at}mine/")), "the result stays, the marks are gone"


def test_two_tellers_enter_the_same_from_paper() -> None:
    made = branch()
    row = declared(made, means="paper")
    at, first, second = f"{AT}{row.number}/", enter(made, "甲"), enter(made, "乙")
    assert "□" in text(first.get(f"{at}kit/"))
    assert first.post(f"{at}issue/").status_code == 302
    for member in made.members.values():
        first.post(f"{at}hand/", {"member": member.pk, "given": "1"})
    assert first.post(f"{at}open/").status_code == 302
    assert Client().get(f"/ballot/{row.code}/").status_code in (200, 409)
    assert first.post(f"{at}close/").status_code == 302
    ratees = list(row.ratees.filter(graded=True))
    counts = {
        f"c{one.pk}_{key}": value for one in ratees for key, value in (("excellent", "3"), ("qualified", "4"))
    }
    assert first.post(f"{at}count/", {"ballots": "9", **counts}).status_code == 422
    assert first.post(f"{at}count/", {"ballots": "8", **counts}).status_code == 302
    seen = text(second.get(f"{at}count/"))
    assert 'value="3"' not in seen
    other = counts | {f"c{ratees[0].pk}_excellent": "2"}
    assert second.post(f"{at}count/", {"ballots": "8", **other}).status_code == 409
    assert second.post(f"{at}count/", {"ballots": "8", **counts}).status_code == 302
    assert Round.objects.get().state == "counted"


def test_a_round_is_declared_by_who_leads_and_seen_by_its_body() -> None:
    made = branch()
    assert enter(made, "丙").get(f"{AT}new/").status_code == 404
    page = text(
        enter(made, "书记").post(
            f"{AT}new/", {"body": made.first.pk, "title": "x", "means": "tokens", "least": "3"}
        ),
        422,
    )
    assert not Round.objects.exists()
    assert "3" in page
    row = declared(made, least="3", least_reason="小支部", only=str(made.members["委员"].pk))
    assert [one.member.name for one in row.ratees.select_related("member")] == ["委员"]
    assert row.expected == 8
    assert row.number in text(enter(made, "丙").get(AT))
    assert "The secretary" in text(enter(made, "庚", "en").get(AT))
    for tail in ("", "issue/", "handing/", "kit/", "count/", "results/", "results/1/", "mine/", "cancel/"):
        assert enter(made, "庚").get(f"{AT}{row.number}/{tail}").status_code == 404


def test_a_void_round_says_why_and_takes_no_ballot() -> None:
    poll = opened(branch())
    at, leader = f"{AT}{poll.round.number}/", enter(poll.house, "书记")
    assert leader.post(f"{at}cancel/", {"reason": ""}).status_code == 422
    assert leader.post(f"{at}cancel/", {"reason": "票箱被看见"}).status_code == 302
    assert "票箱被看见" in text(leader.get(at))
    answer = vote(poll.round, poll.papers.tokens[0], marks_of(poll, "甲"))
    assert answer.status_code == 409
