"""Switching language and theme; both work without JavaScript."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi.errors import Problem
from chengzhi.web.access import public
from chengzhi.web.shell.preferences import LANGUAGES, THEME_COOKIE, THEMES, keep


class UnknownChoice(Problem):
    """A language or theme that does not exist was asked for."""

    code = "unknown_choice"


def _back(request: HttpRequest) -> str:
    """Where the person was, if that is a page of ours."""
    for target in (request.POST.get("next"), request.headers.get("Referer")):
        if target and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return target
    return "/"


def _choose(request: HttpRequest, *, field: str, choices: tuple[str, ...], cookie: str) -> HttpResponse:
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
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """POST ``language=zh-hans|en`` and ``next``."""
    return _choose(request, field="language", choices=LANGUAGES, cookie=settings.LANGUAGE_COOKIE_NAME)


@public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """POST ``theme=system|light|dark`` and ``next``."""
    return _choose(request, field="theme", choices=THEMES, cookie=THEME_COOKIE)
