"""The ledger's pages in both languages: entering, steps, another body, print, workbook."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from chengzhi.branch.rectification.models import Item
from tests.unit.branch.house import House, house
from tests.unit.branch.rectification.ledger import item_in

pytestmark = pytest.mark.django_db
AT = "/branch/rectification/"


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


def test_an_empty_ledger_says_so_in_both_languages(home: House) -> None:
    assert "台账为空" in text(enter(home, "甲").get(AT))
    assert "The ledger is empty" in text(enter(home, "甲", "en").get(AT))


def test_a_gap_is_entered_owned_and_taken_back(home: House) -> None:
    client = enter(home, "甲")
    said = {"body": home.first.pk, "title": "油烟反复", "gap": "投诉没有减少", "benchmark": "第八十一条",
            "benchmark_on": "2018-10-26", "bound_kind": "at_least", "words": "我没有夜查"}  # fmt: skip
    assert "https" in text(client.post(f"{AT}new/", said | {"benchmark_link": "http://a.cn"}), 422)
    assert client.post(f"{AT}new/", said).status_code == 302
    item = Item.objects.get()
    page = f"{AT}{item.number}/"
    shown = text(client.get(page))
    assert "认领" in shown
    assert "我没有夜查" in shown
    assert "指定责任人" not in shown, "only who leads the body names an owner"
    assert client.post(f"{page}own/").status_code == 302
    assert "甲认领。" in text(client.get(page))
    assert "甲 took it on." in text(enter(home, "甲", "en").get(page))
    assert client.get(f"{page}strike_off/").status_code == 404


def test_another_body_gets_404_everywhere(home: House) -> None:
    item = item_in(home, "asked")
    client = enter(home, "庚")
    for tail in ("", "strike_off/"):
        assert client.get(f"{AT}{item.number}/{tail}").status_code == 404
    for tail in ("reopen/", "evidence/", "words/", "undo/1/"):
        assert client.post(f"{AT}{item.number}/{tail}").status_code == 404
    assert item.number not in text(client.get(AT))
    assert item.number not in text(client.get(f"{AT}print/"))


def test_the_checker_strikes_off_and_the_owner_is_told_why_he_cannot(home: House) -> None:
    item = item_in(home, "asked")
    said = {"finding": "属实", "recheck": "2099-01-01"}
    checked = enter(home, "纪检").post(f"{AT}{item.number}/strike_off/", said)
    assert checked.status_code == 302
    assert "复核通过并销号：属实" in text(enter(home, "甲").get(f"{AT}{item.number}/"))
    own = item_in(home, "asked", owner=home.members["纪检"])
    assert "不得复核" in text(enter(home, "纪检").get(f"{AT}{own.number}/"))
    assert enter(home, "纪检").post(f"{AT}{own.number}/strike_off/", said).status_code == 409


def test_filters_print_and_workbook_hold_the_same_items(home: House) -> None:
    done, running = item_in(home, "struck_off"), item_in(home, "in_work")
    client = enter(home, "书记")
    shown = text(client.get(f"{AT}?state=in_work&body=1x&after=zz"))
    assert running.number in shown
    assert done.number not in shown
    assert running.number in text(client.get(f"{AT}print/?state=in_work"))
    answer = client.get(f"{AT}ledger.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        strings = book.read("xl/sharedStrings.xml").decode()
    assert done.number in strings
    assert running.number in strings
