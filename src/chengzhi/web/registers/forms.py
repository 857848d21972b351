"""The forms of an object, made from what its kind declares."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.domains.kinds import COMPONENT_STATUS, Kind
from chengzhi.people.models import Unit
from chengzhi.places.models import District
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.placing import as_wkt
from chengzhi.registers.problems import FieldFault
from chengzhi.web.registers.fields import DeclaredField, PartyField, party_text, shown_value
from chengzhi.web.registers.words import local_name, party_kind_name

FACT = "fact_"
"""Before the key of a declared fact, so that none hides a field every object has."""
GENERAL = (
    "name",
    "address",
    "lon",
    "lat",
    "shape",
    "unit_id",
    "party_id",
    "component_code",
    "component_status",
)


class ObjectForm(forms.Form):
    """A new object, or the correction of one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=250, required=False)
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(
        self,
        kind: Kind,
        district: District,
        data: Any = None,
        *,
        thing: Any = None,
        place: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(data, initial={**(place or {}), **_initial(kind, thing)})
        self.kind, self.thing = kind, thing
        for one in kind.fields:
            self.fields[FACT + one.key] = DeclaredField(one)
        if kind.party:
            self.fields["party_id"] = self._party(kind, district)
            self.fields["party_new"] = forms.BooleanField(
                required=False, label=_("There is none of this name yet: enter it as a new one")
            )
        if kind.place != "point":
            self.fields["shape"] = _shape(kind)
        self.fields["unit_id"] = _unit(district)
        if kind.components:
            self._component()

    def _party(self, kind: Kind, district: District) -> PartyField:
        hint = _("Begin to type and choose; the number after # tells two of one name apart.")
        return PartyField(
            district.pk, kind.party, required=False, max_length=120,
            label=party_kind_name(kind.party), help_text=hint,
        )  # fmt: skip

    def _component(self) -> None:
        hint = _("17 digits of the national list, if it has one.")
        self.fields["component_code"] = forms.CharField(
            label=_("Component code"), required=False, max_length=20, help_text=hint
        )
        words = [("", "—"), *((key, local_name(one)) for key, one in COMPONENT_STATUS.items())]
        self.fields["component_status"] = forms.ChoiceField(
            label=_("Component status"), required=False, choices=words
        )

    def clean(self) -> dict[str, Any]:
        """Longitude and latitude belong together; an unknown party is one to be entered, if said so."""
        data = super().clean() or self.cleaned_data
        if not {"lon", "lat"} & set(self.errors) and (data.get("lon") is None) != (data.get("lat") is None):
            self.add_error("lat", _("Give both coordinates or none."))
        if data.get("party_new") and self._unknown_party():
            del self.errors["party_id"]
            data["party_name"] = str(self.data.get(self.add_prefix("party_id"), "")).strip()
        return data

    def _unknown_party(self) -> bool:
        errors = self.errors.get("party_id")
        return bool(errors) and any(one.code == "unknown" for one in errors.as_data())  # type: ignore[union-attr]

    @property
    def party_name(self) -> str:
        """The name of a party to be entered first; empty when there is none."""
        return str(self.cleaned_data.get("party_name", ""))

    def said_facts(self) -> dict[str, Any]:
        """The declared facts as stored."""
        return {one.key: self.cleaned_data.get(FACT + one.key) for one in self.kind.fields}

    def said(self) -> dict[str, Any]:
        """The fields every object has."""
        data = self.cleaned_data
        return {name: data.get(name) for name in GENERAL if name in self.fields}

    def take(self, faults: Iterable[FieldFault]) -> None:
        """Put each fault to its field."""
        for fault in faults:
            name = (
                FACT + fault.field
                if FACT + fault.field in self.fields
                else _NAMES.get(fault.field, fault.field)
            )
            self.add_error(name if name in self.fields else None, fault.says)

    @property
    def general(self) -> list[Any]:
        """The fields every object has, as bound."""
        first = ("name", "party_id", "party_new", "unit_id", "component_code", "component_status")
        return [self[name] for name in first if name in self.fields]

    @property
    def facts(self) -> list[Any]:
        """The declared facts, as bound."""
        return [self[FACT + one.key] for one in self.kind.fields]

    @property
    def place(self) -> list[Any]:
        """Where it stands, as bound."""
        return [self[name] for name in ("address", "lon", "lat")]


_NAMES = {"party": "party_id", "unit": "unit_id", "place": "lat"}


def _unit(district: District) -> forms.TypedChoiceField:
    units = Unit.objects.filter(district=district, active=True).order_by("code")
    choices = [("", _("none")), *((one.pk, local_name(one)) for one in units)]
    return forms.TypedChoiceField(
        label=_("Unit in charge"), choices=choices, required=False, coerce=int, empty_value=None
    )


def _initial(kind: Kind, thing: RegisteredObject | None) -> dict[str, Any]:
    if thing is None:
        return {}
    facts = {FACT + one.key: shown_value(one, thing.facts.get(one.key)) for one in kind.fields}
    general = {name: _kept(thing, name) for name in GENERAL if name != "party_id"}
    return {**facts, **general, "party_id": party_text(thing.party)}


def changes(form: ObjectForm, thing: RegisteredObject) -> dict[str, Any]:
    """What a correction changes, as `registers.actions.correct` takes it; facts below their own key."""
    changed = _differing(form.said(), lambda name: _kept(thing, name))
    facts = _differing(form.said_facts(), thing.facts.get)
    if {"lon", "lat"} & changed.keys():
        changed |= {"lon": form.cleaned_data.get("lon"), "lat": form.cleaned_data.get("lat")}
    return {**changed, "facts": facts} if facts else changed


def _kept(thing: RegisteredObject, name: str) -> Any:
    return as_wkt(thing.shape) if name == "shape" else getattr(thing, name)


def _shape(kind: Kind) -> forms.CharField:
    hint = _("Draw it on the map, or paste WKT or GeoJSON in WGS 84, longitude first.")
    box = forms.Textarea({"rows": 3, "spellcheck": "false"})
    return forms.CharField(
        label=_("Line or area"), required=False, max_length=200_000, help_text=hint, widget=box
    )


def _differing(said: Mapping[str, Any], before: Callable[[str], Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if _plain(value) != _plain(before(name))}


def _plain(value: Any) -> Any:
    return "" if value is None else value
