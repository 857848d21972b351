"""The short way of API calls, past what only pages with a log-in need.

A program with a staff key has no session, no form token, no messages and no htmx. So a call
below `/api/` goes straight to its view: nothing on this way reads a session cookie, therefore
none can be trusted, and forged requests from a browser (CSRF) find nothing to ride on. The
middleware before this one (security headers, HTTPS) and the host check still apply. Words of
refusals come in Chinese, or as `Accept-Language` asks.
"""

from collections.abc import Callable
from typing import cast

from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import translation

PREFIX = "/api/"


class ApiLaneMiddleware:
    """Stands behind the security headers and before everything that knows of people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # As Django wraps each middleware: what nobody caught becomes the handler of its status.
        self.call = convert_exception_to_response(_call)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            answer = cast(HttpResponseBase, self.call(request))
        if not answer.streaming and not answer.has_header("Content-Length"):
            answer.headers["Content-Length"] = str(len(answer.content))  # type: ignore[attr-defined]
        return answer


def _call(request: HttpRequest) -> HttpResponseBase:
    request.get_host()  # refuses a host that is not ours
    match = resolve(request.path_info)
    request.resolver_match = match
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer
