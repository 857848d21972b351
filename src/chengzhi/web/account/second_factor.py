"""A second factor: codes of an authenticator app (TOTP), and recovery codes on paper."""

from base64 import b32encode
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from chengzhi import clock
from chengzhi.people.actions import note
from chengzhi.people.models import Account
from chengzhi.people.queries import needs_second_factor
from chengzhi.web.access import ENROL_KEY, Request, public, signed_in
from chengzhi.web.account.forms import CodeForm, PasswordForm

CODES = 10


def _confirmed(account: Account) -> TOTPDevice | None:
    device: TOTPDevice | None = TOTPDevice.objects.devices_for_user(account, confirmed=True).first()
    return device


@public
@never_cache
def page(request: Request) -> HttpResponse:
    """Set the second factor up, or see how it stands. Open to people who must still enrol."""
    if not request.actor.is_signed_in:
        return redirect("account:login")
    if _confirmed(request.user):
        return _standing(request)
    device, _made = TOTPDevice.objects.get_or_create(
        user=request.user, confirmed=False, defaults={"name": "app"}
    )
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if device.verify_token(form.cleaned_data["code"]):
            return _confirm(request, device)
        form.add_error(
            "code", _("This code does not fit. Check the clock of the phone and try the next one.")
        )
    return render(request, "account/second_factor_new.html", _enrolment(request, device, form))


def _enrolment(request: Request, device: TOTPDevice, form: CodeForm) -> dict[str, Any]:
    picture = segno.make(device.config_url, error="m").svg_inline(
        scale=5, border=3, light="#fff", dark="#000"
    )
    secret = b32encode(device.bin_key).decode().rstrip("=")
    return {
        "form": form,
        # Drawn by segno from our own address; holds no text of the person's.
        "picture": mark_safe(picture),  # noqa: S308
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "must": request.session.get(ENROL_KEY, False),
    }


def _confirm(request: Request, device: TOTPDevice) -> HttpResponse:
    device.confirmed = True
    device.save()
    otp_login(request, device)
    request.session.pop(ENROL_KEY, None)
    note(request.user, "second_factor_on", request.actor, clock.now())
    return _codes(request)


def _standing(request: Request) -> HttpResponse:
    left = StaticToken.objects.filter(device__user=request.user).count()
    facts = {
        "left": left,
        "must": needs_second_factor(request.user, clock.now()),
        "form": PasswordForm(),
    }
    return render(request, "account/second_factor.html", facts)


def _codes(request: Request) -> HttpResponse:
    """Ten new recovery codes, shown once; older ones stop working."""
    StaticDevice.objects.filter(user=request.user).delete()
    device = StaticDevice.objects.create(user=request.user, name="paper")
    codes = [StaticToken.random_token() for _number in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return render(request, "account/recovery_codes.html", {"codes": codes})


@signed_in
@never_cache
@require_POST
def new_codes(request: Request) -> HttpResponse:
    """Make new recovery codes; needs the password, and a second factor that is on."""
    if not _confirmed(request.user) or not _password_right(request):
        return redirect("account:second_factor")
    note(request.user, "recovery_codes_made", request.actor, clock.now())
    return _codes(request)


@signed_in
@require_POST
def switch_off(request: Request) -> HttpResponse:
    """Take the second factor away; needs the password, and a post that does without."""
    if needs_second_factor(request.user, clock.now()):
        messages.error(request, _("Your post needs a second factor."))
    elif _password_right(request):
        TOTPDevice.objects.filter(user=request.user).delete()
        StaticDevice.objects.filter(user=request.user).delete()
        note(request.user, "second_factor_off", request.actor, clock.now())
        messages.success(request, _("The second factor is off."))
    return redirect("account:second_factor")


def _password_right(request: Request) -> bool:
    right = request.user.check_password(request.POST.get("password", ""))
    if not right:
        messages.error(request, _("This is not your present password."))
    return right
