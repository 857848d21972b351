"""Reporting a problem: one page that works without JavaScript and answers faster with it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.about import link
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.files.models import StoredFile
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area, Cell, District
from chengzhi.registers.models import RegisteredObject
from chengzhi.reports import actions
from chengzhi.reports.forms import TRAP, ReportForm, new_form_key, read_form_key
from chengzhi.reports.nearby import Near, open_nearby
from chengzhi.reports.rates import check_person, count_send
from chengzhi.reports.retention import erase_after
from chengzhi.reports.suggestions import TypeEntry, suggest, types_of
from chengzhi.web.access import public
from chengzhi.web.public import drafts, wording
from chengzhi.web.public.districts import address, chinese, client_address, district_of_page, page
from chengzhi.web.public.objects import offered_types, public_object


@dataclass
class Filled:
    """Everything the form page shows beside the fields themselves."""

    form: ReportForm
    key: str
    photos: list[drafts.Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    near: list[Near] = field(default_factory=list)
    seen_near: bool = False
    about: RegisteredObject | None = None


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The form, and what becomes of it."""
    district = district_of_page(request, slug)
    if request.method == "POST":
        return _sent(request, district)
    about = public_object(request.GET.get("about", ""), district)
    form = ReportForm(initial={"type": request.GET.get("type"), **_place_of(about)}, district=district)
    return _form_page(request, district, Filled(form, new_form_key(clock.now()), about=about))


def _place_of(about: RegisteredObject | None) -> dict[str, Any]:
    """Where the object stands, for the form; what is said there can still be changed."""
    return (
        {} if about is None else {"lon": about.lon, "lat": about.lat, "address": about.address or about.name}
    )


def _sent(request: HttpRequest, district: District) -> HttpResponse:
    on, who = clock.now(), client_address(request)
    drafts.check_length(request)
    photos, problems = drafts.upload(request, district, who=who, on=on)
    data = request.POST.copy()
    _use_photo_place(data, photos)
    filled = Filled(
        ReportForm(data, district=district), request.POST.get("key", ""), photos, problems,
        seen_near=request.POST.get("seen_near") == "1",
        about=public_object(request.POST.get("about", ""), district),
    )  # fmt: skip
    if request.POST.get("action", "send") not in ("send", "send_anyway") and "same" not in request.POST:
        return _form_page(request, district, filled, status=200, quiet=True)
    try:
        return _take(request, district, filled, who)
    except Problem as problem:
        filled.problems.append(problem)
        if not _readable_key(filled.key):
            filled.key = new_form_key(on)
        return _form_page(request, district, filled, status=problem.status)


def _readable_key(key: str) -> bool:
    """Whether the form's key is ours and young; an old page gets a new one."""
    try:
        _, opened = read_form_key(key)
    except Problem:
        return False
    return (clock.now() - opened).total_seconds() < drafts.MAX_AGE_SECONDS


def _use_photo_place(data: Any, photos: list[drafts.Draft]) -> None:
    """Where a photo was taken counts only when asked for, and never over a chosen point."""
    place = next((draft for draft in photos if draft.has_place), None)
    if data.get("photo_place") == "1" and place and not data.get("lon"):
        data["lon"], data["lat"] = str(place.lon), str(place.lat)


