"""Start page, find my report, about."""

import time
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.places.models import District
from chengzhi.reports import queries
from chengzhi.reports.rates import RATES, count_send
from chengzhi.reports.retention import DEFAULT_DAYS
from chengzhi.web.access import public
from chengzhi.web.public import wording
from chengzhi.web.public.districts import client_address, district_of_page, page
from chengzhi.web.public.following import history, promise

KEEP_SECONDS = 60.0
FRESH_DAYS = 30
_kept: dict[int, tuple[float, dict[str, Any]]] = {}


@public
@require_GET
def home(request: HttpRequest, slug: str = "") -> HttpResponse:
    """What this is, what one can do, and how the district is doing."""
    district = district_of_page(request, slug)
    return page(request, "public/home.html", {"district": district, **_picture(district, clock.now())})


def _picture(district: District, on: datetime) -> dict[str, Any]:
    """Figures and newest cases; kept for a minute, so that a crowd costs one count."""
    kept = _kept.get(district.pk)
    if kept is None or kept[0] < time.monotonic():
        latest = queries.latest_moment(district.pk)
        past = latest is not None and (on - latest).days > FRESH_DAYS
        as_of = latest if past and latest is not None else on
        picture = {
            "figures": queries.figures(district.pk, on=as_of),
            "newest": queries.newest(district.pk, on=as_of),
            "as_of": as_of,
            "past": past,
        }
        _kept[district.pk] = kept = (time.monotonic() + KEEP_SECONDS, picture)
    held: Any = kept[1]
    newest: list[Case] = held["newest"]
    shown = [
        {"case": case, "state": wording.state_word(case.state), "tone": wording.state_tone(case.state)}
        for case in newest
    ]
    return {**kept[1], "newest": shown}


def forget_pictures() -> None:
    """Drop what is kept (tests)."""
    _kept.clear()


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, slug: str = "") -> HttpResponse:
    """By number alone: where it stands. With the telephone: the reporter's own page."""
    district = district_of_page(request, slug)
    context: dict[str, Any] = {"district": district, "number": request.GET.get("number", "").strip()}
    try:
        if request.method == "POST":
            context["number"] = request.POST.get("number", "").strip()
            return _to_own_page(request, district, context["number"])
        if context["number"]:
            count_send("look_up", client_address(request), on=clock.now())
            context |= _public_case(district, context["number"])
    except Problem as problem:
        context["problem"] = problem
        return page(request, "public/find.html", context, status=problem.status)
    return page(request, "public/find.html", context)


def _to_own_page(request: HttpRequest, district: District, number: str) -> HttpResponse:
    count_send("note", f"find\x1f{client_address(request)}", on=clock.now())
    token = queries.find(district.pk, number, request.POST.get("phone", ""))
    response = HttpResponseRedirect(reverse("public:follow", args=[token]))
    response.status_code = 303
    return response


def _public_case(district: District, number: str) -> dict[str, Any]:
    case = (
        Case.objects.filter(district=district, number=number)
        .select_related("type", "area", "street_area")
        .first()
    )
    if case is None:
        raise queries.no_such_report()
    return {
        "case": case,
        "state": wording.state_word(case.state),
        "tone": wording.state_tone(case.state),
        "sentence": wording.state_sentence(case),
        "promise": promise(case),
        "history": history(case),
        "released": queries.released_photos(case),
    }


@public
@require_GET
def about(request: HttpRequest, slug: str = "") -> HttpResponse:
    """What happens to a report and to one's data."""
    district = district_of_page(request, slug)
    days = int(district.settings.get("reporter_retention_days", DEFAULT_DAYS))
    return page(request, "public/about.html", {"district": district, "days": days, "rate": RATES["report"]})
