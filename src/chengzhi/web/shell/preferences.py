"""Language and theme: chosen by the person, kept in a cookie, remembered by the account."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from chengzhi.people.models import Account

LANGUAGES = ("zh-hans", "en")
THEMES = ("system", "light", "dark")
THEME_COOKIE = "chengzhi_theme"
YEAR_SECONDS = 365 * 24 * 3600

GetResponse = Callable[[HttpRequest], HttpResponse]


def _account_value(request: HttpRequest, name: str) -> str:
    user = getattr(request, "user", None)
    return str(getattr(user, name, "")) if getattr(user, "is_authenticated", False) else ""


def language_of(request: HttpRequest) -> str:
    """Cookie, then account, then Chinese.

    The browser's own list is left aside: many browsers in Chinese offices announce English.
    """
    for choice in (request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME), _account_value(request, "language")):
        if choice in LANGUAGES:
            return str(choice)
    return LANGUAGES[0]


def theme_of(request: HttpRequest) -> str:
    """Cookie, then account, then the system's own."""
    for choice in (request.COOKIES.get(THEME_COOKIE), _account_value(request, "theme")):
        if choice in THEMES:
            return str(choice)
    return "system"


def keep(request: HttpRequest, response: HttpResponse, *, cookie: str, attribute: str, value: str) -> None:
    """Keep a choice in its cookie and, for a person logged in, in the account."""
    response.set_cookie(cookie, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    user = getattr(request, "user", None)
    if isinstance(user, Account):
        Account.objects.filter(pk=user.pk).update(**{attribute: value})


class LanguageMiddleware:
    """Renders each request in the person's language; stands after the authentication middleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response
