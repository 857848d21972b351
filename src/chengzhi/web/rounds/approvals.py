"""Visits to businesses: applications, their steps, and the notice to print."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.habits import habits
from chengzhi.inspections import business, caps
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import named
from chengzhi.inspections.life import APPROVAL_LIFE
from chengzhi.inspections.models import Approval
from chengzhi.registers.kinds import kinds
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.places import place_of
from chengzhi.web.field.wording import language, local
from chengzhi.web.rounds.naming import people_named
from chengzhi.web.rounds.steps import offers, take, take_back, told

PAGE = 50
NOTICEABLE = ("approved", "announced", "used")


def approval_of(request: Request, number: int) -> Approval:
    """An application of the person's district. Raises Http404."""
    rows = Approval.objects.select_related("object__party", "party", "complaint", "round")
    return get_object_or_404(rows, pk=number, district_id=request.actor.district_id)


@permitted("inspection.view")
def listing(request: Request) -> HttpResponse:
    """Applications, newest first; `?state=` narrows them, `?before=` pages on."""
    state = request.GET.get("state", "asked")
    rows = Approval.objects.filter(district_id=request.actor.district_id or 0).order_by("-id")
    if state in APPROVAL_LIFE.states:
        rows = rows.filter(state=state)
    before = request.GET.get("before", "")
    rows = rows.filter(Q(pk__lt=int(before))) if before.isdecimal() else rows
    found = list(rows.select_related("object", "party")[: PAGE + 1])
    who = people_named(one.asked_by for one in found)
    facts = {
        "rows": [
            {"one": one, "check": named(checklist_of(one.checklist)[1]), "who": who.get(one.asked_by, "—"),
             "state": APPROVAL_LIFE.state_words(one.state, language())}
            for one in found[:PAGE]
        ],
        "states": [(key, APPROVAL_LIFE.state_words(key, language())) for key in APPROVAL_LIFE.states],
        "state": state,
        "more": found[PAGE - 1].pk if len(found) > PAGE else 0,
    }  # fmt: skip
    return render(request, "rounds/approvals.html", facts)


@permitted("inspection.view")
def one(request: Request, number: int) -> HttpResponse:
    """One application: what is asked, the cap, the next steps, what happened."""
    found, on = approval_of(request, number), clock.now()
    facts = _facts(found) | {
        "offered": offers(
            request, found, lambda name: reverse("rounds:approval_step", args=[found.pk, name])
        ),
        "history": told(found, on),
        "undo_url": reverse("rounds:approval", args=[found.pk]) + "undo/",
        "visit_url": _visit_url(request, found),
    }
    return render(request, "rounds/approval.html", facts)


def _visit_url(request: Request, found: Approval) -> str:
    if found.state != "announced" or "inspection.visit" not in request.actor.permissions:
        return ""
    return f"{reverse('field:object', args=[found.object_id])}?checklist={found.checklist}"


def _facts(found: Approval) -> dict[str, Any]:
    day = habits(found.district_id).day(clock.now())
    cap = caps.cap_for(found.district_id, found.object.kind, day)
    who = people_named([found.asked_by, found.approved_by])
    place, _where = place_of(found.district_id, None, found.object)
    domain, form = checklist_of(found.checklist)
    kind = kinds().get(found.object.kind)
    return {
        "one": found, "place": place, "check": named(form), "domain": local(domain),
        "items": [named(item) for item in form.items], "kind": local(kind) if kind else "",
        "state": APPROVAL_LIFE.state_words(found.state, language()), "cap": cap,
        "count": caps.visits_counted(found.object, day) if cap else 0,
        "asked_by": who.get(found.asked_by, "—"), "approved_by": who.get(found.approved_by or 0, "—"),
    }  # fmt: skip


@permitted("inspection.view")
def step(request: Request, number: int, name: str) -> HttpResponse:
    """Decide, give notice, withdraw: the form of a step, and the step."""
    found = approval_of(request, number)
    return take(
        request, found, name, back=reverse("rounds:approval", args=[found.pk]), title=str(found.object),
        by=lambda step_name, facts, on: business.advance_approval(
            found.pk, step_name, by=request.actor, on=on, **facts
        ),
    )  # fmt: skip


@permitted("inspection.view")
@require_POST
def undo(request: Request, number: int, event: int) -> HttpResponse:
    """Take the last step back."""
    found = approval_of(request, number)
    return take_back(request, found, event, back=reverse("rounds:approval", args=[found.pk]))


@permitted("inspection.view")
def notice(request: Request, number: int) -> HttpResponse:
    """检查通知书, to print and hand over. 404 before the approval."""
    found = approval_of(request, number)
    if found.state not in NOTICEABLE:
        raise Http404(number)
    return render(request, "rounds/notice.html", _facts(found))
