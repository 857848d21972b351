"""Log in, with a code where the account has a second factor; log out."""

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address, get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp import match_token

from chengzhi import clock
from chengzhi.people import sessions
from chengzhi.people.actions import user_name
from chengzhi.people.models import Account
from chengzhi.people.problems import BadUserName
from chengzhi.web.access import Request, public
from chengzhi.web.account import demo
from chengzhi.web.account.entering import PENDING_KEY, enter, next_address, pass_password
from chengzhi.web.account.forms import CodeForm, LoginForm

CODE_WITHIN = timedelta(minutes=5)


@public
@never_cache
@sensitive_post_parameters("password")
def login_page(request: Request) -> HttpResponse:
    """GET the form; POST user name and password."""
    if request.actor.is_signed_in and request.method == "GET":
        return redirect(next_address(request))
    form = LoginForm(request.POST or None)
    if form.is_valid():
        return _try(request, form)
    return _form(request, form)


def _try(request: Request, form: LoginForm) -> HttpResponse:
    name = _spelling(form.cleaned_data["username"])
    if AxesProxyHandler.is_locked(request, {"username": name}):
        return locked_out(request, {"username": name})
    account = authenticate(request, username=name, password=form.cleaned_data["password"])
    if getattr(request, "axes_locked_out", False):
        return locked_out(request, {"username": name})
    if not isinstance(account, Account) or (account.demo and not demo.allowed(request)):
        form.add_error(None, _("User name or password is wrong. Check both; capitals matter."))
        return _form(request, form, 401)
    return pass_password(request, account, clock.now())


def _spelling(text: str) -> str:
    try:
        return user_name(text)
    except BadUserName:
        return text[:60]


def _form(request: Request, form: LoginForm, status: int = 200) -> HttpResponse:
    facts = {"form": form, "next": next_address(request), "demo_groups": demo.chooser(request)}
    return render(request, "account/login.html", facts, status=status)


def locked_out(
    request: HttpRequest, credentials: dict[str, Any] | None = None, *_args: Any, **_kwargs: Any
) -> HttpResponse:
    """Too many wrong passwords for this name from this address: say how long to wait (status 429)."""
    left = _seconds_left(request, (credentials or {}).get("username", ""), clock.now())
    facts = {"minutes": max(1, math.ceil(left / 60))}
    response = render(request, "account/locked.html", facts, status=429)
    response["Retry-After"] = str(max(1, math.ceil(left)))
    return response


def _seconds_left(request: HttpRequest, username: str, on: datetime) -> float:
    cool_off = get_cool_off(request) or timedelta(0)
    last = (
        AccessAttempt.objects.filter(username=username, ip_address=get_client_ip_address(request))
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    return ((last or on) + cool_off - on).total_seconds()


@public
@never_cache
def code_page(request: Request) -> HttpResponse:
    """The second step: a code of the phone, or a recovery code."""
    account = _pending(request, clock.now())
    if account is None:
        return redirect("account:login")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = match_token(account, form.cleaned_data["code"])
        if device is not None:
            response = enter(request, account, clock.now())
            otp_login(request, device)
            return response
        form.add_error("code", _("This code does not fit. Wait for the next one; each counts once."))
    facts = {"form": form, "next": next_address(request)}
    return render(request, "account/code.html", facts, status=401 if form.is_bound else 200)


def _pending(request: HttpRequest, on: datetime) -> Account | None:
    pending = request.session.get(PENDING_KEY)
    if not pending or on - datetime.fromisoformat(pending["at"]) > CODE_WITHIN:
        return None
    return Account.objects.filter(pk=pending["account"], is_active=True).first()


@public
@require_POST
def logout_now(request: Request) -> HttpResponse:
    """Sign out in this browser."""
    sessions.end(session_key=str(request.session.session_key))
    logout(request)
    return redirect("account:login")
