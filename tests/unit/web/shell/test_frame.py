"""Refusals, headers, language, theme and navigation. No test here may touch the database."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from chengzhi.errors import Problem
from chengzhi.people.permissions import ALL
from chengzhi.web.shell import navigation
from chengzhi.web.shell.preferences import LanguageMiddleware, language_of, theme_of
from chengzhi.web.shell.problems import ProblemMiddleware, failure
from chengzhi.web.shell.security import SecurityHeadersMiddleware, content_policy


class TooLate(Problem):
    """A sample refusal."""

    code = "sample.too_late"
    status = 409


def refuse(error: Exception, **headers: str) -> HttpResponse:
    request = RequestFactory().get("/desk/", headers={"accept": "text/html", **headers})
    with translation.override("en"):
        answer = ProblemMiddleware(lambda _: HttpResponse()).process_exception(request, error)
    assert answer is not None
    return answer


LATE = TooLate("The extension is refused.", "The case is overdue.", "Ask the shift leader.")


def test_a_refusal_is_a_page_with_its_three_sentences() -> None:
    answer = refuse(LATE)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert all(part in text for part in (LATE.what, LATE.why, LATE.cure))


def test_a_refusal_is_json_for_programs() -> None:
    answer = refuse(LATE, accept="application/json")
    assert json.loads(answer.content) == LATE.as_json()
    assert answer.status_code == 409


def test_a_refusal_is_a_toast_for_htmx() -> None:
    answer = refuse(LATE, **{"hx-request": "true"})
    assert answer["HX-Retarget"] == "#toasts"
    assert "<html" not in answer.content.decode()
    assert LATE.cure in answer.content.decode()


@pytest.mark.parametrize("error", [Http404(), PermissionDenied()])
def test_forbidden_looks_like_missing(error: Exception) -> None:
    assert refuse(error).status_code == 404
    assert refuse(error).content == refuse(Http404()).content


def test_a_database_that_is_away_is_503_with_words() -> None:
    answer = refuse(OperationalError("connection refused: secret-host"))
    assert answer.status_code == 503
    assert "secret-host" not in answer.content.decode()
    assert "Wait a minute" in answer.content.decode()


def test_other_failures_are_left_to_django() -> None:
    request = RequestFactory().get("/")
    assert ProblemMiddleware(lambda _: HttpResponse()).process_exception(request, ValueError()) is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_failure_page_needs_nothing_but_the_template(language: str) -> None:
    with translation.override(language):
        answer = failure(HttpRequest())
    assert answer.status_code == 500
    assert ("系统出了故障" in answer.content.decode()) == (language == "zh-hans")


def test_html_of_a_refusal_is_escaped() -> None:
    assert b"<script>x" not in refuse(TooLate("<script>x</script>")).content


def test_policy_allows_only_ourselves_and_the_tile_host() -> None:
    plain = content_policy("")
    assert "unsafe" not in plain
    assert "http" not in plain
    tiles = content_policy("https://{s}.tiles.example/a/{z}/{x}/{y}.png?key=1")
    assert "img-src 'self' data: blob: https://*.tiles.example;" in tiles
    assert "key=1" not in tiles
    assert content_policy("javascript:alert(1)") == plain


def test_headers_stand_on_every_answer() -> None:
    answer = SecurityHeadersMiddleware(lambda _: HttpResponse())(RequestFactory().get("/"))
    assert {"Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options"} <= set(
        answer.headers
    )


class Person:
    """A logged-in person with choices."""

    is_authenticated = True
    language = "en"
    theme = "dark"


@pytest.mark.parametrize(
    ("cookie", "person", "expected"),
    [
        ("", None, "zh-hans"),
        ("en", None, "en"),
        ("", Person(), "en"),
        ("zh-hans", Person(), "zh-hans"),
        ("xx", None, "zh-hans"),
    ],
)
def test_language_is_cookie_then_account_then_chinese(cookie: str, person: Any, expected: str) -> None:
    request = RequestFactory().get("/", headers={"accept-language": "fr, en;q=0.9"})
    request.COOKIES["language"] = cookie
    request.user = person
    assert language_of(request) == expected
    seen = LanguageMiddleware(lambda r: HttpResponse(translation.get_language()))(request)
    assert seen.content.decode() == expected


def test_theme_is_cookie_then_account_then_system() -> None:
    request = RequestFactory().get("/")
    assert theme_of(request) == "system"
    request.user = Person()  # type: ignore[assignment]
    assert theme_of(request) == "dark"
    request.COOKIES["chengzhi_theme"] = "light"
    assert theme_of(request) == "light"


@pytest.mark.parametrize(
    ("path", "field", "value"), [("/language/", "language", "en"), ("/theme/", "theme", "dark")]
)
def test_switches_go_back_but_never_away(path: str, field: str, value: str) -> None:
    client = Client()
    answer = client.post(path, {field: value, "next": "/styleguide/?a=1"})
    assert answer["Location"] == "/styleguide/?a=1"
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.post(path, {field: value, "next": evil})["Location"] == "/"
    assert client.post(path, {field: "klingon"}).status_code == 400
    assert client.get(path).status_code == 405


def test_every_entry_asks_for_a_declared_permission() -> None:
    assert {item.permission for item in navigation.ITEMS if item.permission} <= ALL


def test_entry_keys_and_groups_are_sound() -> None:
    keys = [item.keys for item in navigation.ITEMS if item.keys]
    assert len(keys) == len(set(keys))
    assert {item.group for item in navigation.ITEMS} <= set(navigation.GROUPS)
    assert len({item.key for item in navigation.ITEMS}) == len(navigation.ITEMS)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Pretend that exactly these pages are installed."""
    return lambda known: monkeypatch.setattr(navigation, "address", lambda name: known.get(name, ""))


def test_navigation_shows_what_exists_and_is_allowed(pages: Any) -> None:
    pages({"desk:home": "/desk/", "desk:worklist": "/desk/cases/", "manage:people": "/manage/people/"})
    request = RequestFactory().get("/desk/cases/77/")
    entries = navigation.entries_for(request, frozenset({"case.view", "evaluation.view"}))
    assert [entry.item.key for entry in entries] == ["home", "cases"]
    assert [entry.active for entry in entries] == [False, True]
    assert [str(group.label) for group in navigation.grouped(entries)] == [str(navigation.GROUPS["work"])]
