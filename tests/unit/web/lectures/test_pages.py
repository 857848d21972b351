"""The lectures' pages in both languages: planning, live figures, steps, changes, pack, hours, another body."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengzhi import clock
from chengzhi.analytics.refresh import refresh
from chengzhi.branch.lectures.figures import quarter_of
from chengzhi.branch.lectures.models import Decision, Lecture, Material, Question, Sight, StudyLine, Text
from chengzhi.branch.organisation.models import Exemption
from chengzhi.places.zorder import zkey
from tests.unit.branch.house import House, house
from tests.unit.branch.lectures.talks import RATE, held, planned, rules_of_hours, with_text
from tests.unit.cases.town import FRIDAY, LONG_AGO, case_in

pytestmark = pytest.mark.django_db
AT = "/branch/lectures/"


@pytest.fixture
def home() -> House:
    return house()


def enter(home: House, name: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(home.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def today() -> str:
    return f"{clock.now():%Y-%m-%d}"


def soon(days: int) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%d}"


def test_empty_states_in_both_languages(home: House) -> None:
    assert "还没有党课" in text(enter(home, "甲").get(AT))
    assert "No lecture yet" in text(enter(home, "甲", "en").get(AT))
    assert "还没有记录" in text(enter(home, "甲").get(f"{AT}hours/"))


def test_a_lecture_from_plan_to_change(home: House) -> None:
    client = enter(home, "书记")
    said = {"body": home.first.pk, "theme": "烧烤油烟", "aim": "弄清原因", "domain": "appearance",
            "form": "on_site", "planned_for": soon(1), "speaker": home.members["甲"].pk}  # fmt: skip
    assert "现场党课需要写明地点" in text(client.post(f"{AT}new/", said), 422)
    assert client.post(f"{AT}new/", said | {"spot": "和平路夜市口"}).status_code == 302
    lecture = Lecture.objects.get()
    page = f"{AT}{lecture.number}/"
    assert "和平路夜市口" in text(client.get(page))
    law = {
        "title": "大气污染防治法",
        "issuer": "全国人大常委会",
        "dated": "2018-10-26",
        "link": "https://flk.npc.gov.cn/1",
    }
    for wrong in ({"link": "http://flk.npc.gov.cn/1"}, {"dated": "x"}):
        assert client.post(f"{page}texts/", law | wrong).status_code == 422
    assert client.post(f"{page}texts/", law).status_code == 302
    assert Text.objects.get().issuer == "全国人大常委会"
    paper = SimpleUploadedFile("提纲.pdf", b"%PDF-1.4\n%%EOF")
    assert client.post(f"{page}materials/", {"title": "提纲", "file": paper}).status_code == 302
    given = client.get(f"{page}files/{Material.objects.get().pk}/")
    assert given.content.startswith(b"%PDF")
    assert "attachment" in given["Content-Disposition"]
    assert client.get(f"{page}parts/text/1/out/").status_code == 405
    assert client.post(f"{page}parts/table/1/out/").status_code == 404
    assert client.post(f"{page}parts/material/{Material.objects.get().pk}/out/").status_code == 302
    assert "已撤下" in text(client.get(page))
    assert client.post(f"{page}make_ready/").status_code == 302
    form = text(client.get(f"{page}hold/"))
    assert 'value="9"' in form, "how many should attend is known to the program"
    counts = {"held_on": today(), "expected": 9, "present": 7, "hours": 2, "entry": "live"}
    assert client.post(f"{page}hold/", counts | {"present": 10}).status_code == 409
    assert client.post(f"{page}hold/", counts).status_code == 302
    assert "应到 9 人，到会 7 人" in text(client.get(page))
    member = enter(home, "丙")
    assert member.post(f"{page}questions/", {"text": "夜里谁管？"}).status_code == 302
    change = {"group": "一组", "text": "八点后先劝导", "responsible": home.members["丙"].pk, "metric": RATE,
              "look_again_on": soon(30)}  # fmt: skip
    assert member.post(f"{page}changes/", change | {"look_again_on": "x"}).status_code == 422
    assert member.post(f"{page}changes/", change).status_code == 302
    assert (Question.objects.count(), Decision.objects.count()) == (1, 1)
    shown = text(member.get(page))
    assert "现有数据不足以归因" in shown
    assert "丙" in shown
    assert member.post(f"{page}changes/{Decision.objects.get().pk}/out/").status_code == 404
    assert client.post(f"{page}changes/{Decision.objects.get().pk}/out/").status_code == 302


def test_undo_by_its_button(home: House) -> None:
    lecture = planned(home)
    client, page = enter(home, "书记"), f"{AT}{lecture.number}/"
    assert client.post(f"{page}cancel/", {"reason": "防汛"}).status_code == 302
    shown = text(client.get(page))
    address = re.search(rf"{page}undo/\d+/", shown)
    assert address
    assert client.post(address[0]).status_code == 302
    assert Lecture.objects.get().state == "planned"


@pytest.mark.django_db(transaction=True)
def test_live_figures_map_and_cases_of_the_last_quarter(
    home: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    (tmp_path / "keys").mkdir()
    lecture = planned(home)
    client, page = enter(home, "书记"), f"{AT}{lecture.number}/"
    assert "尚无准备好的指标" in text(client.get(page))
    first = quarter_of(lecture, clock.now().date()).first
    due = datetime(first.year, first.month, 20, 4, tzinfo=UTC)
    for unit in (home.town.squad, home.town.sanitation) * 6:
        case_in(
            home.town, "closed", on=due - timedelta(days=2), due_at=due, handled_at=due, closed_at=due, filed_at=due,
            check_due_at=None, close_due_at=None, unit=unit, zkey=zkey(109.35, 24.35), address="和平路12号",
            text="李四 13900001111",
        )  # fmt: skip
    refresh(home.town.district, full=True)
    shown = text(client.get(page))
    assert "100.0 %" in shown
    assert "75.8–100.0 %" in shown
    assert "<circle" in shown
    assert lecture.seed in shown
    printed = text(client.get(f"{page}print/"))
    assert lecture.seed in printed
    assert "10′" not in printed
    assert "3′" in printed
    for page_text in (shown, printed):
        assert not any(word in page_text for word in ("12号", "李四", "13900001111"))
    assert "编号已隐去" in printed
    assert not re.search(r'class="code" href="/desk/', printed), "no number of a case goes on paper"


def test_before_and_after_stand_side_by_side_without_a_claim(home: House) -> None:
    lecture = held(home)
    made = Decision.objects.create(
        lecture=lecture, group="一组", text="改", responsible=home.members["甲"], metric=RATE,
        look_again_on=FRIDAY.date() + timedelta(days=9), entered_at=FRIDAY,
    )  # fmt: skip
    values = {"first": FRIDAY.date(), "last": FRIDAY.date(), "as_of": FRIDAY}
    Sight.objects.create(decision=made, when="before", above=6, below=12, **values)
    Sight.objects.create(decision=made, when="after", above=2, below=3, **values)
    assert lecture.number in text(enter(home, "甲").get(AT)), "due to be looked at again"
    shown = text(enter(home, "书记").get(f"{AT}{lecture.number}/"))
    assert "50.0 %" in shown
    assert "25.4–74.6 %" in shown
    assert "样本过小，无法判断" in shown
    assert "66.7" not in shown
    assert (
        enter(home, "书记").post(f"{AT}{lecture.number}/follow_up/", {"finding": "看了"}).status_code == 302
    )


def test_a_late_paper_entry_is_labelled_on_the_page(home: House) -> None:
    lecture = held(home, held_on=datetime(2026, 3, 20).date(), entry="paper")
    shown = text(enter(home, "甲").get(f"{AT}{lecture.number}/"))
    assert "补录" in shown
    assert "纸质" in shown
    assert "entered later" in text(enter(home, "甲", "en").get(f"{AT}{lecture.number}/"))


def test_another_body_gets_404_everywhere(home: House) -> None:
    lecture = planned(home)
    with_text(home, lecture)
    client, page = enter(home, "庚"), f"{AT}{lecture.number}/"
    for tail in ("", "print/", "files/1/", "hold/"):
        assert client.get(page + tail).status_code == 404
    for tail in ("texts/", "materials/", "questions/", "changes/", "changes/1/out/", "hours/", "undo/1/"):
        assert client.post(page + tail).status_code == 404
    assert lecture.number not in text(client.get(AT))
    assert client.get(f"{AT}hours/{home.first.code}/").status_code == 404
    assert enter(home, "甲").get(f"{AT}new/").status_code == 404
    assert enter(home, "甲").get(f"{AT}hours/{home.first.code}/").status_code == 404


def test_hours_are_words_to_the_secretary_and_lines_to_oneself(home: House) -> None:
    rules_of_hours(home)
    Exemption.objects.create(member=home.members["丁"], reason="aged", valid_from=LONG_AGO)
    client = enter(home, "甲")
    said = {"title": "网络培训班", "course_on": today(), "amount": "33.5"}
    assert client.post(f"{AT}hours/", said | {"amount": "0"}).status_code == 422
    assert client.post(f"{AT}hours/", said).status_code == 302
    assert "33.5" in text(client.get(f"{AT}hours/"))
    at = f"{AT}hours/{home.first.code}/"
    shown = text(enter(home, "书记").get(at))
    assert "适用 8 人，已达标 1 人；免除 1 人，不计入" in shown
    assert "33.5" not in shown
    assert "网络培训班" not in shown
    names = re.findall(r'<th scope="row">([^<]+)</th>', shown)
    assert names == sorted(names)
    other = {"member": home.members["乙"].pk, "title": "党校班", "course_on": today(), "amount": "32"}
    assert enter(home, "书记").post(at, other).status_code == 302
    assert "met by 2" in text(enter(home, "书记", "en").get(at))
    line = StudyLine.objects.get(member=home.members["甲"])
    assert enter(home, "乙").post(f"{AT}hours/lines/{line.pk}/out/").status_code == 404
    assert client.post(f"{AT}hours/lines/{line.pk}/out/").status_code == 302


def test_the_hours_of_a_lecture_are_entered_on_its_page(home: House) -> None:
    page = f"{AT}{held(home).number}/"
    client = enter(home, "甲")
    assert client.post(f"{page}hours/").status_code == 302
    assert "您的学时已记入" in text(client.get(page))
    assert client.post(f"{page}hours/", {"member": home.members["乙"].pk}).status_code == 404
    ticked = {"member": [home.members["甲"].pk, home.members["乙"].pk]}
    assert enter(home, "书记").post(f"{page}hours/", ticked).status_code == 302
    assert StudyLine.objects.count() == 2
