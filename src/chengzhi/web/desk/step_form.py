"""The form of a step: one field for each fact a person states when taking it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from chengzhi.cases.facts import RESULT_WORDS
from chengzhi.cases.life import CASE_WORKINGS
from chengzhi.lifecycle.life import Step
from chengzhi.lifecycle.workings import Fact
from chengzhi.places.models import District
from chengzhi.web.desk import filterbar
from chengzhi.web.desk.asking import english

LISTS = {"unit": "unit", "account": "handler", "type": "type"}


class StepForm(forms.Form):
    """Fields made from the table of the life; `stated()` is what the action takes."""

    def __init__(self, step: Step, district: District, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"id_{step.name}_%s")
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(district.zone)
        lists = filterbar.options(district.pk, english())
        for name in (*step.wants, *step.optional):
            fact = CASE_WORKINGS.facts[name]
            field = _field(fact, lists)
            field.required = name in step.wants
            self.fields[name] = field

    def stated(self) -> dict[str, str]:
        """The facts as plain words, without what was left empty."""
        return {
            name: self._plain(value)
            for name, value in self.cleaned_data.items()
            if value not in ("", None, False)
        }

    def _plain(self, value: Any) -> str:
        if isinstance(value, datetime):
            return value.replace(tzinfo=self.zone).isoformat()
        return "true" if value is True else str(value)

    def told(self) -> list[tuple[str, str]]:
        """The facts in words, for the preview."""
        return [
            (str(self.fields[name].label), self._words(name, value)) for name, value in self.stated().items()
        ]

    def _words(self, name: str, value: str) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value)).replace("T", " ") if name != "urgent" else ""


def _field(fact: Fact, lists: dict[str, list[tuple[str, str]]]) -> forms.Field:
    label = fact.label_en.capitalize() if english() else fact.label
    if fact.name in LISTS:
        return forms.ChoiceField(label=label, choices=[("", "—"), *lists[LISTS[fact.name]]])
    if fact.kind == "choice":
        words = [(one, RESULT_WORDS.get(one, (one, one))[1 if english() else 0]) for one in fact.choices]
        return forms.ChoiceField(label=label, choices=[("", "—"), *words])
    if fact.kind == "flag":
        return forms.BooleanField(label=label)
    if fact.kind == "instant":
        return _Moment(label=label, help_text=_("In the district's own time."))
    if fact.kind in ("number", "id"):
        return forms.CharField(label=label, max_length=30)
    rows = 2 if fact.private else 1
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": rows}))


class _Moment(forms.DateTimeField):
    """Day and clock time without a zone: the zone is that of the district."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        """The moment as typed, without a zone."""
        if not value:
            return None
        try:
            return datetime.fromisoformat(str(value)).replace(tzinfo=None)
        except ValueError:
            raise forms.ValidationError(_("This is no day and time."), code="invalid") from None
