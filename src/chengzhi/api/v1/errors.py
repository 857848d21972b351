"""Every refusal of the API in one shape: {"error": {code, what, why, cure}}."""

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chengzhi.errors import Problem
from chengzhi.places import faults

Answer = Callable[[HttpRequest, Problem], HttpResponse]
log = logging.getLogger(__name__)


class Invalid(Problem):
    """The body or a parameter does not have the described shape."""

    code: ClassVar[str] = "api.invalid"
    status: ClassVar[int] = 422


class Unreadable(Problem):
    """The body is no JSON."""

    code: ClassVar[str] = "api.unreadable"
    status: ClassVar[int] = 400


class NotFound(Problem):
    """No such thing, or not for this key."""

    code: ClassVar[str] = "api.not_found"
    status: ClassVar[int] = 404


class Unavailable(Problem):
    """The database does not answer right now."""

    code: ClassVar[str] = "api.unavailable"
    status: ClassVar[int] = 503


def not_found() -> NotFound:
    """The one answer for what is not there and what this key may not see."""
    return NotFound(
        _("There is nothing here for this key."),
        _("It does not exist, or lies in another district or department."),
        _("Check the number and the key."),
    )


def _fields(error: ValidationError) -> list[dict[str, Any]]:
    """Where and why, without echoing what was sent (it may be personal)."""
    return [
        {"where": ".".join(str(part) for part in one["loc"]), "why": faults.words(one)}
        for one in error.errors[:20]
    ]


def install(api: NinjaAPI) -> None:
    """Bind the handlers."""

    def answer(request: HttpRequest, problem: Problem, extra: dict[str, Any] | None = None) -> HttpResponse:
        body: dict[str, Any] = {"error": {**problem.as_json()["error"], **(extra or {})}}
        return api.create_response(request, body, status=problem.status)

    @api.exception_handler(Problem)
    def on_problem(request: HttpRequest, problem: Problem) -> HttpResponse:
        return answer(request, problem)

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        problem = Invalid(
            _("The request does not have the described shape."),
            _("The fields below say where."),
            _("Correct them; /api/v1/openapi.json describes every field."),
        )
        return answer(request, problem, {"fields": _fields(error)})

    @api.exception_handler(HttpError)
    def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        problem = Unreadable(
            _("The request could not be read."), str(error), _("Send a JSON object in UTF-8.")
        )
        return answer(request, problem)

    @api.exception_handler(AuthenticationError)
    def on_no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        from chengzhi.people.keys import refused_without_key

        return answer(request, refused_without_key())

    @api.exception_handler(Http404)
    def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, not_found())

    _install_database(api, answer)


def _install_database(api: NinjaAPI, answer: Answer) -> None:
    """What the database refuses, and a database that is away."""

    @api.exception_handler(DataError)
    def on_value(request: HttpRequest, error: Exception) -> HttpResponse:
        log.warning("impossible value on %s: %s", request.path, error)
        problem = Unreadable(
            _("The request could not be read."),
            _("It holds a sign or a number that cannot be stored."),
            _("Correct them; /api/v1/openapi.json describes every field."),
        )
        return answer(request, problem)

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def on_database(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("database unavailable on %s: %s", request.path, error)
        problem = Unavailable(
            _("The database does not answer right now."),
            _("Nothing was stored by this request unless an answer says so."),
            _("Send it again with the same Idempotency-Key; it will not be doubled."),
        )
        return answer(request, problem)
