"""One person of a round: self-appraisal, evidence, result, opinion of the committee, objection and answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.branch.appraisal import evidence as sheets
from chengzhi.branch.appraisal import named_queries, named_reading, named_texts
from chengzhi.branch.appraisal.life import ROUND_LIFE
from chengzhi.branch.appraisal.models import Ratee, Round
from chengzhi.branch.appraisal.named_models import NamedPerson, NamedRound
from chengzhi.branch.organisation.rules import may
from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.appraisal.named import language, state_of
from chengzhi.web.appraisal.named_results import lines


@permitted("branch.view")
def person(request: Request, number: str, person: int) -> HttpResponse:
    """Somebody of a named round, as far as the reader may see him."""
    row = named_queries.named_round(number, by=request.actor)
    one = row.people.select_related("member", "round").filter(pk=person).first()
    if one is None:
        raise Http404(number)
    writes: dict[str, Callable[..., None]] = {
        "opinion": named_texts.opine, "objection": named_texts.protest, "answer": named_texts.reply,
    }  # fmt: skip
    problem = None
    if request.method == "POST":
        write = writes.get(request.POST.get("field", ""))
        if write is None:
            raise Http404(number)
        try:
            write(one, text=request.POST.get("text", ""), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Sealed."))
            return redirect("appraisal:named_person", number, person)
    facts = _person_facts(request.actor, row, one) | {"problem": problem}
    return render(request, "appraisal/named_person.html", facts, status=problem.status if problem else 200)


def _person_facts(actor: Actor, row: NamedRound, one: NamedPerson) -> dict[str, Any]:
    own, committee = named_texts.is_own(one, actor), may(actor, "branch.committee", row)
    objection, answer = named_texts.objection(one, by=actor)
    seen = _seen(actor, row, one, own, committee)
    return {
        "row": row, "one": one, "state": state_of(row), "own": own, "committee": committee, "seen": seen,
        "lines": lines(row, seen) if seen else (), "self_text": named_texts.self_text(one, by=actor),
        "opinion": named_texts.opinion(one, by=actor), "objection": objection, "answer": answer,
        "may_opine": committee and row.state == "closed", "may_protest": own and row.state == "told",
        "may_answer": committee and not own and row.state == "told" and bool(objection),
        "sheet": sheets.of_member(row, one.member_id) if own or committee else None,
        "top": len(row.rules["scale"]),
    }  # fmt: skip


def _seen(
    actor: Actor, row: NamedRound, one: NamedPerson, own: bool, committee: bool
) -> named_reading.Seen | None:
    if own and row.state in ("told", "archived"):
        return named_reading.own(row, by=actor, on=clock.now())
    if committee and named_reading.latest(row, on=clock.now()) is not None:
        found = named_reading.summaries(row, by=actor, on=clock.now())
        return next((said for said in found if said.person.pk == one.pk), None)
    return None


def round_of(number: str, actor: Actor) -> Round:
    """A secret round of a body to which the reader belongs or which he leads; else it is not there."""
    row = (
        Round.objects.select_related("body").filter(district_id=actor.district_id or 0, number=number).first()
    )
    if row is None or not may(actor, "branch.member", row):
        raise Http404(number)
    return row


@permitted("branch.view")
@require_GET
def ratees(request: Request, number: str) -> HttpResponse:
    """The people of a secret round, in the order of its ballot."""
    row = round_of(number, request.actor)
    people = row.ratees.select_related("member").order_by("position")
    facts = {"row": row, "people": people, "state": ROUND_LIFE.state_words(row.state, language()),
             "leads": may(request.actor, "branch.lead", row)}  # fmt: skip
    return render(request, "appraisal/named_ratees.html", facts)


@permitted("branch.view")
def ratee(request: Request, number: str, position: int) -> HttpResponse:
    """Somebody of a secret round: own words and evidence; counts and opinion stand with the results."""
    row, problem = round_of(number, request.actor), None
    one = Ratee.objects.select_related("member", "round").filter(round=row, position=position).first()
    if one is None:
        raise Http404(number)
    if request.method == "POST":
        try:
            named_texts.write_self(one, text=request.POST.get("text", ""), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Sealed."))
            return redirect("appraisal:ratee", number, position)
    actor = request.actor
    own, committee = named_texts.is_own(one, actor), may(actor, "branch.committee", row)
    facts = {
        "row": row, "one": one, "state": ROUND_LIFE.state_words(row.state, language()), "own": own, "problem": problem,
        "self_text": named_texts.self_text(one, by=actor), "may_write": named_texts.may_write_self(one, actor),
        "sheet": sheets.of_member(row, one.member_id) if own or committee else None,
    }  # fmt: skip
    return render(request, "appraisal/named_ratee.html", facts, status=problem.status if problem else 200)
