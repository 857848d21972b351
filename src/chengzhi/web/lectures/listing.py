"""The lectures of my bodies, newest first, and which of them are to be looked at again."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chengzhi.branch.lectures import queries
from chengzhi.branch.lectures.life import LECTURE_LIFE, MEMBER
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.domains import DOMAINS
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import domain_named, local
from chengzhi.web.lectures.showing import language, row


def number_in(text: str) -> int | None:
    """A number of an address; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 18 else None


@permitted("branch.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """Narrowed by state, domain and body; `?after=` pages on."""
    asked = request.GET
    state = asked.get("state", "") if asked.get("state", "") in LECTURE_LIFE.states else ""
    domain = asked.get("domain", "") if domain_named(asked.get("domain", "")) else ""
    body = number_in(asked.get("body", ""))
    rows = queries.narrowed(request.actor, state=state, domain=domain, body_id=body)
    found, after = queries.page(rows, number_in(asked.get("after", "")))
    own = standing_of(request.actor).where(MEMBER)
    facts = {
        "rows": [row(one) for one in found], "after": after, "state": state, "domain": domain, "body": body,
        "due": queries.to_look_again(request.actor, request.actor.day)[: queries.PAGE],
        "bodies": Body.objects.filter(pk__in=own).order_by("code"),
        "may_plan": queries.planning_bodies(request.actor).exists(),
        "states": [(key, LECTURE_LIFE.state_words(key, language())) for key in LECTURE_LIFE.states],
        "domains": [(one.key, local(one)) for one in DOMAINS], "narrowed": bool(state or domain or body),
    }  # fmt: skip
    return render(request, "lectures/index.html", facts)
