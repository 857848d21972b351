"""One lecture: what it rests on, the figures, map and cases of its domain, what came of it; and its steps."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.branch.lectures import figures, queries, study
from chengzhi.branch.lectures.actions import AFTERWARDS, PREPARING, advance_lecture
from chengzhi.branch.lectures.life import COMMITTEE, LEAD, LIVE, MEMBER, PAPER
from chengzhi.branch.lectures.models import Lecture, StudyLine
from chengzhi.branch.lectures.workings import today
from chengzhi.branch.organisation.queries import members_in
from chengzhi.branch.organisation.rules import member_of, standing_of
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.lifecycle.workings import Fact
from chengzhi.web.access import Request, permitted
from chengzhi.web.lectures.showing import changed, label_words, language, of_domain, row
from chengzhi.web.manage.days import DayField
from chengzhi.web.shell.telling import history_of


class StepForm(forms.Form):
    """What one person states when taking a step: a field per fact, filled with what is known."""

    def __init__(self, button: Button, lecture: Lecture, day: date, *args: Any) -> None:
        super().__init__(*args)
        for fact, required in [(f, True) for f in button.wants] + [(f, False) for f in button.optional]:
            self.fields[fact.name] = _field(fact, required, lecture, day)
            self.fields[fact.name].initial = _known(fact.name, lecture, day)

    def facts(self) -> dict[str, Any]:
        """What was stated."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


def _field(fact: Fact, required: bool, lecture: Lecture, day: date) -> forms.Field:
    label = fact.words(language())
    label = label[:1].upper() + label[1:]
    if fact.kind == "date":
        return DayField(label=label, required=required)
    if fact.kind == "number":
        return forms.DecimalField(label=label, required=required, max_digits=6, decimal_places=1)
    if fact.kind == "choice":
        words = {LIVE: _("entered by hand now"), PAPER: _("from a paper list")}
        return forms.ChoiceField(label=label, required=required, choices=list(words.items()))
    if fact.kind == "id":
        people = [("", "—"), *((one.pk, one.name) for one in members_in(lecture.body_id, day))]
        return forms.ChoiceField(label=label, required=required, choices=people)
    widget = forms.Textarea({"rows": 3}) if fact.private else forms.TextInput({"maxlength": 120})
    return forms.CharField(label=label, required=required, max_length=4000, widget=widget)


def _known(name: str, lecture: Lecture, day: date) -> Any:
    """What the program knows already, so that nobody types it."""
    if name == "held_on":
        return min(lecture.planned_for, day)
    if name == "expected":
        return queries.should_attend(lecture.body_id, lecture.district_id, day)
    if name == "speaker":
        return lecture.speaker_id
    return getattr(lecture, name) if name in ("theme", "aim", "prompts", "spot", "planned_for") else None


@permitted("branch.view")
def page(request: Request, number: str) -> HttpResponse:
    """Everything about one lecture, for who belongs to its body or leads it."""
    return show(request, queries.lecture(number, by=request.actor))


def show(request: Request, lecture: Lecture, problem: Problem | None = None) -> HttpResponse:
    """The page, with what was refused at its head."""
    on, standing = clock.now(), standing_of(request.actor)
    here = {name: lecture.body_id in standing.where(name) for name in (MEMBER, COMMITTEE, LEAD)}
    facts = {
        **row(lecture), **of_domain(lecture, by=request.actor, on=on), "problem": problem,
        "buttons": [(one, one.step.words(language())) for one in buttons(request.actor, lecture, on=on)],
        "history": history_of(lecture, on, words=label_words()), "texts": lecture.texts.order_by("pk"),
        "materials": lecture.materials.select_related("file").order_by("pk"),
        "questions": lecture.questions.order_by("pk"), "changes": [changed(one) for one in queries.decisions(lecture)],
        "may_prepare": here[COMMITTEE] and lecture.state in PREPARING,
        "may_hand_out": here[COMMITTEE] and lecture.state in PREPARING + AFTERWARDS,
        "may_note": here[MEMBER] and lecture.state in AFTERWARDS, "may_drop": here[COMMITTEE] and lecture.state in AFTERWARDS,
        "people": members_in(lecture.body_id, today(lecture.district_id, on)),
        "metrics": [(key, one.name(language())) for key, one in figures.offered().items()],
        **_hours(request, lecture, here[LEAD]),
    }  # fmt: skip
    return render(request, "lectures/lecture.html", facts, status=problem.status if problem else 200)


def _hours(request: Request, lecture: Lecture, leads: bool) -> dict[str, Any]:
    """Whether the person may enter the hours of this lecture, for himself and for others."""
    if lecture.state not in study.HELD or not lecture.hours or lecture.held_on is None:
        return {"counts": False}
    there, own = members_in(lecture.body_id, lecture.held_on), member_of(request.actor)
    mine = own is not None and own in there
    done = mine and StudyLine.objects.filter(lecture=lecture, member=own).exists()
    return {
        "counts": True,
        "own_hours": mine and not done,
        "own_done": done,
        "credit_to": there if leads else [],
    }


@permitted("branch.view")
def step(request: Request, number: str, step: str) -> HttpResponse:
    """The form of a step, and the step itself."""
    lecture, on = queries.lecture(number, by=request.actor), clock.now()
    button = next((one for one in buttons(request.actor, lecture, on=on) if one.step.name == step), None)
    if button is None:
        raise Http404(step)
    posted = request.POST if request.method == "POST" else None
    form, problem = StepForm(button, lecture, today(lecture.district_id, on), posted), None
    if posted is not None and (form.is_valid() or not form.fields):
        try:
            advance_lecture(number, step, by=request.actor, on=on, **(form.facts() if form.fields else {}))
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Done: %(step)s.") % {"step": button.step.words(language())})
            return redirect("lectures:lecture", number)
    facts = {"lecture": lecture, "button": button, "form": form, "problem": problem,
             "label": button.step.words(language()), "back": reverse("lectures:lecture", args=(number,))}  # fmt: skip
    status = problem.status if problem else 422 if posted is not None else 200
    return render(request, "lectures/step.html", facts, status=status)


@permitted("branch.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    take_back(queries.lecture(number, by=request.actor), event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("lectures:lecture", number)
