"""One form field per declared fact of a kind, read by the declaration's own rules."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import LONGEST, Field, UnreadableError, read_value
from chengzhi.registers.fields import says
from chengzhi.registers.models import Party, RegisteredObject
from chengzhi.web.registers.words import label_of, local_name


class DeclaredField(forms.Field):
    """A fact of a kind: its widget by type, its value by `read_value`."""

    def __init__(self, declared: Field, **more: Any) -> None:
        self.declared = declared
        widget = _widget(declared)
        super().__init__(label=label_of(declared), required=declared.required, widget=widget, **more)

    def to_python(self, value: Any) -> Any:
        """The value as it is stored. Raises ValidationError."""
        try:
            return read_value(self.declared, value)
        except UnreadableError as error:
            raise ValidationError(says(self.declared, error, value)) from None


def _widget(declared: Field) -> forms.Widget:
    if declared.type == "choice":
        return forms.Select(choices=[("", "—"), *((one.key, local_name(one)) for one in declared.choices)])
    if declared.type == "flag":
        return forms.Select(choices=[("", _("not known")), ("1", _("yes")), ("0", _("no"))])
    if declared.type == "date":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if declared.type == "number":
        return forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", **_bounds(declared)})
    return forms.TextInput(attrs={"maxlength": LONGEST})


def _bounds(declared: Field) -> dict[str, str]:
    bounds = {"min": declared.least, "max": declared.most}
    return {name: f"{value:g}" for name, value in bounds.items() if value is not None}


def shown_value(declared: Field, value: Any) -> Any:
    """A stored value as its widget takes it."""
    if declared.type == "flag" and value is not None:
        return "1" if value else "0"
    return value


class PartyField(forms.CharField):
    """A party by its name, credit code, or the number in `#12`; the value is its key, or None."""

    def __init__(self, district_id: int, kind: str | None, **more: Any) -> None:
        super().__init__(**more)
        self.district_id, self.kind = district_id, kind
        self.widget.attrs |= {"list": "parties", "autocomplete": "off"}

    def clean(self, value: Any) -> int | None:
        """The key of the party. Raises ValidationError when it is none or several."""
        text = super().clean(value)
        if not text:
            return None
        found = self.matches(text)[:2]
        if len(found) == 1:
            return int(found[0].pk)
        if found:
            raise ValidationError(_("Several have this name; choose one from the list, with its number."))
        raise ValidationError(_("There is none of this name yet."), code="unknown")

    def matches(self, text: str) -> "list[Party]":
        """The active parties a text names exactly."""
        rows = Party.objects.filter(district_id=self.district_id, state="active")
        if self.kind:
            rows = rows.filter(kind=self.kind)
        number = text.rpartition("#")[2]
        if "#" in text and number.isdecimal() and len(number) < 19:
            return list(rows.filter(pk=int(number)))
        plain = text.strip()
        return list(rows.filter(name=plain)[:2]) or list(rows.filter(credit_code=plain.upper() or "-")[:2])


def party_text(party: Party | None) -> str:
    """How a party stands in its field."""
    return f"{party.name} #{party.pk}" if party else ""


class ObjectField(forms.CharField):
    """Another object of the register by its number; the value is its key."""

    def __init__(self, district_id: int, kind: str, **more: Any) -> None:
        super().__init__(max_length=40, **more)
        self.district_id, self.kind = district_id, kind
        self.widget.attrs |= {"list": "near-objects", "autocomplete": "off", "class": "code"}

    def clean(self, value: Any) -> int | None:
        """The key of the object. Raises ValidationError."""
        text = super().clean(value).strip()
        if not text:
            return None
        number = text.split()[0]
        rows = RegisteredObject.objects.filter(district_id=self.district_id, kind=self.kind, number=number)
        found = rows.values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("There is no object with this number in this register."))
        return found
