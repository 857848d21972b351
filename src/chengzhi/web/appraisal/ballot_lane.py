"""The way of a ballot: past everything that knows of people, and leaving nothing behind.

Below `/ballot/` there is no log-in: a person proves by the paper token in the body of the form
that a ballot is theirs. So a forged request from another site finds nothing to ride on, and no
session or form token is needed. On this way cookies, address and browser of the asker are
taken off the request before any view sees it, no cookie is set, nothing is stored by browsers,
and nothing is written to a log: refusals and failures are answered here, so that Django, which
logs each answer from 400 on with its address, has nothing to say. (The web server itself is
started without an access log.) See docs/ballot-threat-model.md.
"""

from collections.abc import Callable
from typing import cast

from django.core.exceptions import SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils import translation
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.web.shell.problems import Words, words_for, words_of

PREFIX = "/ballot/"
ENGLISH = "en"
TRACES = (
    "HTTP_COOKIE",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_FORWARDED",
    "HTTP_USER_AGENT",
    "HTTP_REFERER",
    "REMOTE_ADDR",
)
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
FORM = "application/x-www-form-urlencoded"


class BallotLaneMiddleware:
    """Stands beside the lane of the API, before sessions, accounts, languages and messages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        for name in TRACES:
            request.META.pop(name, None)
        request.__dict__["COOKIES"] = {}
        with translation.override(language_of(request)):
            answer = _answered(request)
        answer.cookies.clear()
        for name, value in HEADERS.items():
            answer.headers[name] = value
        answer.headers["Content-Length"] = str(len(answer.content))
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark: it logs it no more
        return answer


def language_of(request: HttpRequest) -> str:
    """Chinese, or English where the address asks for it; no cookie is read for it."""
    return "en" if request.META.get("QUERY_STRING", "") == f"l={ENGLISH}" else "zh-hans"


def _answered(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()  # refuses a host that is not ours
        match = resolve(request.path_info)
        if request.method == "POST" and request.content_type != FORM:
            return refused(words_for(400))
        return cast(HttpResponse, match.func(request, *match.args, **match.kwargs))
    except Http404:
        return refused(words_for(404))
    except Problem as problem:
        return refused(words_of(problem))
    except (SuspiciousOperation, DataError):  # DataError: a sign that no field can hold
        return refused(words_for(400))
    except (OperationalError, InterfaceError):
        return _again(request)
    except Exception:  # a log line would tell when somebody voted
        return refused(_failed(500))


def refused(words: Words) -> HttpResponse:
    """A refusal without a link into the rest of the site."""
    return HttpResponse(
        render_to_string("appraisal/ballot_refused.html", {"words": words}), status=words.status
    )


def _again(request: HttpRequest) -> HttpResponse:
    """The database went away: the page keeps what was marked, and sends the same ballot again."""
    kept = [(name, value[:64]) for name, value in request.POST.items() if name != "l"]
    if request.method != "POST" or not kept:
        return refused(_failed(503))
    page = render_to_string("appraisal/ballot_again.html", {"kept": kept[:500]})
    return HttpResponse(page, status=503)


def _failed(status: int) -> Words:
    return Words(
        "ballot.failed",
        status,
        _("The ballot could not be taken just now."),
        _("Nothing of it was written down, not even this failure: a note would tell when somebody voted."),
        _("Try again in a minute; your paper stays valid. If it happens twice, tell the tellers."),
    )
