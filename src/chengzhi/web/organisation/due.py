"""What is due in my bodies: said to them, noted by them, with their reason; as a calendar file too."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.organisation import due
from chengzhi.branch.organisation.actions import note_held
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.problems import BadMemberDay
from chengzhi.branch.organisation.queries import bodies
from chengzhi.branch.organisation.rules import member_of, require, standing_of
from chengzhi.errors import Problem
from chengzhi.web.access import Request, permitted
from chengzhi.web.shell import ics
from chengzhi.web.shell.wording import chinese


def _rows(request: Request) -> tuple[list[due.Due], frozenset[int]]:
    standing, day = standing_of(request.actor), request.actor.day
    mine = bodies(request.actor.district_id or 0, day).filter(pk__in=_own(request))
    return due.due(mine, day), standing.where("branch.committee")


def _own(request: Request) -> list[int]:
    """The bodies a person belongs to himself; what lies below is told to those below first."""
    member = member_of(request.actor)
    rows = member.memberships.all() if member else []
    day = request.actor.day
    return [
        row.body_id for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
    ]


@permitted("branch.view")
@require_GET
def page(request: Request) -> HttpResponse:
    """This period and what was missed in the last."""
    rows, leads = _rows(request)
    facts = {"rows": [(one, one.body_id in leads) for one in _shown(rows)], "today": request.actor.day}
    return render(request, "organisation/due.html", facts)


class _Shown:
    """A row as the page shows it: the due thing with the name of its rule in the page's language."""

    def __init__(self, one: due.Due) -> None:
        self.due, self.body, self.body_id = one, one.body, one.body.pk
        self.name = one.rule.name if chinese() else one.rule.name_en


def _shown(rows: list[due.Due]) -> list[_Shown]:
    return [_Shown(one) for one in rows]


@permitted("branch.view")
@require_GET
def calendar(request: Request) -> HttpResponse:
    """The last day of every period that is not done yet, as an .ics file."""
    rows, _leads = _rows(request)
    events = [
        ics.Event(f"due-{one.body.pk}-{one.rule.key}-{one.first}@chengzhi", one.last, f"{shown.name} · {one.body.name}",
                  f"{one.rule.key} {one.rule.article}")
        for shown in _shown(rows) for one in [shown.due] if not one.done and not one.over
    ]  # fmt: skip
    body = ics.calendar_file(events, name=_("What is due"), on=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="due.ics"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@permitted("branch.view")
@require_POST
def note(request: Request, code: str) -> HttpResponse:
    """That something was held on a day, or why it was not; by the committee of the body."""
    body = Body.objects.filter(
        district_id=request.actor.district_id or 0, code=code, pk__in=_own(request)
    ).first()
    if body is None:
        raise Http404(code)
    said: Any = request.POST
    try:
        require(request.actor, "branch.committee", body)
        if said.get("reason"):
            due.give_reason(body=body, key=said.get("rule", ""), first=_day(said.get("first", "")),
                            reason=said["reason"], by=request.actor, on=clock.now())  # fmt: skip
        else:
            note_held(body=body, form=said.get("form", "")[:24], held_on=_day(said.get("day", "")), by=request.actor,
                      on=clock.now(), member=member_of(request.actor))  # fmt: skip
    except Problem as problem:
        messages.error(request, f"{problem.what} {problem.why}")
    else:
        messages.success(request, _("Noted."))
    return redirect("organisation:due")


def _day(text: str) -> date:
    """The day typed. Raises BadMemberDay."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadMemberDay(_("This is no day."), text[:20]) from None
