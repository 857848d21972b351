"""What a failure outside a view becomes: words with the right status."""

import json

from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from chengzhi.web.shell.problems import ProblemMiddleware, failure


def answer_after(error: Exception) -> HttpResponse:
    """The answer of Django's `handler500` while `error` is handled."""
    request = RequestFactory().get("/account/", headers={"accept": "application/json"})
    try:
        raise error
    except type(error):
        return failure(request)


def test_a_database_that_is_away_is_503_also_when_a_middleware_found_out() -> None:
    for error in (OperationalError("gone"), InterfaceError("closed")):
        answer = answer_after(error)
        assert answer.status_code == 503
        assert json.loads(answer.content)["error"]["code"] == "unavailable"


def test_anything_else_is_a_failure_of_ours() -> None:
    assert answer_after(ZeroDivisionError()).status_code == 500


def test_a_value_that_no_field_can_hold_is_the_request_of_the_asker() -> None:
    middleware = ProblemMiddleware(lambda request: HttpResponse())
    request = RequestFactory().get("/find/", {"number": "\x00"})
    answer = middleware.process_exception(request, DataError("NUL"))
    assert answer is not None
    assert answer.status_code == 400
