"""Every refusal and failure in three sentences: what, why, what to do.

The same words go out as a page, as JSON or as a toast, whichever the asker can read.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chengzhi.errors import Problem

GetResponse = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)

#: Pages of their own; any other status uses ``errors/problem.html``.
OWN_PAGES = frozenset({400, 404, 429, 500, 503})


@dataclass(frozen=True)
class Words:
    """One failure as people read it."""

    code: str
    status: int
    what: str
    why: str
    cure: str

    def as_json(self) -> dict[str, dict[str, str]]:
        """The shape every outside reader of an error gets."""
        return {"error": {"code": self.code, "what": self.what, "why": self.why, "cure": self.cure}}


#: Status -> code, and what, why, cure; words_for says them in the language of the request.
SAID: dict[int, tuple[str, Promise, Promise, Promise]] = {
    400: (
        "bad_request",
        _("This request could not be read."),
        _("Something in it is missing or damaged, or the page was open for too long."),
        _("Go back, reload the page and send it again. What you typed is still there."),
    ),
    404: (
        "not_found",
        _("There is nothing here for you."),
        _("The address is mistyped, the page has moved, or your post does not include it."),
        _("Check the address, search for the case number, or ask your administrator for the right."),
    ),
    405: (
        "method_not_allowed",
        _("This address does not accept that kind of request."),
        _("A link was opened that only works as a button."),
        _("Go back and use the button on the page."),
    ),
    413: (
        "too_large",
        _("What you sent is too large."),
        _("The server accepts only a limited size at once."),
        _("Send smaller photos, or fewer at a time."),
    ),
    429: (
        "too_many",
        _("Too many requests in a short time."),
        _("To keep the service open for everybody, each address may send only so many."),
        _("Wait a few minutes, then try again. Nothing you sent before is lost."),
    ),
    500: (
        "failure",
        _("Something broke on our side."),
        _("The failure has been written to the log with the time."),
        _("Try again. If it happens twice, tell the operator the time and what you were doing."),
    ),
    503: (
        "unavailable",
        _("The service is not ready right now."),
        _("It is starting, being updated, or its database does not answer."),
        _("Wait a minute and reload. What was confirmed to you is stored."),
    ),
}


def words_for(status: int) -> Words:
    """The words of a bare status, in the language of the request; an unknown one is a 400 or a 500."""
    known = status if status in SAID else 500 if status >= 500 else 400
    code, what, why, cure = SAID[known]
    return Words(code, known, str(what), str(why), str(cure))


def words_of(problem: Problem) -> Words:
    """A Problem's own sentences; what it leaves out is filled from its status."""
    general = words_for(problem.status)
    return Words(problem.code, problem.status, problem.what or general.what, problem.why, problem.cure)


def wants_json(request: HttpRequest) -> bool:
    """Whether the asker prefers JSON to a page."""
    return request.path.startswith("/api/") or (
        request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked, so that the answer must be a piece of a page."""
    return request.headers.get("HX-Request") == "true"


def answer(request: HttpRequest, words: Words) -> HttpResponse:
    """The failure as toast, JSON or page."""
    if wants_json(request):
        return JsonResponse(words.as_json(), status=words.status, json_dumps_params={"ensure_ascii": False})
    if wants_fragment(request):
        return _toast(words)
    name = str(words.status) if words.status in OWN_PAGES else "problem"
    # Without the request: no context processor runs, so the page also renders with no database.
    html = render_to_string(f"errors/{name}.html", {"words": words, "path": request.path})
    return HttpResponse(html, status=words.status)


def _toast(words: Words) -> HttpResponse:
    html = render_to_string("components/toast.html", {"kind": "error", "words": words})
    response = HttpResponse(html, status=words.status)
    response["HX-Retarget"] = "#toasts"
    response["HX-Reswap"] = "beforeend"
    return response


class ProblemMiddleware:
    """Turns a Problem, a missing right, an impossible value or a database that is away into words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django for what a view raised; None leaves it to Django."""
        if isinstance(error, Problem):
            return answer(request, words_of(error))
        if isinstance(error, PermissionDenied | Http404):
            return answer(request, words_for(404))
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database unavailable on %s: %s", request.path, error)
            return answer(request, words_for(503))
        if isinstance(error, DataError):  # a sign or a number that no field of the database can hold
            log.warning("impossible value on %s: %s", request.path, error)
            return answer(request, words_for(400))
        return None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's ``handler400``."""
    return answer(request, words_for(400))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's ``handler404`` and ``handler403``: no page tells that it exists."""
    return answer(request, words_for(404))


def failure(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``; a middleware that asked for the session in vain ends here as well."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return answer(request, words_for(503 if away else 500))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's ``CSRF_FAILURE_VIEW``."""
    log.warning("CSRF check failed on %s: %s", request.path, reason)
    return answer(request, words_for(400))
