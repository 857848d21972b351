"""The short way of the API: safe headers stay, sessions and cookies count for nothing."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone, translation

from tests.intake_builders import build_district

TYPES = "/api/v1/types"


@pytest.fixture
def signed_in(db) -> Client:
    build_district()
    account = get_user_model().objects.create(username="someone", name="someone", created_at=timezone.now())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def test_a_session_is_no_key(signed_in) -> None:
    answer = signed_in.get(TYPES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "api.key_refused")
    assert not answer.cookies
    assert not hasattr(answer.wsgi_request, "session")
    assert signed_in.post("/api/v1/reports", "{}", content_type="application/json").status_code == 401


def test_every_answer_keeps_the_safe_headers_and_its_length(db) -> None:
    for answer in (Client().get(TYPES), Client().get("/api/none/"), Client().get("/api/v1/openapi.json")):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert int(answer["Content-Length"]) == len(answer.content)


def test_a_missing_address_is_a_refusal_in_json(db) -> None:
    answer = Client().get("/api/v1/none")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) >= {"code", "what", "why", "cure"}


def test_a_foreign_host_is_refused(db) -> None:
    assert Client().get(TYPES, headers={"host": "elsewhere.example"}).status_code == 400


def test_words_come_as_asked_and_leave_no_language_behind(db) -> None:
    english = Client().get(TYPES, headers={"accept-language": "en"}).json()["error"]["what"]
    chinese = Client().get(TYPES).json()["error"]["what"]
    assert english.isascii()
    assert not chinese.isascii()
    assert translation.get_language() == "zh-hans"
