"""Language and theme switch from pages that have no cookie and no form token, and from nowhere else."""

import pytest
from django.test import Client

CHOICES = [("/language/", "language", "en", "language"), ("/theme/", "theme", "dark", "chengzhi_theme")]


def choose(path: str, field: str, value: str, **headers: str):
    visitor = Client(enforce_csrf_checks=True)
    return visitor.post(
        path, {field: value, "next": "/report/"}, headers={"accept": "application/json", **headers}
    )


@pytest.mark.parametrize(("path", "field", "value", "cookie"), CHOICES)
@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin", "origin": "null"}, {"origin": "http://testserver"}, {}]
)
def test_a_visitor_without_a_token_may_choose(path, field, value, cookie, headers) -> None:
    answer = choose(path, field, value, **headers)
    assert (answer.status_code, answer["Location"]) == (302, "/report/")
    assert answer.cookies[cookie].value == value
    assert "csrftoken" not in answer.cookies
    assert "sessionid" not in answer.cookies


@pytest.mark.parametrize(("path", "field", "value", "cookie"), CHOICES)
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://testserver.elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_another_site_may_not(path, field, value, cookie, headers) -> None:
    answer = choose(path, field, value, **headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "other_site"
    assert not answer.cookies
