"""The pages of promises: inside with steps and the matrix, outside without names, the poster."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from chengzhi.branch.commitments.models import Commitment, Sighting
from chengzhi.web.commitments.inner import matrix
from tests.unit.branch.commitments.promises import YES, made_public, proposed, step
from tests.unit.branch.house import House, house

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    return house()


def client_of(home: House, who: str) -> Client:
    client = Client()
    client.force_login(home.accounts[who], backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(answer: Any) -> str:
    return str(answer.content.decode())


FORM = {
    "title": "烧烤油烟按期解决", "text": "夜间烧烤案卷按期结案。", "domain": "barbecue", "target": "85",
    "metric": "area_on_time_closing_rate", "direction": "at_least", "comparison": "earlier",
    "baseline_first": "2025-01-01", "baseline_last": "2025-12-31", "start": "2097-01-01", "end": "2097-03-31",
}  # fmt: skip


def test_the_list_shows_the_holes_and_a_template_fills_the_form(home: House) -> None:
    client = client_of(home, "甲")
    empty = body(client.get("/branch/commitments/"))
    assert "还没有" in empty
    assert "露天烧烤" in empty
    form = body(client.get("/branch/commitments/new/?template=barbecue_closed"))
    assert "露天烧烤油烟按期解决" in form
    sent = client.post("/branch/commitments/new/", FORM)
    assert sent.status_code == 302
    made = Commitment.objects.get()
    assert (made.target, made.member, made.state) == (0.85, home.members["甲"], "proposed")
    assert made.number in body(client.get("/branch/commitments/"))
    with override("en"):
        found = {level: matrix(home.actor("甲"), level)["lines"] for level in ("", "member", "branch")}
    whole = {
        level: {line[0]: line[1] for line in lines}["Open-air barbecue"] for level, lines in found.items()
    }
    assert whole == {"": 1, "member": 1, "branch": 0}
    late = client.post("/branch/commitments/new/", FORM | {"start": "2026-01-02"})
    assert late.status_code == 422
    assert "D15" in body(late)
    assert Commitment.objects.count() == 1


def test_steps_on_the_page_and_the_refusal_that_keeps_the_words(home: House) -> None:
    thing = proposed(home)
    where = f"/branch/commitments/{thing.number}/"
    examiner = client_of(home, "委员")
    assert 'value="examine"' in body(examiner.get(where))
    assert 'value="examine"' not in body(client_of(home, "乙").get(where))
    said = {key: str(value).lower() if value is True else value for key, value in YES.items()}
    refused = examiner.post(where, said | {"step": "examine", "feasible": "false"})
    assert refused.status_code >= 400
    assert Commitment.objects.get().state == "proposed"
    assert examiner.post(where, said | {"step": "examine"}).status_code == 302
    assert Commitment.objects.get().state == "examined"


def test_another_body_finds_nothing(home: House) -> None:
    thing = made_public(home)
    for client in (client_of(home, "庚"), client_of(home, "壬")):
        assert client.get(f"/branch/commitments/{thing.number}/").status_code == 404
        assert client.post(f"/branch/commitments/{thing.number}/", {"step": "withdraw"}).status_code == 404


def test_the_public_page_names_nobody_without_approval(home: House) -> None:
    """The name 甲 alone would occur in 甲社区: the person gets one that nothing else has."""
    home.members["甲"].name = "欧阳某某"
    home.members["甲"].save()
    thing = made_public(home)
    where = f"/commitments/d/sample/{thing.number}/"
    pages = (where, f"{where}poster/", "/commitments/", "/commitments/d/sample/body/01/",
             "/commitments/d/sample/area/1/", "/commitments/d/sample/domain/appearance/",
             "/commitments/d/sample/post/值班长/")  # fmt: skip
    for page in pages:
        answer = Client().get(page)
        assert answer.status_code == 200, page
        assert "欧阳某某" not in body(answer), page
        assert thing.title in body(answer), page
    step(home, thing, "show_name", "甲")
    assert all("欧阳某某" in body(Client().get(page)) for page in pages)
    step(home, thing, "hide_name", "甲")
    assert not any("欧阳某某" in body(Client().get(page)) for page in pages)


def test_what_is_not_public_has_no_public_page(home: House) -> None:
    thing = proposed(home)
    assert Client().get(f"/commitments/d/sample/{thing.number}/").status_code == 404
    assert "还没有" in body(Client().get("/commitments/"))
    for missing in ("body/99/", "area/99/", "domain/sky/", "post/无/"):
        assert Client().get(f"/commitments/d/sample/{missing}").status_code == 404


def test_the_poster_has_a_code_that_leads_to_the_page(home: House) -> None:
    thing = made_public(home)
    text = body(Client().get(f"/commitments/d/sample/{thing.number}/poster/"))
    assert "<svg" in text
    assert f"http://testserver/commitments/d/sample/{thing.number}/" in text


def test_a_resident_answers_and_words_wait(home: House) -> None:
    thing = made_public(home)
    where = f"/commitments/d/sample/{thing.number}/"
    sent = Client().post(f"{where}answer/", {"answer": "no", "words": "垃圾还在"})
    assert sent.status_code == 302
    assert "垃圾还在" not in body(Client().get(where))
    (said,) = Sighting.objects.all()
    secretary = client_of(home, "书记")
    assert "垃圾还在" in body(secretary.get(f"/branch/commitments/{thing.number}/"))
    secretary.post(f"/branch/commitments/{thing.number}/words/{said.pk}/", {"show": "1"})
    assert "垃圾还在" in body(Client().get(where))
    assert Client().post(f"{where}answer/", {"answer": "maybe"}).status_code == 422


def test_answers_are_limited_as_reports_are(home: House) -> None:
    where = f"/commitments/d/sample/{made_public(home).number}/answer/"
    found = [Client().post(where, {"answer": "yes"}).status_code for _ in range(11)]
    assert found[:10] == [302] * 10
    assert found[10] == 429
    assert Sighting.objects.count() == 10
