"""The district's switches: city policies other than time limits, and who does the shift leader's work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.habits import NO_SHIFT_LEADER
from chengzhi.cases.models import OPEN, Case
from chengzhi.cases.rules import WITHOUT_SHIFT_LEADER
from chengzhi.law.own import own_value
from chengzhi.law.rules import RULES, Rule
from chengzhi.people.models import Account, RolePermission
from chengzhi.people.permissions import BY_KEY
from chengzhi.people.queries import in_force
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.district_settings import change_settings
from chengzhi.web.manage.history import told
from chengzhi.web.manage.previews import Side, confirmed, preview
from chengzhi.web.shell.wording import chinese


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule a district may set itself: its bounds, whether it is whole, and the number in its value."""

    name: str
    least: float
    most: float
    whole: bool = True
    part: str = ""

    @property
    def rule(self) -> Rule:
        """The shipped rule with its sources."""
        return RULES[f"cases/{self.name}"]

    def number(self, value: Any) -> float:
        """The number a person sees of a value."""
        return float(value[self.part] if self.part else value)

    def value(self, number: float, shipped: Any) -> Any:
        """The value as the program reads it."""
        plain = int(number) if self.whole else number
        return {**shipped, self.part: plain} if self.part else plain


POLICIES = {
    one.name: one
    for one in (
        Policy("extension_max", 0, 20), Policy("extension_length", 0.1, 10, whole=False),
        Policy("suspension_max", 0, 20), Policy("suspension_years", 1, 10), Policy("appeal_max", 0, 20),
        Policy("reopen_days", 0, 3650), Policy("undo_minutes", 0, 1440), Policy("duplicate_days", 1, 365),
        Policy("nearby_days", 1, 365), Policy("nearby_rows", 1, 50),
        Policy("self_handled_audit_share", 0, 1, whole=False),
        Policy("lamp", 0.1, 0.99, whole=False, part="yellow"),
    )
}  # fmt: skip


class PolicyForm(DatedForm):
    """A value of one's own, or back to the shipped one, from a day on."""

    number = forms.FloatField(
        label=_("Value"), required=False, help_text=_("Empty: the shipped value counts again.")
    )
    field_order = ("number", "first_day")

    def __init__(self, policy: Policy, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["number"] = (
            forms.IntegerField(min_value=int(policy.least), max_value=int(policy.most), **_said(self))
            if policy.whole
            else forms.FloatField(min_value=policy.least, max_value=policy.most, **_said(self))
        )
        field.widget.attrs["step"] = "1" if policy.whole else "any"


def _said(form: forms.Form) -> dict[str, Any]:
    old = form.fields["number"]
    return {"label": old.label, "required": False, "help_text": old.help_text}


@permitted("limits.manage")
def page(request: Request) -> HttpResponse:
    """Every policy with its shipped value, its source and the district's own."""
    district = district_of(request)
    today, settings = today_in(district), district.settings or {}
    facts = {
        "rows": [_row(policy, settings, today) for policy in POLICIES.values()],
        "alone": _alone(settings, today),
        "planned": _planned(settings, NO_SHIFT_LEADER, today),
        "today": today,
        "history": told("district_settings", district.pk),
    }
    return render(request, "manage/rules.html", facts)


def _row(policy: Policy, settings: Any, today: date) -> dict[str, Any]:
    shipped = policy.rule.at(today)
    own = own_value(settings, policy.name, today)
    return {
        "policy": policy, "title": title_of(policy), "unit": shipped.unit, "source": policy.rule.source,
        "article": shipped.article, "unverified": shipped.status == "unverified",
        "shipped": policy.number(shipped.value), "own": None if own is None else policy.number(own),
        "planned": [
            (first, None if value is None else policy.number(value))
            for first, value in _planned(settings, policy.name, today)
        ],
    }  # fmt: skip


def _planned(settings: Any, name: str, today: date) -> list[tuple[str, Any]]:
    """What begins to count after today: first day and value."""
    said = settings.get("rules", {}).get(name)
    rows = said if isinstance(said, list) else []
    return [(row["from"], row["value"]) for row in rows if row["from"] > today.isoformat()]


def _alone(settings: Any, day: date) -> bool:
    own = own_value(settings, NO_SHIFT_LEADER, day)
    return bool(settings.get(NO_SHIFT_LEADER) if own is None else own)


def with_value_from(held: Any, name: str, value: Any, first_day: date) -> dict[str, Any]:
    """The settings with a value of a rule from a day on; what was planned for later gives way."""
    rules = dict(held.get("rules", {}))
    said = rules.get(name, [])
    dated = said if isinstance(said, list) else [{"from": "0001-01-01", "value": said}]
    kept = [row for row in dated if row["from"] < first_day.isoformat()]
    rules[name] = [*kept, {"from": first_day.isoformat(), "value": value}]
    return {**held, "rules": rules}


def title_of(policy: Policy) -> str:
    """The rule's title in the language of the page."""
    return policy.rule.title if chinese() else policy.rule.title_en


@permitted("limits.manage")
def edit(request: Request, name: str) -> HttpResponse:
    """One policy: form, preview, `confirm`."""
    policy = POLICIES.get(name)
    if policy is None:
        raise Http404(name)
    district = district_of(request)
    today = today_in(district)
    row = _row(policy, district.settings or {}, today)
    form = PolicyForm(policy, today, request.POST or None, initial={"number": row["own"]})
    if not form.is_valid():
        return render(request, "manage/rule.html", {"form": form, "row": row})
    number, first_day = form.cleaned_data["number"], form.cleaned_data["first_day"]
    if not confirmed(request):
        then = f"{number:g}" if number is not None else _shipped(row)
        now = f"{row['own']:g}" if row["own"] is not None else _shipped(row)
        sides = [Side(row["title"], now, then), Side(gettext("Counts from"), "", str(first_day))]
        says = effects(policy, district, number if number is not None else row["shipped"])
        return preview(
            request,
            form,
            title=gettext("District switches"),
            back=reverse("manage:rules"),
            sides=sides,
            says=says,
        )
    _save(request, policy, district, number, first_day)
    messages.success(request, gettext("Saved. It counts from %(day)s.") % {"day": first_day})
    return redirect("manage:rules")


def _shipped(row: dict[str, Any]) -> str:
    return gettext("%(value)s (shipped)") % {"value": f"{row['shipped']:g}"}


def effects(policy: Policy, district: District, number: float) -> list[str]:
    """Which cases a value would reach, where that can be counted, and what it never does."""
    cases = Case.objects.filter(district=district)
    counted: dict[str, Callable[[], tuple[int, str]]] = {
        "extension_max": lambda: (
            cases.filter(OPEN, extensions__gte=number).count(),
            gettext(
                "%(n)d open cases have been extended that often already and could not be extended again."
            ),
        ),
        "suspension_max": lambda: (
            cases.filter(OPEN, suspensions__gte=number).count(),
            gettext(
                "%(n)d open cases have been suspended that often already and could not be suspended again."
            ),
        ),
        "reopen_days": lambda: (
            cases.filter(closed_at__gte=clock.now() - timedelta(days=number)).count(),
            gettext("%(n)d ended cases could be reopened today."),
        ),
    }
    says = [gettext("It counts for steps taken from that day on; what has been done stays as it is.")]
    if policy.name in counted:
        found, words = counted[policy.name]()
        says.insert(0, words % {"n": found})
    return says


def _save(
    request: Request, policy: Policy, district: District, number: float | None, first_day: date
) -> None:
    shipped = policy.rule.at(first_day).value
    value = None if number is None else policy.value(number, shipped)
    change_settings(
        district_id=district.pk, change=lambda held: with_value_from(held, policy.name, value, first_day),
        step="rule_changed", by=request.actor, on=clock.now(),
        facts={"rule": policy.name, "new": number, "from": first_day},
    )  # fmt: skip


class LeaderForm(DatedForm):
    """Whether the intake clerk does the shift leader's work, and from which day on."""

    alone = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1", widget=forms.HiddenInput
    )


