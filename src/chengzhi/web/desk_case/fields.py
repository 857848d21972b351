"""The fields a step's form is made of, one maker per fact of `cases.facts`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from chengzhi.cases import context as look
from chengzhi.cases.facts import RESULT_WORDS
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case, CaseLimit, CaseType, Task
from chengzhi.cases.routing import propose_unit
from chengzhi.cases.worklist import numbered
from chengzhi.domains.domain import outcomes
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.workings import Fact
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, RolePermission, Unit
from chengzhi.people.queries import in_force
from chengzhi.web.desk.asking import english, name_of
from chengzhi.web.desk_case.nearby import nearby

Choices = list[tuple[Any, Any]]
WORKS = {"send_verify": "case.verify", "send_check": "case.check"}
"""Steps that send a task to a person → what that person must be able to do."""
LISTS = {"other": "near-cases"}


class Making:
    """What the makers know: the case, the step, the person, the moment."""

    def __init__(self, case: Case, step: Step, actor: Actor, on: datetime, required: bool) -> None:
        self.case, self.step, self.actor, self.on, self.required = case, step, actor, on, required

    @property
    def empty(self) -> Choices:
        """The choice of nothing."""
        return [("", "—")] if self.required else [("", _("leave open"))]


class LocalMoment(forms.CharField):
    """A moment typed in the district's time."""

    def __init__(self, *, zone: Any, **more: Any) -> None:
        super().__init__(**more)
        self.zone = zone

    def clean(self, value: Any) -> datetime | None:
        """The moment with its zone."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.zone)
        except ValueError:
            raise forms.ValidationError(_("This is not a date with a time.")) from None


class CaseNumber(forms.CharField):
    """The number of another case one may see; its value is that case's key."""

    def __init__(self, *, actor: Actor, **more: Any) -> None:
        super().__init__(max_length=40, **more)
        self.actor = actor

    def clean(self, value: Any) -> int | None:
        """The key of the case."""
        text = super().clean(value)
        if not text:
            return None
        found = numbered(text, self.actor)
        if found is None:
            raise forms.ValidationError(_("There is no case with this number that you may see."))
        return found.pk


def accounts_for(making: Making) -> Choices:
    """Who may be given the task: those whose posts include it today, or the unit's own people."""
    day = habits(making.case.district_id).day(making.on)
    rows: QuerySet[Account] = Account.objects.filter(
        in_force(day, "posts__"), is_active=True, posts__district_id=making.case.district_id
    )
    if making.step.name in WORKS:
        grants = RolePermission.objects.filter(
            in_force(day), district_id=making.case.district_id, permission=WORKS[making.step.name]
        )
        rows = rows.filter(posts__role__in=grants.values("role"))
    else:
        rows = rows.filter(posts__unit_id__in=sorted(look.below(making.case.unit_id)))
    return [(a.pk, str(a)) for a in rows.distinct().order_by("name", "pk")[:500]]


def _account(making: Making) -> forms.Field:
    nobody = [("", _("whoever is free"))] if not making.required else making.empty
    return _choice(making, nobody + accounts_for(making))


def _unit(making: Making) -> forms.Field:
    case = making.case
    if making.step.name == "remove_cohandler":
        tasks = Task.objects.filter(case=case, kind=Task.Kind.COHANDLE, done_at=None, cancelled_at=None)
        units = Unit.objects.filter(pk__in=tasks.values("unit_id"))
    else:
        units = Unit.objects.filter(district_id=case.district_id, active=True, handles_cases=True)
    found = _choice(making, making.empty + [(unit.pk, name_of(unit)) for unit in units])
    proposal = _proposal(making)
    if proposal is not None:
        found.initial, found.help_text = proposal.unit_id, _("Proposed: %(why)s") % {"why": proposal.why}
    return found


def _proposal(making: Making) -> Any:
    case = making.case
    if making.step.name != "dispatch":
        return None
    said = propose_unit(
        district_id=case.district_id, type_id=case.type_id, area_id=case.area_id, domain=case.domain,
        on=making.on,
    )  # fmt: skip
    return None if said is None or (case.state == "check_failed" and said.unit_id == case.unit_id) else said


def _other(making: Making) -> forms.Field:
    attrs = {"list": LISTS["other"], "autocomplete": "off", "class": "code"}
    near = nearby(making.case, making.actor, on=making.on)
    hint = _("Type a case number, or choose one of the cases nearby.") if near else _("Type a case number.")
    field = CaseNumber(
        actor=making.actor, required=making.required, help_text=hint, widget=forms.TextInput(attrs)
    )
    field.near = near  # type: ignore[attr-defined]
    return field


