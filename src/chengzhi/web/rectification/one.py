"""One item: what is wrong, its figure, what comes next, its history; and its steps."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.analytics.metrics import METRICS
from chengzhi.branch.organisation.models import Member
from chengzhi.branch.organisation.queries import members_in
from chengzhi.branch.rectification import queries
from chengzhi.branch.rectification.actions import advance_item, attach, reopen, say
from chengzhi.branch.rectification.models import Item, Reading
from chengzhi.branch.rectification.terms import recurrence_since
from chengzhi.cases.habits import habits
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.lifecycle.workings import Fact
from chengzhi.people.models import Account
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField
from chengzhi.web.rectification.ledger import language, shown
from chengzhi.web.shell.telling import Told, history_of

READINGS = 30


class StepForm(forms.Form):
    """What one person states when taking a step: a field per fact."""

    def __init__(self, button: Button, item: Item, day: Any, *args: Any) -> None:
        super().__init__(*args)
        for fact, required in [(f, True) for f in button.wants] + [(f, False) for f in button.optional]:
            self.fields[fact.name] = _field(fact, required, item, day)

    def facts(self) -> dict[str, Any]:
        """What was stated."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def _field(fact: Fact, required: bool, item: Item, day: Any) -> forms.Field:
    label = fact.words(language())
    label = label[:1].upper() + label[1:]
    if fact.kind == "date":
        return DayField(label=label, required=required)
    if fact.kind == "id":
        people = [(one.pk, one.name) for one in members_in(item.body_id, day) if one.pk != item.owner_id]
        return forms.ChoiceField(label=label, required=required, choices=people)
    return forms.CharField(
        label=label, required=required, max_length=4000, widget=forms.Textarea({"rows": 3})
    )


@permitted("branch.view")
def page(request: Request, number: str) -> HttpResponse:
    """Everything about one item, for who belongs to its body or leads it."""
    return _shown(request, queries.item(number, by=request.actor))


def _shown(request: Request, item: Item, problem: Problem | None = None) -> HttpResponse:
    on, metric = clock.now(), METRICS.get(item.metric)
    said = queries.words(item, by=request.actor)
    facts = {
        **shown(item, on), "buttons": [(one, one.step.words(language())) for one in buttons(request.actor, item, on=on)],
        "history": _told(item, on), "problem": problem, "words": said, "member_here": queries.belongs(request.actor, item),
        "own_words": item.words_by is None or item.words_by.account_id == request.actor.account_id,
        "proofs": item.proofs.select_related("case", "other").order_by("pk"), "later": Item.objects.filter(earlier=item).first(),
        "may_reopen": _may_reopen(item, on), "people": _people(item),
        "left": queries.without_owner(Item.objects.filter(pk=item.pk), request.actor).exists(),
        "metric": metric, "metric_name": metric.name(language()) if metric else "",
        "readings": _readings(item, bool(metric and metric.is_rate)), "rate": bool(metric and metric.is_rate),
        "bound": _value(item.bound, bool(metric and metric.is_rate)),
    }  # fmt: skip
    return render(request, "rectification/item.html", facts, status=problem.status if problem else 200)


def _value(value: float | None, rate: bool) -> str:
    if value is None:
        return "—"
    return f"{value * 100:.1f} %" if rate else f"{value:g}"


def _readings(item: Item, rate: bool) -> list[tuple[Reading, str]]:
    rows = Reading.objects.filter(item=item).order_by("-day")[:READINGS] if item.metric else []
    return [(one, _value(one.value, rate)) for one in rows]


def _people(item: Item) -> dict[str, str]:
    """Who found, asked and checked, by name."""
    ids = {"found": item.found_by, "asked": item.asked_by, "checked": item.checked_by}
    names = dict(Account.objects.filter(pk__in={pk for pk in ids.values() if pk}).values_list("pk", "name"))
    return {key: names.get(pk or 0, "") for key, pk in ids.items()}


def _may_reopen(item: Item, on: Any) -> bool:
    ended = item.ended_at
    if ended is None or Item.objects.filter(earlier=item).exists():
        return False
    return habits(item.district_id).day(ended) >= recurrence_since(item.district_id, on)


def _told(item: Item, on: Any) -> list[Told]:
    """The history in sentences; owners by name."""
    members = Member.objects.filter(district_id=item.district_id).values_list("pk", "name")
    return history_of(item, on, words={f"member:{pk}": name for pk, name in members})


@permitted("branch.view")
def step(request: Request, number: str, step: str) -> HttpResponse:
    """The form of a step, and the step itself; one that is not offered is not there."""
    item, on = queries.item(number, by=request.actor), clock.now()
    button = next((one for one in buttons(request.actor, item, on=on) if one.step.name == step), None)
    if button is None:
        raise Http404(step)
    posted = request.POST if request.method == "POST" else None
    form, problem = StepForm(button, item, habits(item.district_id).day(on), posted), None
    if posted is not None and (form.is_valid() or not form.fields):
        try:
            advance_item(number, step, by=request.actor, on=on, **(form.facts() if form.fields else {}))
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(language())})
            return redirect("rectification:item", number)
    facts = {"item": item, "button": button, "form": form, "problem": problem, "label": button.step.words(language()),
             "back": reverse("rectification:item", args=(number,))}  # fmt: skip
    status = problem.status if problem else 422 if posted is not None else 200
    return render(request, "rectification/step.html", facts, status=status)


@permitted("branch.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    take_back(queries.item(number, by=request.actor), event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("rectification:item", number)


@permitted("branch.view")
@require_POST
def reopened(request: Request, number: str) -> HttpResponse:
    """The gap came back: to the page of the new item."""
    try:
        made = reopen(number, by=request.actor, on=clock.now())
    except Problem as refused:
        return _shown(request, queries.item(number, by=request.actor), refused)
    messages.success(request, _("Entered as %(number)s.") % {"number": made.number})
    return redirect("rectification:item", made.number)


@permitted("branch.view")
@require_POST
def evidence(request: Request, number: str) -> HttpResponse:
    """Link a case or another item."""
    said = request.POST
    try:
        attach(number, by=request.actor, on=clock.now(), case_number=said.get("case", "")[:60],
               other_number=said.get("other", "")[:60])  # fmt: skip
    except Problem as refused:
        return _shown(request, queries.item(number, by=request.actor), refused)
    return redirect("rectification:item", number)


@permitted("branch.view")
@require_POST
def words(request: Request, number: str) -> HttpResponse:
    """Set down one's own words."""
    say(number, request.POST.get("words", "")[:4000], by=request.actor, on=clock.now())
    messages.success(request, _("Sealed."))
    return redirect("rectification:item", number)
