"""Casting from a browser: no cookie, no session, no row but the box's, no log line."""

import logging
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from chengzhi import clock
from chengzhi.branch.appraisal import casting
from chengzhi.branch.appraisal.models import Round
from chengzhi.running import parent
from chengzhi.web.appraisal import ballot_lane
from tests.unit.branch.appraisal.polls import Poll, branch, closed, marks_of, opened

pytestmark = pytest.mark.django_db


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:1500]
    return str(answer.content.decode())


def form(poll: Poll, voter: str, token: str, choice: str = "qualified") -> dict[str, str]:
    marks = {f"m{number}": mark for number, mark in marks_of(poll, voter, choice).items()}
    return {"token": token, "send": "1", **marks}


def post(client: Client, path: str, data: dict[str, str], **more: Any) -> Any:
    return client.post(path, urlencode(data), content_type="application/x-www-form-urlencoded", **more)


def every_table() -> dict[str, int]:
    """Rows of all tables; the box and the marks have their own."""
    with connection.cursor() as cursor:
        names = [one for one in connection.introspection.table_names(cursor) if "appraisal_box" not in one]
        found = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = int(cursor.fetchone()[0])
    return found


class Everything(logging.Handler):
    """Hears every logger at every level, those that pass nothing on included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()}")


@pytest.fixture
def heard() -> Any:
    handler, names = (
        Everything(),
        ["", "django", "django.request", "django.server", "django.security", "chengzhi"],
    )
    loggers = [logging.getLogger(name) for name in names]
    before = [(one, one.level) for one in loggers]
    for one in loggers:
        one.setLevel(logging.INFO)
        one.addHandler(handler)
    yield handler
    for one, level in before:
        one.setLevel(level)
        one.removeHandler(handler)


def test_a_ballot_is_cast_and_leaves_nothing_but_the_box(heard: Everything) -> None:
    poll = opened(branch())
    at, token = f"/ballot/{poll.round.code}/", poll.papers.tokens[0]
    client = Client()
    client.force_login(poll.house.accounts["丙"], backend="django.contrib.auth.backends.ModelBackend")
    heard.lines.clear()  # of the log-in
    before, asked = every_table(), dict(client.session.items())
    assert "十六" in text(client.get(at))
    assert "甲" in text(post(client, at, {"token": token.lower().replace("-", " ")}))
    answers = [
        post(client, at, form(poll, "甲", token)),
        post(client, at, form(poll, "甲", token)),  # a second time
        post(client, at, {"token": "2222-2222-2222-2222"}),  # a wrong one
        post(client, at, {"token": token, "send": "1"}),
        client.get("/ballot/NOROUND2/"), client.get("/ballot/a/b/"), client.delete(at),
        client.post(at, {"token": token}),  # multipart: not how our form sends
        client.get(at, HTTP_HOST="evil.example"), client.get("/ballot/%00/"),
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [200, 409, 422, 409, 409, 404, 405, 400, 400, 400]
    assert "已投入票箱" in text(answers[0])
    assert "第一次投票" in text(answers[1], 409)
    for one in answers:
        assert not one.cookies
        assert one.headers["Cache-Control"] == "no-store, private"
        assert one.headers["Referrer-Policy"] == "no-referrer"
        assert not {"Set-Cookie", "Vary"} & set(one.headers)
    assert heard.lines == []
    assert every_table() == before
    assert dict(client.session.items()) == asked
    client.get("/no-such-page/")
    assert [one for one in heard.lines if "/no-such-page/" in one], (
        "the handler hears what is logged elsewhere"
    )


def test_a_post_from_another_site_needs_the_token_in_its_body() -> None:
    poll = opened(branch())
    client = Client(enforce_csrf_checks=True)
    at = f"/ballot/{poll.round.code}/"
    answer = post(client, at, form(poll, "甲", poll.papers.tokens[0]), HTTP_ORIGIN="null")
    assert answer.status_code == 200, "our own page sends no origin, and no form token is needed"
    stranger = post(client, at, form(poll, "甲", ""), HTTP_ORIGIN="https://evil.example")
    assert stranger.status_code == 422, "who does not know a token changes nothing"


def test_what_was_marked_stays_when_a_ballot_is_not_complete() -> None:
    poll = opened(branch())
    client, at, token = Client(), f"/ballot/{poll.round.code}/", poll.papers.tokens[0]
    said = form(poll, "甲", token, "excellent")
    other = f"m{poll.ratees['乙'].pk}"
    page = text(post(client, at, {key: value for key, value in said.items() if key != other}), 422)
    assert page.count(" checked") == 7
    twice = text(post(client, at, said | {other: "self"}), 422)
    assert "不得" in twice or "本人" in twice
    assert "B-18" in twice
    assert text(post(client, at, said))


def test_before_it_opens_after_it_closed_and_after_its_declared_end() -> None:
    poll = opened(branch())
    client, at, token = Client(), f"/ballot/{poll.round.code}/", poll.papers.tokens[0]
    Round.objects.filter(pk=poll.round.pk).update(closes_at=clock.now() - timedelta(minutes=1))
    assert "B-14" in text(client.get(at), 409)
    assert post(client, at, form(poll, "甲", token)).status_code == 409
    Round.objects.filter(pk=poll.round.pk).update(closes_at=None)
    closed(poll)
    assert client.get(at).status_code == 409
    assert post(client, at, form(poll, "甲", token)).status_code == 409
    Round.objects.filter(pk=poll.round.pk).update(state="voting")
    assert casting.sheet(poll.round.code, token).names, "the paper was not spent by any of it"


def test_the_page_speaks_english_without_a_cookie() -> None:
    poll = opened(branch())
    client, at = Client(), f"/ballot/{poll.round.code}/"
    client.cookies["language"] = "en"
    assert 'lang="zh-Hans"' in text(client.get(at)), "no cookie is read here"
    assert 'lang="en"' in text(client.get(f"{at}?l=en"))
    marks = text(post(client, f"{at}?l=en", {"token": poll.papers.tokens[0]}))
    assert "Basically qualified" in marks
    assert f'action="?l={ballot_lane.ENGLISH}"' in marks


def test_the_pages_hold_no_script_and_no_link_away() -> None:
    poll = opened(branch())
    client, at = Client(), f"/ballot/{poll.round.code}/"
    for page in (text(client.get(at)), text(post(client, at, {"token": poll.papers.tokens[0]}))):
        assert "<script" not in page
        assert not [
            one for one in re.findall(r'href="([^"]+)"', page) if not one.startswith(("/static/", "?"))
        ]


def test_the_web_server_is_started_without_an_access_log() -> None:
    source = parent.__loader__.get_source(parent.__name__)  # type: ignore[union-attr]
    assert '"--no-access-log"' in source
    lane = settings.MIDDLEWARE.index("chengzhi.web.appraisal.ballot_lane.BallotLaneMiddleware")
    people = ("sessions.middleware", "auth.middleware", "axes", "messages", "preferences", "web.access")
    later = [one for one in settings.MIDDLEWARE[lane:] if any(part in one for part in people)]
    assert len(later) == 6, "all that know of people stand behind the lane"