def _take(request: HttpRequest, district: District, filled: Filled, who: str) -> HttpResponse:
    """Check everything, look for the same problem nearby, and only then receive."""
    on, form = clock.now(), filled.form
    key, opened = read_form_key(filled.key)
    check_person(opened_at=opened, trap=request.POST.get(TRAP, ""), on=on)
    if not form.is_valid() or filled.problems:
        return _form_page(request, district, filled, status=422)
    asked = request.POST.get("action") == "send_anyway" or filled.seen_near
    same = request.POST.get("same", "")
    if not asked and not same:
        filled.near = _near(district, form.cleaned_data)
        if filled.near:
            return _form_page(request, district, filled)
    count_send("report", who, on=on)
    facts = _facts(form, key, filled.photos, request)
    if same:
        case = Case.objects.filter(district=district, number=same, closed_at=None).first()
        if case is not None:
            receipt = actions.support(facts, case, by=Actor.resident(), on=on)
            return _to_follow(receipt.follow_token)
    with transaction.atomic():
        receipt = actions.receive(facts, by=Actor.resident(), on=on)
        if filled.about is not None and not receipt.repeated:
            link(receipt.case_id, filled.about.pk, by=Actor.system(), on=on)
    return _to_follow(receipt.follow_token)


def _to_follow(token: str) -> HttpResponse:
    response = HttpResponseRedirect(reverse("public:follow", args=[token]) + "?sent=1")
    response.status_code = 303
    return response


def _facts(form: ReportForm, key: str, photos: list[drafts.Draft], request: HttpRequest) -> actions.NewReport:
    said = form.cleaned_data
    return actions.NewReport(
        district_id=form.district.pk,
        channel="resident",
        text=said["text"],
        type_id=said["type"].pk if said["type"] else None,
        address=said["address"],
        lon=said["lon"],
        lat=said["lat"],
        cell_id=said["cell"].pk if said["cell"] else None,
        area_id=said["area"].pk if said["area"] else None,
        contact=said["contact"],
        photo_ids=tuple(draft.file_id for draft in photos),
        language="zh-hans" if chinese() else "en",
        idempotency_key=f"form-{key}",
    )


def _near(district: District, said: dict[str, Any]) -> list[Near]:
    return open_nearby(
        district.pk, on=clock.now(), lon=said.get("lon"), lat=said.get("lat"),
        cell_id=said["cell"].pk if said.get("cell") else None, address=said.get("address") or "",
        type_id=said["type"].pk if said.get("type") else None,
    )  # fmt: skip


def _offered(about: RegisteredObject | None, types: tuple[TypeEntry, ...]) -> list[TypeEntry]:
    """What an object's kind offers while nothing was said yet."""
    wanted = [one.pk for one in offered_types(about)] if about is not None else []
    by_id = {entry.id: entry for entry in types}
    return [by_id[number] for number in wanted if number in by_id]


def _form_page(
    request: HttpRequest, district: District, filled: Filled, *, status: int = 200, quiet: bool = False
) -> HttpResponse:
    form = filled.form
    text = str(form["text"].value() or "")
    chosen = whole_number(form["type"].value())
    area = whole_number(form["area"].value())
    types = types_of(district.pk)
    context = {
        "district": district,
        "form": form,
        "filled": filled,
        "quiet": quiet,
        "trap": TRAP,
        "suggested": with_chosen(suggest(text, types) or _offered(filled.about, types), types, chosen),
        "chosen": chosen,
        "groups": groups(types),
        "streets": streets(district),
        "area": area,
        "cells": cells(district, area),
        "cell": whole_number(form["cell"].value()),
        "near": near_rows(filled.near),
        "place_offer": next((draft for draft in filled.photos if draft.has_place), None),
        "erase_after": erase_after(district, clock.now()),
        "most_photos": drafts.MOST_PHOTOS,
        "links": {name: address(name, district) for name in ("types", "nearby", "cells", "photo")},
        "layers": {name: address("layer", district, name) for name in ("outline", "areas", "cells")},
    }
    return page(request, "public/report.html", context, status=status)


def near_rows(near: list[Near]) -> list[dict[str, Any]]:
    """Nearby cases with the public word for their state."""
    return [
        {"case": one.case, "metres": one.metres, "state": wording.state_word(one.case.state)} for one in near
    ]


def with_chosen(found: list[TypeEntry], types: tuple[TypeEntry, ...], chosen: int | None) -> list[TypeEntry]:
    """The suggestions, the chosen type first even when the words no longer suggest it."""
    picked = [entry for entry in types if entry.id == chosen]
    return picked + [entry for entry in found if entry.id != chosen]


