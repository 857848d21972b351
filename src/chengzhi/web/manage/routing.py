"""Which department a case goes to: the ordered rules, a test box, and what dispatchers corrected."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.models import OPEN, Case, CaseType, RoutingCorrection, RoutingRule
from chengzhi.cases.routing import Proposal, end_rule, propose_unit, rules_on, set_rule, units_by_rules
from chengzhi.domains import DOMAINS
from chengzhi.ledger.models import Entry
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.history import LATEST, sentences
from chengzhi.web.manage.previews import Side, confirmed, preview
from chengzhi.web.shell.wording import chinese

UNDISPATCHED = ("reported", "pending_verify", "pending_file", "pending_dispatch", "returned")
LOOKED_AT = 2_000
HINT_DAYS = 90
HINTS = 20


class CaseFacts(forms.Form):
    """What a rule may ask of a case, and what the test box is asked."""

    type = forms.ModelChoiceField(label=_("Case type"), queryset=CaseType.objects.none(), required=False)
    area = forms.ModelChoiceField(label=_("Place"), queryset=Area.objects.none(), required=False)

    def __init__(self, district: District, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = CaseType.objects.filter(district=district, valid_to=None).order_by("code")
        areas = Area.objects.filter(district=district, valid_to=None).defer("outline").order_by("code")
        for name, rows in (("type", kinds), ("area", areas)):
            field: Any = self.fields[name]
            field.queryset, field.empty_label = rows, gettext("any")
            field.label_from_instance = _coded


def _coded(row: Any) -> str:
    return f"{row.code} {named(row)}"


def named(row: Any) -> str:
    """The name in the language of the page."""
    return str(row.name if chinese() else row.name_en or row.name)


class RuleForm(CaseFacts, DatedForm):
    """A rule: its place in the order, its conditions, its department, its reason."""

    position = forms.IntegerField(
        label=_("Place in the order"),
        min_value=1,
        max_value=100_000,
        help_text=_("The first rule that fits decides."),
    )
    domain = forms.ChoiceField(label=_("Domain"), required=False)
    unit = forms.ModelChoiceField(label=_("Goes to"), queryset=Unit.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    field_order = ("position", "type", "domain", "area", "unit", "reason", "first_day")

    def __init__(self, district: District, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(district, today, *args, **kwargs)
        domains = [(one.key, one.name if chinese() else one.name_en) for one in DOMAINS]
        self.fields["domain"].choices = [("", gettext("any")), *domains]  # type: ignore[attr-defined]
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.filter(district=district, active=True, handles_cases=True)
        units.label_from_instance = _coded


@dataclass(frozen=True, slots=True)
class Hint:
    """What dispatchers chose instead of what was proposed, and how often."""

    type: CaseType | None
    proposed: str
    chosen: Unit
    times: int


@permitted("limits.manage")
def page(request: Request) -> HttpResponse:
    """The rules in force and planned, the test box (GET), hints; POST `end` ends a rule."""
    district = district_of(request)
    today = today_in(district)
    if request.POST.get("end"):
        return _end(request, district, request.POST["end"], today)
    rows = RoutingRule.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district=district)
    test = CaseFacts(district, request.GET if request.GET.get("ask") else None)
    said, asked = None, test.is_valid()
    if asked:
        said = _proposed(district, test.cleaned_data)
    entries = Entry.objects.filter(thing="routing_rule", district_id=district.pk).order_by("-id")[:LATEST]
    facts = {
        "rows": [(row, domain_name(row.domain)) for row in rows.select_related("unit", "type", "area")],
        "today": today, "test": test, "asked": asked, "said": said,
        "unit": Unit.objects.get(pk=said.unit_id) if said else None,
        "hints": hints(district), "days": HINT_DAYS, "history": sentences(list(entries)),
    }  # fmt: skip
    return render(request, "manage/routing.html", facts)


def domain_name(key: str) -> str:
    """A domain in words of the page's language; nothing for none."""
    names = {one.key: one.name if chinese() else one.name_en for one in DOMAINS}
    return names.get(key, key)


def _proposed(district: District, asked: dict[str, Any]) -> Proposal | None:
    kind, area = asked["type"], asked["area"]
    return propose_unit(
        district_id=district.pk, type_id=kind.pk if kind else None, area_id=area.pk if area else None,
        domain=kind.domain if kind else "", on=clock.now(),
    )  # fmt: skip


