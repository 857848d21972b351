"""What happens between a right password and the first page."""

from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_otp import user_has_device

from chengzhi.people import sessions
from chengzhi.people.models import Account
from chengzhi.people.queries import districts_of, needs_second_factor
from chengzhi.web.access import DISTRICT_KEY, ENROL_KEY, SEEN_KEY

PENDING_KEY = "pending"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def next_address(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def pass_password(request: HttpRequest, account: Account, on: datetime) -> HttpResponse:
    """The password was right: on to the code where the account has a second factor, else in."""
    if not user_has_device(account):
        return enter(request, account, on)
    request.session.cycle_key()
    request.session[PENDING_KEY] = {"account": account.pk, "at": on.isoformat()}
    return redirect(f"/account/login/code/?next={quote(next_address(request))}")


def enter(request: HttpRequest, account: Account, on: datetime) -> HttpResponse:
    """Sign in under a new session key, in the person's first district."""
    request.session.pop(PENDING_KEY, None)
    login(request, account, backend=BACKEND)
    first = next(iter(districts_of(account, on)), None)
    request.session[DISTRICT_KEY] = first.pk if first else None
    request.session[SEEN_KEY] = on.timestamp()
    if needs_second_factor(account, on) and not user_has_device(account):
        request.session[ENROL_KEY] = True
    sessions.begin(
        account=account,
        session_key=str(request.session.session_key),
        user_agent=request.headers.get("User-Agent", ""),
        on=on,
    )
    return redirect(next_address(request))
