"""Steps of a round, an approval or a deduction: which are offered, their form, taking them, telling them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.inspections.models import Deduction
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.undo import undo
from chengzhi.lifecycle.workings import Fact
from chengzhi.web.access import Request
from chengzhi.web.field.wording import language
from chengzhi.web.manage.days import DayField
from chengzhi.web.shell.telling import Told, history_of

Take = Callable[[str, dict[str, Any], datetime], Any]
GIVES_UP = frozenset({"cancel", "refuse", "withdraw", "drop"})
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Offered:
    """A step as a page offers it."""

    button: Button
    url: str

    @property
    def primary(self) -> bool:
        """Whether it leads on; a step that gives something up never stands out."""
        return self.button.step.name not in GIVES_UP

    @property
    def label(self) -> str:
        """What the button says."""
        return self.button.step.words(language())


class StepForm(forms.Form):
    """What one person states when taking a step: a field per fact."""

    def __init__(self, button: Button, zone: ZoneInfo, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        for fact, required in [(f, True) for f in button.wants] + [(f, False) for f in button.optional]:
            self.fields[fact.name] = _field(fact, required)

    def facts(self) -> dict[str, Any]:
        """What was stated; a day counts to its end on the district's wall."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return {
            name: datetime.combine(value, END_OF_DAY, self.zone) if _is_day(value) else value
            for name, value in said.items()
        }


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _field(fact: Fact, required: bool) -> forms.Field:
    label = fact.words(language())
    label = label[:1].upper() + label[1:]
    if fact.kind == "instant":
        return DayField(label=label, required=required)
    if fact.kind == "number":
        return forms.DecimalField(label=label, required=required, max_digits=12, decimal_places=2)
    if fact.kind == "choice":
        return forms.ChoiceField(
            label=label,
            required=required,
            choices=[("", "—"), *((key, _choice(key)) for key in fact.choices)],
        )
    widget = forms.Textarea({"rows": 3}) if fact.private else forms.TextInput({"maxlength": 60})
    return forms.CharField(label=label, required=required, max_length=2000, widget=widget)


def _choice(key: str) -> str | Promise:
    return dict(Deduction.Decision.choices).get(key, key)


def offers(request: Request, thing: Any, address: Callable[[str], str]) -> list[Offered]:
    """The steps this person may take from the thing's state."""
    found = buttons(request.actor, thing, on=clock.now())
    return [Offered(one, address(one.step.name)) for one in found]


def take(request: Request, thing: Any, name: str, *, by: Take, back: str, title: str) -> HttpResponse:
    """The form of a step (GET or first POST without facts) and the step itself (POST). 404 if not offered."""
    on = clock.now()
    button = next((b for b in buttons(request.actor, thing, on=on) if b.step.name == name), None)
    if button is None:
        raise Http404(name)
    form = StepForm(
        button, habits(thing.district_id).zone, request.POST if request.method == "POST" else None
    )
    problem: Problem | None = None
    if request.method == "POST" and (form.is_valid() or not form.fields):
        try:
            by(name, form.facts() if form.fields else {}, on)
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(language())})
            return redirect(back)
    facts = {"button": button, "form": form, "problem": problem, "back": back, "title": title,
             "label": button.step.words(language())}  # fmt: skip
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "rounds/step.html", facts, status=status)


def take_back(request: Request, thing: Any, event: int, *, back: str) -> HttpResponse:
    """Take the last step back, as long as that may be."""
    undo(thing, event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect(back)


def told(thing: Any, on: datetime) -> list[Told]:
    """What happened to the thing, newest first; a decision in its own words."""
    return history_of(thing, on, words=dict(Deduction.Decision.choices))
