"""In-app notices: what was said to me, the daily digest, and what could not be sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.notices import actions, queries
from chengzhi.notices.models import DigestChoice
from chengzhi.notices.queries import PAGE, Notice
from chengzhi.notices.texts import kind_name
from chengzhi.web.access import Request, permitted, signed_in


@signed_in
@require_GET
def listing(request: Request) -> HttpResponse:
    """One's own notices, newest first."""
    before = request.GET.get("before", "")
    account = request.actor.account_id
    assert account is not None  # signed_in
    found = queries.inbox(account, int(before) if before.isdecimal() and len(before) < 19 else None)
    daily = DigestChoice.objects.filter(account_id=account, daily=True).exists()
    facts = {
        "rows": _with_cases(found), "daily": daily, "unread": queries.unread(account),
        "next": found[-1].message.pk if len(found) == PAGE else None, "mail": bool(request.user.email),
    }  # fmt: skip
    return render(request, "desk_case/notices.html", facts)


def _with_cases(found: list[Notice]) -> list[dict[str, Any]]:
    """Each notice with the number of its case, looked up together."""
    wanted = {n.message.thing_id for n in found if n.message.thing == "case"}
    numbers = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "number"))
    return [
        {"notice": n, "kind": kind_name(n.message.kind),
         "number": numbers.get(n.message.thing_id) if n.message.thing == "case" else None}
        for n in found
    ]  # fmt: skip


@signed_in
@require_POST
def read(request: Request) -> HttpResponse:
    """Mark one, or all, as read; one of a case leads on to the case."""
    account = request.actor.account_id
    assert account is not None
    chosen = [int(one) for one in request.POST.getlist("notice") if one.isdecimal() and len(one) < 19]
    actions.mark_read(account, chosen or None, on=clock.now())
    number = request.POST.get("case", "")
    return redirect("desk:case", number) if number else redirect("desk:notices")


@signed_in
@require_POST
def digest(request: Request) -> HttpResponse:
    """Ask for one mail a day, or no more."""
    account = request.actor.account_id
    assert account is not None
    daily = "daily" in request.POST
    actions.choose_digest(account, daily)
    messages.success(
        request, _("You get one mail a day when there is something new.") if daily else _("No daily mail.")
    )
    return redirect("desk:notices")


@permitted("messages.manage")
@require_GET
def failed(request: Request) -> HttpResponse:
    """Messages of the district that could not be sent."""
    assert request.actor.district_id is not None
    rows = list(queries.failed(request.actor.district_id)[:PAGE])
    facts = {"rows": [{"message": row, "kind": kind_name(row.kind)} for row in rows]}
    return render(request, "desk_case/failed.html", facts)


@permitted("messages.manage")
@require_POST
def resend(request: Request, message: int) -> HttpResponse:
    """Try one of them again."""
    assert request.actor.district_id is not None
    found = get_object_or_404(queries.failed(request.actor.district_id), pk=message)
    actions.resend(found.pk, by=request.actor, on=clock.now())
    messages.success(request, _("It is sent again within a minute."))
    return redirect("desk:notices_failed")
