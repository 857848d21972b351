"""Accounts: list, invite, look at one, hand over a link, deactivate with its effect shown first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp import user_has_device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from chengzhi import clock
from chengzhi.cases.models import OPEN, Case, Task
from chengzhi.errors import Problem
from chengzhi.people import actions, links
from chengzhi.people.models import Account, Unit
from chengzhi.people.queries import find_accounts
from chengzhi.people.roles import roles
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField, district_of, today_in
from chengzhi.web.manage.history import told

PAGE = 50


class PostFields(forms.Form):
    """A role in a unit, from a day, perhaps to a day."""

    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    valid_from = DayField(label=_("First day"))
    valid_to = DayField(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))

    def __init__(self, district: District, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(role.key, role.label(language)) for role in roles().values()]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        units = Unit.objects.filter(district=district, active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today_in(district)

    def facts(self) -> dict[str, Any]:
        """As the actions take them."""
        data = self.cleaned_data
        return {
            "role": data["role"],
            "unit_id": data["unit"].pk,
            "valid_from": data["valid_from"],
            "valid_to": data["valid_to"],
        }


class InviteForm(PostFields):
    """Who is invited, and to which post."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("For a forgotten password and the digest.")
    )
    field_order = ("name", "email", "role", "unit", "valid_from", "valid_to")


def account_here(request: Request, number: int) -> Account:
    """An account with a post in the administrator's district; others are not there (404)."""
    rows = Account.objects.filter(posts__district_id=request.actor.district_id or 0).distinct()
    return get_object_or_404(rows, pk=number)


@permitted("people.manage")
def listing(request: Request) -> HttpResponse:
    """All accounts of the district, newest first, searched by name, unit or role."""
    words = request.GET.get("q", "").strip()
    after = request.GET.get("after", "")
    rows = find_accounts(
        request.actor.district_id or 0, words, int(after) if after.isdecimal() else 0, PAGE + 1
    )
    more = rows[PAGE - 1].pk if len(rows) > PAGE else 0
    facts = {"rows": rows[:PAGE], "words": words, "more": more, "today": today_in(district_of(request))}
    return render(request, "manage/people.html", facts)


@permitted("people.manage")
def invite(request: Request) -> HttpResponse:
    """Make an account; shows its one-time link once."""
    district = district_of(request)
    form = InviteForm(district, request.LANGUAGE_CODE, request.POST or None)
    if form.is_valid():
        try:
            account, token = actions.invite(
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                district_id=district.pk,
                by=request.actor,
                on=clock.now(),
                **form.facts(),
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return _show_link(request, account, token, 7 * 24)
    return render(request, "manage/invite.html", {"form": form})


@never_cache
def _show_link(request: Request, account: Account, token: str, hours: int) -> HttpResponse:
    address = request.build_absolute_uri(links.path(token))
    facts = {"person": account, "address": address, "hours": hours, "days": hours // 24}
    return render(request, "manage/link.html", facts)


@permitted("people.manage")
def one(request: Request, number: int) -> HttpResponse:
    """One account: posts, links, second factor, history."""
    account = account_here(request, number)
    district = district_of(request)
    facts = {
        "person": account,
        "posts": account.posts.filter(district=district)
        .select_related("unit")
        .prefetch_related("areas")
        .order_by("-valid_from"),
        "elsewhere": account.posts.exclude(district=district).count(),
        "form": PostFields(district, request.LANGUAGE_CODE),
        "second_factor": user_has_device(account),
        "waiting": not account.is_active and account.deactivated_at is None,
        "history": told("account", account.pk),
        "today": today_in(district),
    }
    return render(request, "manage/person.html", facts)


@permitted("people.manage")
@require_POST
def make_link(request: Request, number: int) -> HttpResponse:
    """A link to hand over: new password, or the invitation again."""
    account = account_here(request, number)
    token = actions.reset_link(account=account, by=request.actor, on=clock.now())
    return _show_link(request, account, token, 1 if account.has_usable_password() else 7 * 24)


@permitted("people.manage")
@require_POST
def remove_second_factor(request: Request, number: int) -> HttpResponse:
    """For someone whose phone and recovery codes are lost; ends their sessions."""
    account = account_here(request, number)
    TOTPDevice.objects.filter(user=account).delete()
    StaticDevice.objects.filter(user=account).delete()
    actions.end_sessions(account=account)
    actions.note(account, "second_factor_removed", request.actor, clock.now(), request.actor.district_id)
    messages.success(request, gettext("The second factor is removed; all browsers are signed out."))
    return redirect("manage:person", number)


@permitted("people.manage")
def deactivate(request: Request, number: int) -> HttpResponse:
    """GET shows what the account holds; POST deactivates it."""
    account = account_here(request, number)
    if request.method == "POST":
        actions.deactivate(account=account, by=request.actor, on=clock.now())
        messages.success(request, gettext("%(name)s can no longer log in.") % {"name": account})
        return redirect("manage:person", number)
    return render(request, "manage/deactivate.html", {"person": account, "effects": effects(account)})


def effects(account: Account) -> list[str]:
    """What would be left lying: in sentences, with numbers."""
    handled = Case.objects.filter(OPEN, handler=account).count()
    tasks = Task.objects.filter(Q(done_at__isnull=True, cancelled_at__isnull=True), account=account).count()
    browsers = account.signed_in.count()
    said = [
        (handled, ngettext("%(n)d open case is assigned to this person.",
                           "%(n)d open cases are assigned to this person.", handled)),
        (tasks, ngettext("%(n)d task is waiting for this person.",
                         "%(n)d tasks are waiting for this person.", tasks)),
        (browsers, ngettext("%(n)d browser will be signed out.",
                            "%(n)d browsers will be signed out.", browsers)),
    ]  # fmt: skip
    return [words % {"n": count} for count, words in said if count]


@permitted("people.manage")
@require_POST
def reactivate(request: Request, number: int) -> HttpResponse:
    """Let the person in again."""
    account = account_here(request, number)
    actions.reactivate(account=account, by=request.actor, on=clock.now())
    messages.success(request, gettext("%(name)s can log in again.") % {"name": account})
    return redirect("manage:person", number)
