"""Hours of study: one's own lines and what the rules say of them; for who leads a body, met or not by name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.branch.lectures import queries, study
from chengzhi.branch.organisation.models import Member
from chengzhi.branch.organisation.queries import members_in
from chengzhi.branch.organisation.rules import member_of
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.lectures.listing import number_in
from chengzhi.web.lectures.one import show
from chengzhi.web.manage.days import DayField

LINES = 100


class LineForm(forms.Form):
    """One course in one line."""

    member = forms.ModelChoiceField(label=_("Person"), queryset=Member.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Course"), max_length=120)
    course_on = DayField(label=_("Day"))
    amount = forms.DecimalField(label=_("Hours of study (学时)"), max_digits=5, decimal_places=1)

    def __init__(self, people: Any, *args: Any) -> None:
        super().__init__(*args)
        if people is None:
            del self.fields["member"]
        else:
            self.fields["member"].queryset = people  # type: ignore[attr-defined]


def _entered(request: Request, form: LineForm, own: Member | None) -> Problem | None:
    """Write the line of a valid form; what was refused, if anything."""
    said = dict(form.cleaned_data)
    member = said.pop("member", None) or own
    if member is None:
        raise Http404
    try:
        study.enter(member, **said, by=request.actor, on=clock.now())
    except Problem as refused:
        return refused
    messages.success(request, gettext("Entered."))
    return None


@permitted("branch.view")
def mine(request: Request) -> HttpResponse:
    """One's own standing and lines; one line to enter a course elsewhere."""
    own = member_of(request.actor)
    form, problem = LineForm(None, request.POST or None), None
    if own is not None and form.is_valid():
        problem = _entered(request, form, own)
        if problem is None:
            return redirect("lectures:hours")
    standing = next(iter(study.of_actor(request.actor)), None)
    facts = {
        "member": own, "verdicts": standing.verdicts if standing else (), "form": form, "problem": problem,
        "lines": study.own_lines(request.actor)[:LINES], "led": study.led_bodies(request.actor),
        "for_others": study.entered_by(request.actor)[:LINES], "year": request.actor.day.year,
    }  # fmt: skip
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "lectures/hours.html", facts, status=status)


@permitted("branch.view")
def body(request: Request, code: str) -> HttpResponse:
    """Met, not met or exempt, by name; for who leads the body alone."""
    found = (
        study.led_bodies(request.actor).filter(code=code, district_id=request.actor.district_id or 0).first()
    )
    if found is None:
        raise Http404(code)
    day = request.actor.day
    people = Member.objects.filter(pk__in=[one.pk for one in members_in(found.pk, day)]).order_by(
        "name", "pk"
    )
    form, problem = LineForm(people, request.POST or None), None
    if form.is_valid():
        problem = _entered(request, form, None)
        if problem is None:
            return redirect("lectures:body_hours", code)
    standings, shares = study.of_body(found, day)
    facts = {"body": found, "standings": standings, "shares": shares, "form": form, "problem": problem,
             "year": day.year}  # fmt: skip
    status = problem.status if problem else 422 if form.is_bound else 200
    return render(request, "lectures/body_hours.html", facts, status=status)


@permitted("branch.view")
@require_POST
def take_out(request: Request, line: int) -> HttpResponse:
    """Take out a line of one's own, or one entered for another."""
    study.take_out(line, by=request.actor, on=clock.now())
    messages.success(request, gettext("Taken back."))
    return redirect("lectures:hours")


@permitted("branch.view")
@require_POST
def credit(request: Request, number: str) -> HttpResponse:
    """Enter the hours of a lecture: one's own, or those of the members ticked on the paper list."""
    lecture = queries.lecture(number, by=request.actor)
    own = member_of(request.actor)
    ticked = [pk for pk in map(number_in, request.POST.getlist("member")) if pk]
    chosen = (
        list(Member.objects.filter(pk__in=ticked, district_id=lecture.district_id))
        if ticked
        else [own]
        if own
        else []
    )
    try:
        new = study.credit(number, chosen, by=request.actor, on=clock.now())
    except Problem as refused:
        return show(request, lecture, refused)
    messages.success(request, gettext("Entered for %(count)d.") % {"count": new})
    return redirect("lectures:lecture", number)
