"""Clocks of the stages other than handling, and who is told when a limit runs out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.cases.models import OPEN, Case, Escalation, StageLimit
from chengzhi.cases.states import STAGE_OF
from chengzhi.domains import DOMAINS
from chengzhi.ledger.actions import record
from chengzhi.people.dated import replace_from
from chengzhi.people.models import Account
from chengzhi.people.queries import in_force
from chengzhi.people.roles import roles
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.history import told, unit_word
from chengzhi.web.manage.limits import AmountFields
from chengzhi.web.manage.previews import Side, confirmed, preview
from chengzhi.web.shell.wording import chinese

STAGES = {
    "register": _("register"),
    "verify": _("verify"),
    "file": _("file"),
    "dispatch": _("dispatch"),
    "send_check": _("send to check"),
    "check": _("check"),
    "close": _("close"),
}


class StageForm(AmountFields):
    """A stage's clock."""

    stage = forms.ChoiceField(label=_("Stage"), choices=list(STAGES.items()))
    urgent = forms.BooleanField(label=_("For urgent cases"), required=False)
    field_order = ("stage", "urgent", "amount", "unit", "source", "first_day")


@permitted("limits.manage")
def page(request: Request) -> HttpResponse:
    """The clocks of the stages in force, a form to change one, the history."""
    district = district_of(request)
    today = today_in(district)
    form = StageForm(today, request.POST or None)
    if form.is_valid() and not confirmed(request):
        sides, says = _stage_effects(district.pk, form.cleaned_data)
        return preview(
            request,
            form,
            title=gettext("Clocks of the stages"),
            back=reverse("manage:stages"),
            sides=sides,
            says=says,
        )
    if form.is_valid():
        _change(request, district.pk, form.cleaned_data)
        habits.forget(district.pk)
        messages.success(request, gettext("Saved. It counts for stages that begin from that day on."))
        return redirect("manage:stages")
    rows = StageLimit.objects.filter(in_force(today), district=district).order_by("stage", "urgent")
    planned = StageLimit.objects.filter(district=district, valid_from__gt=today).order_by("valid_from")
    facts = {
        "form": form,
        "rows": [(row, STAGES.get(row.stage, row.stage)) for row in rows],
        "planned": [(row, STAGES.get(row.stage, row.stage)) for row in planned],
        "history": told("stage_limit", district.pk),
    }
    return render(request, "manage/stages.html", facts)


def _stage_effects(district_id: int, data: dict[str, Any]) -> tuple[list[Side], list[str]]:
    """The clock before and after, and how many open cases are in the stage now."""
    keys = {"district_id": district_id, "stage": data["stage"], "urgent": data["urgent"]}
    old = StageLimit.objects.filter(in_force(data["first_day"]), **keys).first()
    now = f"{old.amount:g} {unit_word(old.unit)}" if old else gettext("none")
    name = str(STAGES[data["stage"]]) + (f" · {gettext('urgent')}" if data["urgent"] else "")
    then = f"{data['amount']:g} {unit_word(data['unit'])}"
    states = [state for state, stage in STAGE_OF.items() if stage == data["stage"]]
    running = Case.objects.filter(
        OPEN, district_id=district_id, state__in=states, urgent=data["urgent"]
    ).count()
    words = ngettext(
        "%(n)d open case is in this stage now and keeps the clock it began with.",
        "%(n)d open cases are in this stage now and keep the clocks they began with.",
        running,
    )
    sides = [Side(name, now, then), Side(gettext("Counts from"), "", str(data["first_day"]))]
    return sides, [words % {"n": running}]


@transaction.atomic
def _change(request: Request, district_id: int, data: dict[str, Any]) -> None:
    keys = {"district_id": district_id, "stage": data["stage"], "urgent": data["urgent"]}
    old = StageLimit.objects.filter(in_force(data["first_day"]), **keys).first()
    values = {"amount": data["amount"], "unit": data["unit"], "source": data["source"]}
    more = {"status": "local", "changed_by": request.actor.account_id}
    replace_from(StageLimit, keys=keys, values={**values, **more}, first_day=data["first_day"])
    record(
        district_id=district_id,
        thing="stage_limit",
        thing_id=district_id,
        step="stage_changed",
        by=request.actor,
        on=clock.now(),
        facts={
            "stage": data["stage"],
            "urgent": data["urgent"],
            "old": {"amount": old.amount, "unit": old.unit} if old else None,
            "new": values,
            "from": data["first_day"],
        },
    )


