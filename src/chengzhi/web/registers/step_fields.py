"""The fields a step's form is made of, one maker per fact of `registers.facts`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.lifecycle.buttons import Button
from chengzhi.lifecycle.workings import Fact
from chengzhi.registers.checks import in_force
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.queries import nearest
from chengzhi.web.registers.fields import ObjectField, PartyField
from chengzhi.web.registers.words import day_text, language, party_kind_name

LONG = frozenset({"reason", "conditions", "use"})
NEAREST = 8
STATES: dict[str, tuple[str, ...]] = {"alternative_is_free": ("free",), "alternative_is_open": ("in_use",)}
"""Need of a step → the states that fulfil it; the step itself asks again."""


@dataclass(frozen=True)
class Making:
    """What the makers know: the object and its kind, the day, whether the fact must be stated."""

    thing: RegisteredObject
    kind: Kind
    step: str
    day: date
    required: bool
    needs: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...] | None:
        """The states in which another object may be named, as far as the step wants one."""
        return next((STATES[need] for need in self.needs if need in STATES), None)


def _day(making: Making) -> forms.Field:
    return forms.DateField(
        required=making.required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def _starts(making: Making) -> forms.Field:
    field = _day(making)
    field.initial = making.day if making.required else None
    return field


def _text(longest: int) -> Callable[[Making], forms.Field]:
    return lambda making: forms.CharField(required=making.required, max_length=longest)


def _prose(making: Making) -> forms.Field:
    return forms.CharField(
        required=making.required, max_length=2000, widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


def _number(making: Making) -> forms.Field:
    attrs = {"step": "any", "inputmode": "decimal", "min": "0"}
    return forms.FloatField(required=making.required, min_value=0, widget=forms.NumberInput(attrs))


def _party(making: Making) -> forms.Field:
    hint = _("Begin to type and choose; the number after # tells two of one name apart.")
    return PartyField(
        making.thing.district_id, making.kind.party, required=making.required, max_length=120,
        help_text=hint, label=party_kind_name(making.kind.party),
    )  # fmt: skip


def _permit(making: Making) -> forms.Field:
    rows = in_force(making.thing.pk, making.day)
    if making.step == "renew_permit":  # one that has run out may still be renewed, once: the step says so
        rows = making.thing.permits.filter(ended_on=None)
    choices = [(one.pk, _permit_words(one)) for one in rows.order_by("-starts_on", "-id")[:30]]
    empty: list[tuple[Any, str]] = [] if len(choices) == 1 else [("", "—")]
    return forms.TypedChoiceField(choices=[*empty, *choices], required=making.required, coerce=int)


def _permit_words(permit: Any) -> str:
    ends = day_text(permit.ends_on) if permit.ends_on else _("without end")
    return f"{permit.number or '—'} · {day_text(permit.starts_on)} – {ends}"


def _object(making: Making) -> forms.Field:
    """Another object of the kind, the nearest offered: only what could take its place when it must."""
    field = ObjectField(making.thing.district_id, making.kind.key, required=making.required)
    found = near(making.thing, making.states)
    field.near = found  # type: ignore[attr-defined]
    field.help_text = _("Type its number, or choose one of the nearest.") if found else _("Type its number.")
    return field


def near(
    thing: RegisteredObject, states: tuple[str, ...] | None = None
) -> list[tuple[RegisteredObject, float]]:
    """The nearest others of its kind, with metres; `states` narrows them."""
    if thing.lon is None or thing.lat is None:
        return []
    found = nearest(thing.district_id, thing.kind, thing.lon, thing.lat, limit=NEAREST + 1, states=states)
    return [(one, metres) for one, metres in found if one.pk != thing.pk][:NEAREST]


def _file(making: Making) -> forms.Field:
    hint = _("A scan or photo as PDF, JPEG or PNG.")
    return forms.FileField(
        required=making.required, help_text=hint,
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )  # fmt: skip


_MAKERS: dict[str, Callable[[Making], forms.Field]] = {
    "until": _day, "day": _starts, "starts_on": _starts, "ends_on": _day, "alternative": _object,
    "other": _object, "party": _party, "permit": _permit, "file": _file, "area": _number,
    "number": _text(80), "lot_draw": _text(200), "receipt": _text(200), "authority": _text(120),
    "notice": _text(80), "issued_by": _text(120), "reason": _prose, "conditions": _prose, "use": _text(200),
}  # fmt: skip


def field_of(fact: Fact, making: Making) -> forms.Field:
    """The form field in which a person states the fact."""
    field = _MAKERS.get(fact.name, _prose)(making)
    if not field.label:
        words = fact.words(language())
        field.label = words[:1].upper() + words[1:]
    return field


class StepForm(forms.Form):
    """What one person states when taking one step on one object."""

    def __init__(self, thing: RegisteredObject, kind: Kind, button: Button, day: date, *args: Any) -> None:
        super().__init__(*args)
        asked = [(fact, True) for fact in button.wants] + [(fact, False) for fact in button.optional]
        for fact, required in asked:
            making = Making(thing, kind, button.step.name, day, required, button.step.needs)
            self.fields[fact.name] = field_of(fact, making)

    @property
    def near(self) -> list[tuple[RegisteredObject, float]]:
        """The nearest others, for the list beside the field."""
        named = (self.fields[one] for one in ("alternative", "other") if one in self.fields)
        return next((getattr(field, "near", []) for field in named), [])

    @property
    def with_file(self) -> bool:
        """Whether a file may be sent."""
        return "file" in self.fields

    @property
    def with_party(self) -> bool:
        """Whether a party is named."""
        return "party" in self.fields

    def facts(self) -> dict[str, Any]:
        """What was stated; empty fields and the file itself are left out."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        return {name: value for name, value in said.items() if value not in (None, "")}