def groups(types: tuple[TypeEntry, ...]) -> list[tuple[Any, list[TypeEntry]]]:
    """Types under the nine domains in their order; what has none comes last."""
    from chengzhi.domains import DOMAINS

    known = {domain.key: domain for domain in DOMAINS}
    found: dict[str, list[TypeEntry]] = {key: [] for key in [*known, ""]}
    for entry in types:
        found[entry.domain if entry.domain in known else ""].append(entry)
    return [(known.get(key), rows) for key, rows in found.items() if rows]


def streets(district: District) -> list[tuple[Area, list[Area]]]:
    """Streets with their communities, for one select that needs no map."""
    areas = list(Area.objects.filter(district=district, valid_to=None).order_by("code"))
    below: dict[int | None, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent_id, []).append(area)
    return [(area, below.get(area.pk, [])) for area in areas if area.level == Area.Level.STREET]


def cells(district: District, area: int | None) -> list[Cell]:
    """Grid cells of a community, by code."""
    if area is None:
        return []
    return list(Cell.objects.filter(district=district, area_id=area, valid_to=None).order_by("code")[:200])


def whole_number(value: object) -> int | None:
    """A whole number from what a browser sent, None for anything else."""
    try:
        return int(str(value))
    except ValueError:
        return None


def _degrees(value: str | None) -> float | None:
    try:
        return float(value or "")
    except ValueError:
        return None


@public
@require_GET
def types_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Three suggestions for the words typed so far."""
    district = district_of_page(request, slug)
    found = suggest(request.GET.get("text", "")[:500], types_of(district.pk))
    chosen = whole_number(request.GET.get("type"))
    context = {
        "district": district, "chosen": chosen, "asked": bool(request.GET.get("text")),
        "suggested": with_chosen(found, types_of(district.pk), chosen),
    }  # fmt: skip
    return page(request, "public/_types.html", context)


@public
@require_GET
def nearby_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Open cases near the chosen place."""
    district = district_of_page(request, slug)
    asked = request.GET
    lon, lat = _degrees(asked.get("lon")), _degrees(asked.get("lat"))
    inside = lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90
    near = open_nearby(
        district.pk, on=clock.now(), lon=lon if inside else None, lat=lat if inside else None,
        cell_id=whole_number(asked.get("cell")), type_id=whole_number(asked.get("type")),
    )  # fmt: skip
    return page(request, "public/_nearby.html", {"district": district, "near": near_rows(near)})


@public
@require_GET
def cells_part(request: HttpRequest, slug: str) -> HttpResponse:
    """The grid cells of a community."""
    district = district_of_page(request, slug)
    found = cells(district, whole_number(request.GET.get("area")))
    return page(request, "public/_cells.html", {"district": district, "cells": found, "cell": None})


@public
@csrf_exempt
@require_POST
def photo_part(request: HttpRequest, slug: str) -> HttpResponse:
    """Take photos while the person goes on writing."""
    district = district_of_page(request, slug)
    drafts.check_length(request)
    photos, problems = drafts.upload(request, district, who=client_address(request), on=clock.now())
    context = {
        "district": district,
        "filled": {"photos": photos, "problems": problems},
        "place_offer": next((draft for draft in photos if draft.has_place), None),
        "most_photos": drafts.MOST_PHOTOS,
        "links": {"photo": address("photo", district)},
        "part": True,
    }
    return page(request, "public/_photos.html", context)


@public
@require_GET
def draft_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The small picture of a draft, for whoever holds its token."""
    draft = drafts.read(token)
    if draft is None:
        return HttpResponse(status=404)
    file = StoredFile.objects.get(pk=draft.file_id)
    return HttpResponse(
        files.thumbnail(file),
        content_type="image/webp",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=3600"},
    )