class EscalationForm(DatedForm):
    """Who is told at which share of the limit."""

    percent = forms.IntegerField(
        label=_("Share of the limit used (%)"), min_value=1, max_value=500, initial=80
    )
    role = forms.ChoiceField(label=_("Role"))
    domain = forms.ChoiceField(label=_("Domain"), required=False)
    own_unit_only = forms.BooleanField(
        label=_("Only people of the unit that handles the case"), required=False
    )
    field_order = ("percent", "role", "domain", "own_unit_only", "first_day")

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = language.startswith("zh")
        names = [(role.key, role.label(language)) for role in roles().values()]
        domains = [(domain.key, domain.name if chinese else domain.name_en) for domain in DOMAINS]
        self.fields["role"].choices = names  # type: ignore[attr-defined]
        self.fields["domain"].choices = [("", gettext("all domains")), *domains]  # type: ignore[attr-defined]


@permitted("limits.manage")
def escalation(request: Request) -> HttpResponse:
    """The rules in force and planned; POST adds one, POST `end` ends one with yesterday."""
    district = district_of(request)
    today = today_in(district)
    if request.POST.get("end"):
        return _end(request, district.pk, request.POST["end"])
    form = EscalationForm(request.LANGUAGE_CODE, today, request.POST or None)
    if form.is_valid() and not confirmed(request):
        sides, says = _escalation_effects(district.pk, form.cleaned_data)
        return preview(
            request,
            form,
            title=gettext("Escalation"),
            back=reverse("manage:escalation"),
            sides=sides,
            says=says,
        )
    if form.is_valid():
        _add(request, district.pk, form.cleaned_data)
        habits.forget(district.pk)
        messages.success(request, gettext("Saved."))
        return redirect("manage:escalation")
    rows = Escalation.objects.filter(district=district).exclude(valid_to__lt=today)
    chinese = request.LANGUAGE_CODE.startswith("zh")
    names = {domain.key: domain.name if chinese else domain.name_en for domain in DOMAINS}
    facts = {
        "form": form,
        "rows": [
            (row, int(row.share * 100), names.get(row.domain, row.domain))
            for row in rows.order_by("share", "pk")
        ],
        "history": told("escalation", district.pk),
        "today": today,
    }
    return render(request, "manage/escalation.html", facts)


def _escalation_effects(district_id: int, data: dict[str, Any]) -> tuple[list[Side], list[str]]:
    """Who would be told of how many clocks that run now."""
    role = roles()[data["role"]].label("zh" if chinese() else "en")
    then = gettext("%(role)s is told at %(share)s %%") % {"role": role, "share": data["percent"]}
    people = Account.objects.filter(
        in_force(data["first_day"], "posts__"), is_active=True, posts__district_id=district_id,
        posts__role=data["role"],
    ).distinct().count()  # fmt: skip
    cases = Case.objects.filter(OPEN, district_id=district_id, due_at__isnull=False)
    running = (cases.filter(domain=data["domain"]) if data["domain"] else cases).count()
    says = [
        ngettext("%(n)d person holds this role then.", "%(n)d people hold this role then.", people) % {"n": people},
        ngettext(
            "%(n)d open case of this kind has a running handling clock.",
            "%(n)d open cases of this kind have a running handling clock.",
            running,
        ) % {"n": running},
        gettext("It counts for clocks that begin or are extended from that day on; nobody is told of the past."),
    ]  # fmt: skip
    return [Side(gettext("Rule"), "", then), Side(gettext("Counts from"), "", str(data["first_day"]))], says


@transaction.atomic
def _add(request: Request, district_id: int, data: dict[str, Any]) -> None:
    row = Escalation.objects.create(
        district_id=district_id,
        domain=data["domain"],
        share=Decimal(data["percent"]) / 100,
        role=data["role"],
        own_unit_only=data["own_unit_only"],
        valid_from=data["first_day"],
    )
    _note(request, row, "escalation_added", data["first_day"])


@transaction.atomic
def _end(request: Request, district_id: int, number: str) -> HttpResponse:
    row = get_object_or_404(Escalation, pk=int(number) if number.isdecimal() else 0, district_id=district_id)
    today = today_in(district_of(request))
    row.valid_to = today - timedelta(days=1)
    row.save(update_fields=["valid_to"])
    _note(request, row, "escalation_ended", today)
    habits.forget(district_id)
    messages.success(request, gettext("Saved."))
    return redirect("manage:escalation")


def _note(request: Request, row: Escalation, step: str, day: Any) -> None:
    record(
        district_id=row.district_id,
        thing="escalation",
        thing_id=row.district_id,
        step=step,
        by=request.actor,
        on=clock.now(),
        facts={"percent": int(row.share * 100), "role": row.role, "domain": row.domain, "from": day},
    )
