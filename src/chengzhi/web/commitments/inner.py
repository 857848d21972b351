"""Inside: the list with the matrix of holes, one promise with its steps, residents' words."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.branch.commitments import queries
from chengzhi.branch.commitments.actions import advance_commitment, moderate
from chengzhi.branch.commitments.content import faults
from chengzhi.branch.commitments.life import OPEN
from chengzhi.branch.commitments.models import Commitment, Level, Sighting
from chengzhi.branch.organisation.rules import may
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import Button, buttons
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.commitments.finding import mine
from chengzhi.web.commitments.showing import curve, language, local, shown_all
from chengzhi.web.shell.telling import history_of

SHOWN = 50
PROGRAM = ("settle_", "amend")


@permitted("branch.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """The promises of one's bodies, and which domains and areas have none (`?level=`)."""
    level = request.GET.get("level", "")
    level = level if level in Level.values else ""
    page = Paginator(queries.visible(request.actor), SHOWN).get_page(request.GET.get("page"))
    facts = {
        "page": page, "rows": shown_all(page), "level": level, "levels": Level.choices,
        "matrix": matrix(request.actor, level), "may_propose": may(request.actor, "branch.member"),
    }  # fmt: skip
    return render(request, "commitments/index.html", facts)


def matrix(actor: Actor, level: str) -> dict[str, Any]:
    """Domains down, areas across, how many promises stand in each; 0 is a hole. Two statements.

    The district's streets are the columns, its communities where it has no streets.
    """
    areas = list(
        Area.objects.filter(district_id=actor.district_id or 0).exclude(level="district").order_by("code")
    )
    streets = [one for one in areas if one.level == Area.Level.STREET] or areas
    above = {one.pk: one.parent_id or one.pk for one in areas}
    columns = {one.pk for one in streets}
    rows = queries.shown_in_matrix(actor)
    rows = rows.filter(level=level) if level else rows
    counted: Counter[tuple[str, int | None]] = Counter()
    for domain, area in rows.values_list("domain", "area_id"):
        counted[domain, area if area is None or area in columns else above.get(area)] += 1
    lines = [
        (local(domain), counted[domain.key, None], [counted[domain.key, one.pk] for one in streets])
        for domain in DOMAINS
    ]
    return {"areas": [local(one) for one in streets], "lines": lines}


@permitted("branch.view")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, number: str) -> HttpResponse:
    """One promise; POST takes a step with its facts and keeps what was typed when it is refused."""
    thing, problem = mine(request, number), None
    if request.method == "POST":
        try:
            _take(request, thing)
            return redirect("commitments:one", number)
        except Problem as refusal:
            problem, thing = refusal, mine(request, number)
    on = clock.now()
    (shown,) = shown_all([thing])
    facts = {
        "shown": shown, "thing": thing, "problem": problem, "typed": request.POST, "curve": curve(shown),
        "buttons": _buttons(request.actor, thing), "zh": language().startswith("zh"),
        "history": history_of(thing, on), "broken": bool(faults([thing])), "answers": queries.answers(thing),
        "words": _words(request.actor, thing), "may_change": thing.state in OPEN - {"examined"},
    }  # fmt: skip
    return render(request, "commitments/one.html", facts, status=problem.status if problem else 200)


def _take(request: Request, thing: Commitment) -> None:
    name = request.POST.get("step", "")
    skipped = ("step", "csrfmiddlewaretoken")
    typed = ((key, str(value).strip()) for key, value in request.POST.items() if key not in skipped)
    said = {key: value for key, value in typed if value}
    advance_commitment(thing.number, name, by=request.actor, on=clock.now(), **said)
    messages.success(request, _("Recorded."))


def _buttons(actor: Actor, thing: Commitment) -> list[Button]:
    """The steps a person takes here; those of the program and the change of content are elsewhere."""
    found = buttons(actor, thing, on=clock.now())
    hidden = {"this_person", "own_promise", "name_hidden", "name_is_shown"}
    return [
        one
        for one in found
        if not one.step.name.startswith(PROGRAM) and not hidden & {unmet.need for unmet in one.unmet}
    ]


def _words(actor: Actor, thing: Commitment) -> list[Sighting]:
    if not may(actor, "branch.lead", thing):
        return []
    return list(Sighting.objects.filter(commitment=thing, words_state="waiting").order_by("id")[:SHOWN])


@permitted("branch.view")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    take_back(mine(request, number), event, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("commitments:one", number)


@permitted("branch.view")
@require_POST
def words(request: Request, number: str, sighting: int) -> HttpResponse:
    """Let a resident's words through, or keep them back."""
    thing = mine(request, number)
    if Sighting.objects.filter(pk=sighting, commitment=thing).exists():
        moderate(sighting, show=request.POST.get("show") == "1", by=request.actor, on=clock.now())
        messages.success(request, _("Recorded."))
    return redirect("commitments:one", number)
