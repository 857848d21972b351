"""A party's own page: what applies to it, its permits and checks, what is open about it, and its answer.

The code in the address is the key: nobody is logged in, nothing is counted but how often a
network address asks, and no reporter stands anywhere on the page.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.about import objects_of
from chengzhi.cases.answered import take_answer
from chengzhi.cases.models import Case
from chengzhi.cases.states import CLOSINGS, FILED
from chengzhi.cases.tables import CaseObject
from chengzhi.errors import Problem
from chengzhi.files.actions import store
from chengzhi.inspections.models import Visit
from chengzhi.people.actor import Actor
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.parties import party_by_code
from chengzhi.registers.party_queries import objects_of_party
from chengzhi.registers.said import MOST_FILES, said_of
from chengzhi.reports.rates import count_send
from chengzhi.web.access import public
from chengzhi.web.desk.asking import today
from chengzhi.web.party.applying import applying
from chengzhi.web.party.checks import Check, checks_of
from chengzhi.web.public import drafts, wording
from chengzhi.web.public.districts import client_address, district_of_page
from chengzhi.web.public.districts import page as render_page
from chengzhi.web.public.following import promise
from chengzhi.web.registers.said import RESULTS
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.words import kind_name, party_kind_name

LATELY = timedelta(days=90)
"""How long a case that has ended is still told."""
MOST = 30
SECRET = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


def _party(request: HttpRequest, code: str) -> Party:
    """The party of the code; each asking is counted, so that nobody tries codes. Raises Http404."""
    count_send("look_up", client_address(request), on=clock.now())
    found = party_by_code(code)
    if found is None:
        raise Http404("no such page")
    return found


@public
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD"])
def own(request: HttpRequest, code: str) -> HttpResponse:
    """The page."""
    return _page(request, code, _party(request, code))


def _page(request: HttpRequest, code: str, party: Party, problem: Problem | None = None) -> HttpResponse:
    district = district_of_page(request, party.district.slug)
    day, things = today(district.zone, clock.now()), objects_of_party(party.pk)
    cases = _cases(things, day)
    context: dict[str, Any] = {
        "district": district, "party": party, "kind": party_kind_name(party.kind), "code": code,
        "things": [(one, kind_name(kind_of(one.kind)), _state(one), _late(one, day)) for one in things[:MOST]],
        "applying": applying(things, day), "permits": _permits(party, things, day), "checks": _checks(things),
        "open": [one for one in cases if one["open"]], "ended": [one for one in cases if not one["open"]],
        "said": [(one, RESULTS.get(one.result, "")) for one in said_of(party)[:MOST]],
        "done": request.GET.get("done", ""), "problem": problem, "most": MOST_FILES,
        "typed": request.POST.get("text", ""), "typed_at": request.POST.get("about", ""),
    }  # fmt: skip
    response = render_page(request, "party/own.html", context, status=problem.status if problem else 200)
    for name, value in SECRET.items():
        response[name] = value
    return response


def _state(thing: RegisteredObject) -> str:
    return state_words(kind_of(thing.kind), thing.state)


def _late(thing: RegisteredObject, day: date) -> bool:
    return thing.permit_until is not None and thing.permit_until < day


def _permits(party: Party, things: list[RegisteredObject], day: date) -> list[tuple[Permit, bool]]:
    """Permits it holds or its objects have, the newest first, and whether each is in force."""
    mine = Q(party=party) | Q(party=None, object__in=[one.pk for one in things])
    rows = Permit.objects.filter(mine).select_related("object").order_by("-starts_on", "-id")[:MOST]
    return [(one, one.ended_on is None and (one.ends_on is None or one.ends_on >= day)) for one in rows]


def _checks(things: list[RegisteredObject]) -> list[Check]:
    rows = Visit.objects.filter(object__in=[one.pk for one in things]).select_related("object")
    return checks_of(rows.order_by("-visited_at", "-id").prefetch_related("findings", "readings")[:MOST])


def _cases(things: list[RegisteredObject], day: date) -> list[dict[str, Any]]:
    """The cases about its objects: open ones, and those of the last months that ended.

    Only what the district has taken on: a report nobody has verified yet is no matter of the party.
    Of a case its kind, place, state and deadline are told: words and photos may tell who reported.
    """
    names = {one.pk: one.name for one in things}
    ended = Q(state__in=CLOSINGS, closed_at__date__gte=day - LATELY)
    rows = Case.objects.filter(Q(state__in=FILED) | ended, about__object__in=list(names)).distinct()
    found = list(rows.select_related("type", "area", "street_area").order_by("-reported_at", "-pk")[:MOST])
    about: dict[int, list[str]] = {}
    links = CaseObject.objects.filter(case__in=found, object__in=list(names))
    for case_id, object_id in links.values_list("case_id", "object_id"):
        about.setdefault(case_id, []).append(names[object_id])
    return [_told(case, "、".join(about.get(case.pk, ()))) for case in found]


def _told(case: Case, about: str) -> dict[str, Any]:
    return {
        "case": case, "open": case.closed_at is None, "state": wording.state_word(case.state),
        "tone": wording.state_tone(case.state), "sentence": wording.state_sentence(case),
        "promise": promise(case), "about": about,
    }  # fmt: skip


@public
@csrf_exempt
@require_POST
def say(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """“I have corrected it”, with photos, or “I object”; somebody looks, nothing closes by itself."""
    if what not in ("corrected", "objects"):
        raise Http404(what)
    party, on = _party(request, code), clock.now()
    try:
        drafts.check_length(request)
        count_send("note", f"party\x1f{party.pk}", on=on)
        _take(request, party, what)
    except Problem as problem:
        return _page(request, code, party, problem)
    response = HttpResponseRedirect(reverse("party:own", args=[code]) + f"?done={what}#said")
    response.status_code = 303
    return response


def _take(request: HttpRequest, party: Party, what: str) -> None:
    on, things = clock.now(), {one.pk: one for one in objects_of_party(party.pk)}
    case = _case(request.POST.get("case", ""), things)
    thing = things.get(_number(request.POST.get("object", "")))
    if case is not None and thing is None:
        thing = next((things[one.pk] for one in objects_of(case.pk) if one.pk in things), None)
    sent = request.FILES.getlist("photo")[:MOST_FILES]
    files = [
        store(one, district_id=party.district_id, kind="photo", by=None, on=on, draft=True).file.pk  # type: ignore[arg-type]
        for one in sent
    ]
    take_answer(
        party, kind=what, text=request.POST.get("text", ""), file_ids=files, case=case, thing=thing,
        by=Actor.resident(), on=on,
    )  # fmt: skip


def _case(number: str, things: dict[int, RegisteredObject]) -> Case | None:
    """An open case about one of its objects; any other number says nothing of whether it exists."""
    if not number:
        return None
    rows = Case.objects.filter(about__object__in=list(things), number=number, state__in=FILED)
    found = rows.distinct().first()
    if found is None:
        raise Http404(_("There is no such open case here."))
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