def _type(making: Making) -> forms.Field:
    kinds = CaseType.objects.filter(district_id=making.case.district_id, valid_to=None).order_by("code")
    found = _choice(making, making.empty + [(k.pk, f"{k.code} {name_of(k)}") for k in kinds])
    found.initial = making.case.type_id
    return found


def _condition(making: Making) -> forms.Field:
    """The conditions of the type. Where it has no general limit one must be chosen to file the case."""
    case = making.case
    if making.step.name == "change_type":  # the conditions of the new type are not known yet
        return forms.CharField(required=False, widget=forms.HiddenInput)
    limits = CaseLimit.objects.filter(type_id=case.type_id, valid_to=None).order_by("condition")
    known = {row.condition: _condition_name(row) for row in limits}
    open_yet = bool(known) and case.condition not in known
    making.required = making.required or open_yet
    found = _choice(making, [*([] if case.condition in known else making.empty), *known.items()])
    found.initial = (
        case.condition if case.condition in known else next(iter(known)) if len(known) == 1 else None
    )
    if open_yet:
        found.help_text = _("The handling limit depends on it.")
    return found


def _condition_name(row: CaseLimit) -> str:
    name = (row.condition_name_en if english() else row.condition_name) or row.condition_name
    return name or (_("in general") if row.condition == "default" else row.condition)


def _result(making: Making) -> forms.Field:
    words = [(key, pair[1 if english() else 0]) for key, pair in RESULT_WORDS.items()]
    return forms.ChoiceField(choices=words, required=making.required, widget=forms.RadioSelect)


def _outcome(making: Making) -> forms.Field:
    words = [(key, name_of(word)) for key, word in outcomes().items()]
    found = _choice(making, [("", _("leave open")), *words])
    found.initial = making.case.outcome or _usual_outcome(making)
    return found


def _usual_outcome(making: Making) -> str:
    """What the limit's row names as the outcome of this type and condition."""
    rows = CaseLimit.objects.filter(type_id=making.case.type_id, valid_to=None).exclude(outcome="")
    found = {row.condition: row.outcome for row in rows}
    return found.get(making.case.condition) or found.get("default", "")


def _method(making: Making) -> forms.Field:
    return forms.CharField(required=making.required, max_length=12)


def _until(making: Making) -> forms.Field:
    zone = habits(making.case.district_id).zone
    years = habits(making.case.district_id).policy("suspension_years", making.on)
    local = making.on.astimezone(zone)
    attrs = {
        "type": "datetime-local", "min": f"{local:%Y-%m-%dT%H:%M}",
        "max": f"{local.year + int(years)}-{local:%m-%dT%H:%M}".replace("-02-29T", "-02-28T"),
    }  # fmt: skip
    hint = _("At most %(years)s year(s) from now; the clock stands still until then.") % {"years": int(years)}
    return LocalMoment(zone=zone, required=making.required, help_text=hint, widget=forms.DateTimeInput(attrs))


def _urgent(making: Making) -> forms.Field:
    return forms.BooleanField(required=False, initial=making.case.urgent, label=_l("Urgent"))


def _degrees(name: str) -> Callable[[Making], forms.Field]:
    def make(making: Making) -> forms.Field:
        attrs = {"step": "any", "inputmode": "decimal"}
        return forms.FloatField(
            required=making.required, initial=getattr(making.case, name), widget=forms.NumberInput(attrs)
        )

    return make


def _address(making: Making) -> forms.Field:
    return forms.CharField(required=False, max_length=250, initial=making.case.address)


def _text(making: Making) -> forms.Field:
    return forms.CharField(required=making.required, max_length=2000, widget=forms.Textarea({"rows": 3}))


def _choice(making: Making, choices: Choices) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=choices, required=making.required, coerce=lambda v: int(v) if str(v).isdecimal() else v,
        empty_value=None,
    )  # fmt: skip


_MAKERS: dict[str, Callable[[Making], forms.Field]] = {
    "account": _account, "unit": _unit, "other": _other, "type": _type, "condition": _condition,
    "result": _result, "outcome": _outcome, "method": _method, "until": _until, "urgent": _urgent,
    "lon": _degrees("lon"), "lat": _degrees("lat"), "address": _address, "reason": _text, "note": _text,
}  # fmt: skip


def field_of(fact: Fact, making: Making) -> forms.Field:
    """The form field in which a person states the fact."""
    field = _MAKERS[fact.name](making)
    field.label = fact.words("en" if english() else "zh").capitalize()
    return field


@cache
def _canned() -> dict[str, list[dict[str, str]]]:
    known: dict[str, list[dict[str, str]]] = yaml.safe_load(
        (Path(__file__).parent / "canned.yaml").read_text(encoding="utf-8")
    )
    return known


def ready_texts(step: str) -> Iterable[str]:
    """The ready texts of a step in the language of the page."""
    return [one["en" if english() else "zh"] for one in _canned().get(step, [])]