def hints(district: District) -> list[Hint]:
    """The commonest corrections of the last days: candidates for a rule."""
    since = clock.now() - timedelta(days=HINT_DAYS)
    counted = (
        RoutingCorrection.objects.filter(district=district, made_at__gte=since)
        .values_list("case__type", "proposed", "chosen").annotate(times=Count("pk")).order_by("-times", "chosen")
    )  # fmt: skip
    rows = list(counted[:HINTS])
    kinds = CaseType.objects.in_bulk([row[0] for row in rows if row[0]])
    units = Unit.objects.in_bulk([number for row in rows for number in row[1:3] if number])
    return [
        Hint(kinds.get(kind), named(units[was]) if was else "", units[chosen], times)
        for kind, was, chosen, times in rows
    ]


@permitted("limits.manage")
def edit(request: Request, number: int = 0) -> HttpResponse:
    """A new rule, or one in place of rule `number` from a day on: form, preview, `confirm`."""
    district = district_of(request)
    today = today_in(district)
    old = get_object_or_404(RoutingRule, pk=number, district=district) if number else None
    form = RuleForm(district, today, request.POST or None, initial=_initial(request, old, district))
    if not form.is_valid():
        return render(request, "manage/routing_rule.html", {"form": form, "rule": old})
    data, back = form.cleaned_data, reverse("manage:routing")
    if not confirmed(request):
        sides, says = _effects(district, old, data)
        return preview(request, form, title=gettext("Routing rules"), back=back, sides=sides, says=says)
    with transaction.atomic():
        set_rule(
            district_id=district.pk, position=data["position"], unit_id=data["unit"].pk,
            type_id=data["type"].pk if data["type"] else None, area_id=data["area"].pk if data["area"] else None,
            domain=data["domain"], reason=data["reason"], valid_from=data["first_day"],
            replaces=old.pk if old else None, by=request.actor, on=clock.now(),
        )  # fmt: skip
    messages.success(request, gettext("The rule counts from %(day)s.") % {"day": data["first_day"]})
    return redirect(back)


def _initial(request: Request, old: RoutingRule | None, district: District) -> dict[str, Any]:
    if old is None:
        last = RoutingRule.objects.filter(district=district, valid_to=None).order_by("-position").first()
        asked = {name: request.GET[name] for name in ("type", "unit") if name in request.GET}
        return {"position": (last.position // 10 + 1) * 10 if last else 10, **asked}
    return {
        "position": old.position, "type": old.type_id, "domain": old.domain, "area": old.area_id,
        "unit": old.unit_id, "reason": old.reason,
    }  # fmt: skip


def _effects(
    district: District, old: RoutingRule | None, data: dict[str, Any]
) -> tuple[list[Side], list[str]]:
    """The rule before and after, and how many waiting cases would be proposed another department."""
    new = RoutingRule(
        district=district,
        **{name: data[name] for name in ("position", "type", "area", "unit", "domain", "reason")},
    )
    side = Side(gettext("Rule"), sentence(old) if old else gettext("none"), sentence(new))
    day = Side(gettext("Counts from"), "", str(data["first_day"]))
    rules = rules_on(district.pk, data["first_day"])
    then = sorted(
        [r for r in rules if old is None or r.pk != old.pk] + [new], key=lambda r: (r.position, r.pk or 2**62)
    )
    waiting = Case.objects.filter(OPEN, district=district, state__in=UNDISPATCHED).order_by("-pk")
    cases = list(waiting.only("pk", "type_id", "area_id", "domain")[:LOOKED_AT])
    before, after = (units_by_rules(rows, cases, district.pk, data["first_day"]) for rows in (rules, then))
    moved = sum(before[case.pk] != after[case.pk] for case in cases)
    words = ngettext(
        "Of %(of)d case waiting for dispatch, %(n)d would be proposed another department.",
        "Of %(of)d cases waiting for dispatch, %(n)d would be proposed another department.",
        len(cases),
    )
    return [side, day], [
        words % {"of": len(cases), "n": moved},
        gettext("Cases already dispatched stay where they are."),
    ]


def sentence(rule: RoutingRule) -> str:
    """“10: exposed rubbish, East street → sanitation office”."""
    conditions = [named(one) for one in (rule.type, rule.area) if one] + (
        [domain_name(rule.domain)] if rule.domain else []
    )
    return f"{rule.position}: {'、'.join(conditions) or gettext('every case')} → {named(rule.unit)}"


def _end(request: Request, district: District, number: str, today: date) -> HttpResponse:
    rule = get_object_or_404(RoutingRule, pk=int(number) if number.isdecimal() else 0, district=district)
    with transaction.atomic():
        end_rule(rule, last_day=today - timedelta(days=1), by=request.actor, on=clock.now())
    messages.success(request, gettext("The rule no longer counts."))
    return redirect("manage:routing")