@permitted("limits.manage")
def shift_leader(request: Request) -> HttpResponse:
    """POST `alone`, `first_day`: preview with who gains or loses what, then `confirm`."""
    district = district_of(request)
    form = LeaderForm(today_in(district), request.POST or None)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for some in form.errors.values() for one in some))
        return redirect("manage:rules")
    alone, first_day = form.cleaned_data["alone"], form.cleaned_data["first_day"]
    words = {True: gettext("the intake clerk does it"), False: gettext("the shift leader does it")}
    now = _alone(district.settings or {}, first_day)
    if not confirmed(request):
        sides = [
            Side(gettext("Filing, refusing, closing, voiding"), words[now], words[alone]),
            Side(gettext("Counts from"), "", str(first_day)),
        ]
        says = [_gain(district, alone), gettext("From that day on it counts for every case.")]
        return preview(
            request,
            form,
            title=gettext("District switches"),
            back=reverse("manage:rules"),
            sides=sides,
            says=says,
        )
    change_settings(
        district_id=district.pk, change=lambda held: with_value_from(held, NO_SHIFT_LEADER, alone, first_day),
        step="shift_leader_changed", facts={"alone": alone, "from": first_day}, by=request.actor,
        on=clock.now(),
    )  # fmt: skip
    messages.success(request, gettext("Saved. It counts from %(day)s.") % {"day": first_day})
    return redirect("manage:rules")


def _gain(district: District, alone: bool) -> str:
    today = today_in(district)
    held = RolePermission.objects.filter(in_force(today), district=district, permission="case.register")
    clerks = Account.objects.filter(
        in_force(today, "posts__"), is_active=True, posts__district=district, posts__role__in=held.values("role")
    ).distinct()  # fmt: skip
    number = clerks.count()
    words = (
        ngettext("%(n)d person gains: %(rights)s.", "%(n)d people gain: %(rights)s.", number)
        if alone
        else ngettext("%(n)d person loses: %(rights)s.", "%(n)d people lose: %(rights)s.", number)
    )
    language = "zh" if chinese() else "en"
    rights = "、".join(BY_KEY[key].label(language) for key in sorted(WITHOUT_SHIFT_LEADER))
    return words % {"n": number, "rights": rights}
