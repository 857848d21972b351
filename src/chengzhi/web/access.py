"""Who may open a page: the actor of a request, and the marks every view carries.

Each view is marked `@public`, `@signed_in` or `@permitted("…")`; a view without a mark is
refused (`tests/meta/test_permissions.py` finds it first). What a person may not open
does not exist for them: 404, never 403.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from ipaddress import ip_address
from typing import Any, TypeVar, cast
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.people import sessions
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.models import Account
from chengzhi.people.permissions import known
from chengzhi.people.queries import districts_of
from chengzhi.places.models import District

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

PUBLIC = ("public",)
SIGNED_IN = ("signed_in",)
DISTRICT_KEY = "district"
ENROL_KEY = "must_enrol"
SEEN_KEY = "seen"
INNER = tuple(
    f"chengzhi.web.{area}."
    for area in (
        "account", "appraisal", "commitments", "competence", "desk", "desk_case",
        "domains", "evaluation", "field", "imports", "lectures", "manage", "organisation",
        "party", "rectification", "registers", "rounds", "upper",
    )
)  # fmt: skip


class Request(HttpRequest):
    """A request as our views see it: with the actor the middleware found."""

    actor: Actor
    user: Account
    districts: tuple[District, ...]
    """Where the account has a post now; read once a request."""
    admitted: bool
    """Set once the guard of a view has let the person in, so that a test sees who opened it."""


def demo_allowed(request: HttpRequest) -> bool:
    """Whether demo accounts may be used: demo on, request from this machine, no proxy between."""
    if (
        not settings.DEMO_ACCOUNTS
        or "HTTP_X_FORWARDED_FOR" in request.META
        or "HTTP_FORWARDED" in request.META
    ):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def actor_of_request(request: HttpRequest, on: datetime) -> Actor:
    """The signed-in person in the district chosen in the session, else in their first one."""
    account = request.user
    if not isinstance(account, Account) or (account.demo and not demo_allowed(request)):
        return Actor.anonymous()
    _touch(request, on)
    chosen = request.session.get(DISTRICT_KEY)
    actor = actor_of(account, chosen, on)
    if not actor.permissions:
        first = next(iter(cast(Request, request).districts), None)
        actor = actor_of(account, first.pk if first else None, on)
    return actor


def _touch(request: HttpRequest, on: datetime) -> None:
    seen = request.session.get(SEEN_KEY, 0)
    if on.timestamp() - seen > sessions.SEEN_EVERY.total_seconds():
        request.session[SEEN_KEY] = on.timestamp()
        sessions.touch(session_key=str(request.session.session_key), on=on)


def public(view: View) -> View:
    """Anyone may open this page."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone with an account may open this page; it shows them their own things only."""
    return _guarded(view, SIGNED_IN, lambda actor: actor.is_signed_in)


def permitted(*permissions: str) -> Callable[[View], View]:
    """Only who holds one of the permissions may open this page; for others it is not there."""
    wanted = frozenset(known(permission) for permission in permissions)
    return lambda view: _guarded(view, permissions, lambda actor: bool(wanted & actor.permissions))


def _guarded(view: View, access: tuple[str, ...], allows: Callable[[Actor], bool]) -> View:
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.actor.is_signed_in:
            return ask_to_sign_in(request)
        if request.session.get(ENROL_KEY):
            return redirect("account:second_factor")
        if not allows(request.actor):
            raise Http404
        request.admitted = True
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return cast(View, guarded)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Pages lead to the log-in and back; the API and fragments answer 401."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {
                "error": {
                    "code": "account.sign_in",
                    "what": _("Please sign in."),
                    "why": _("This address answers people with an account only."),
                    "cure": _("Sign in, or send a staff key."),
                }
            },
            status=401,
        )
    target = f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.get_full_path())}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def _districts(request: HttpRequest) -> tuple[District, ...]:
    account = request.user
    return tuple(districts_of(account, clock.now())) if isinstance(account, Account) else ()


class ActorMiddleware:
    """Sets `request.actor`, found on first use and kept for the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: actor_of_request(request, clock.now())
        )
        request.districts = SimpleLazyObject(lambda: _districts(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Refuse a view of ours that forgot to say who may open it."""
        inner = getattr(view, "__module__", "").startswith(INNER)
        if inner and not hasattr(view, "access"):
            raise Http404(f"{view.__module__} has a view without an access mark")
        return None
