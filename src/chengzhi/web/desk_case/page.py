"""The case page: what happened, what is next, who, until when?"""

from hashlib import blake2b

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.cases.clocks import lamp
from chengzhi.cases.models import Case
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk_case.finding import case_of
from chengzhi.web.desk_case.sight import Sight

_LATEST = """
SELECT (SELECT max(id) FROM ledger_entry WHERE thing = 'case' AND thing_id = %(case)s),
       count(*), max(released_at)
FROM cases_casephoto WHERE case_id = %(case)s"""


@permitted("case.view")
def page(request: Request, number: str) -> HttpResponse:
    """The whole page."""
    case, now = case_of(request, number), clock.now()
    facts = {"sight": Sight(case, request.actor, now), "case": case, "tag": tag_of(request, case), "now": now}
    return render(request, "desk_case/case.html", facts)


@permitted("case.view")
@require_GET
def live(request: Request, number: str) -> HttpResponse:
    """The part that changes while one looks at it; 304 while nothing did."""
    case, now = case_of(request, number), clock.now()
    tag = tag_of(request, case)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    facts = {"sight": Sight(case, request.actor, now), "case": case, "now": now}
    response = render(request, "desk_case/_live.html", facts)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def tag_of(request: Request, case: Case) -> str:
    """Changes with what the live part shows: the case, its record and photos, the lamp, the reader."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"case": case.pk})
        latest = cursor.fetchone()
    actor = request.actor
    seen = (
        case.pk, case.version, latest, lamp(case, clock.now()),
        actor.account_id, sorted(actor.permissions), sorted(actor.unit_ids), request.LANGUAGE_CODE,
    )  # fmt: skip
    return f'"{blake2b(repr(seen).encode(), digest_size=12).hexdigest()}"'
