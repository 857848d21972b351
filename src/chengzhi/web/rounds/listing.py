"""The rounds of the district, newest first, and where each stands."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chengzhi.domains import DOMAINS
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import named
from chengzhi.inspections.life import ROUND_LIFE
from chengzhi.inspections.models import Approval, Round
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import domain_named, language, local

PAGE = 40


@permitted("inspection.view")
@require_GET
def page(request: Request) -> HttpResponse:
    """`?domain=` and `?state=` narrow, `?before=` pages on."""
    rows = Round.objects.filter(district_id=request.actor.district_id or 0).order_by("-id")
    domain, state = request.GET.get("domain", ""), request.GET.get("state", "")
    rows = rows.filter(domain=domain) if domain_named(domain) else rows
    rows = rows.filter(state=state) if state in ROUND_LIFE.states else rows
    before = request.GET.get("before", "")
    rows = rows.filter(pk__lt=int(before)) if before.isdecimal() and len(before) < 18 else rows
    counted = rows.annotate(
        all=Count("points"),
        seen=Count("points", filter=Q(points__done_at__isnull=False)),
        left_out=Count("points", filter=Q(points__skipped_at__isnull=False)),
    )
    found = list(counted[: PAGE + 1])
    facts = {
        "rows": [_row(one) for one in found[:PAGE]],
        "domains": [(one.key, local(one), one.key == domain) for one in DOMAINS if one.checklists],
        "states": [(key, ROUND_LIFE.state_words(key, language()), key == state) for key in ROUND_LIFE.states],
        "narrowed": bool(domain or state or before),
        "more": found[PAGE - 1].pk if len(found) > PAGE else 0,
        "asked": Approval.objects.filter(district_id=request.actor.district_id or 0, state="asked").count(),
    }
    return render(request, "rounds/index.html", facts)


def _row(one: Round) -> dict[str, object]:
    domain = domain_named(one.domain)
    return {
        "round": one, "domain": local(domain) if domain else one.domain,
        "check": named(checklist_of(one.checklist)[1]), "state": ROUND_LIFE.state_words(one.state, language()),
    }  # fmt: skip
