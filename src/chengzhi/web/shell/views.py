"""Switching language and theme; both work without JavaScript.

Residents' pages are free of cookies and so of form tokens. Instead of a token these two, which
only keep a preference, ask the browser itself whether the request began on a page of ours.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from chengzhi.errors import Problem
from chengzhi.web.access import public
from chengzhi.web.shell.preferences import LANGUAGES, THEME_COOKIE, THEMES, keep


class UnknownChoice(Problem):
    """A language or theme that does not exist was asked for."""

    code = "unknown_choice"


class OtherSite(Problem):
    """A page of another site tried to change a preference."""

    code = "other_site"
    status = 403


def _began_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this; what is no browser says nothing.

    `Sec-Fetch-Site` and `Origin` are set by the browser, no page can change them.
    """
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def _back(request: HttpRequest) -> str:
    """Where the person was, if that is a page of ours."""
    for target in (request.POST.get("next"), request.headers.get("Referer")):
        if target and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return target
    return "/"


def _choose(request: HttpRequest, *, field: str, choices: tuple[str, ...], cookie: str) -> HttpResponse:
    if not _began_here(request):
        raise OtherSite(
            _("This choice was not taken."),
            _("It came from a page of another site."),
            _("Choose one of the buttons on the page."),
        )
    value = request.POST.get(field, "")
    if value not in choices:
        raise UnknownChoice(
            _("This choice is not known."),
            _("Only the choices shown on the page can be taken."),
            _("Choose one of the buttons on the page."),
        )
    response = HttpResponseRedirect(_back(request))
    keep(request, response, cookie=cookie, attribute=field, value=value)
    return response


@public
@csrf_exempt
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """POST ``language=zh-hans|en`` and ``next``."""
    return _choose(request, field="language", choices=LANGUAGES, cookie=settings.LANGUAGE_COOKIE_NAME)


@public
@csrf_exempt
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """POST ``theme=system|light|dark`` and ``next``."""
    return _choose(request, field="theme", choices=THEMES, cookie=THEME_COOKIE)
