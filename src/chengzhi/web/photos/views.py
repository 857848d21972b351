"""The pages of one photo. Every view asks first whether this person may see its case."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.models import CasePhoto
from chengzhi.cases.rules import may
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.files.masking import Box
from chengzhi.files.problems import MaskOutside
from chengzhi.ledger.queries import history
from chengzhi.people.models import Account
from chengzhi.reports import photos
from chengzhi.web.access import Request, permitted

PRIVATE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
MOST_BOXES = 40


def _photo(request: Request, number: int) -> CasePhoto:
    """The photo if this person may see its case, else it is not there."""
    rows = CasePhoto.objects.select_related("case", "case__district", "file", "masked")
    found = rows.filter(pk=number).first()
    if found is None or not may(request.actor, "case.view", found.case):
        raise Http404
    return found


@permitted("case.view")
@require_GET
def picture(request: Request, number: int, size: str) -> HttpResponse:
    """The photo for staff: `original`, `masked` or `small`."""
    photo = _photo(request, number)
    file = photo.masked if size == "masked" else photo.file
    if file is None:
        raise Http404
    if size == "small":
        return HttpResponse(files.thumbnail(file), content_type="image/webp", headers=PRIVATE)
    return HttpResponse(files.content(file), content_type=file.content_type, headers=PRIVATE)


@permitted("photo.release")
@require_http_methods(["GET", "HEAD", "POST"])
def mask(request: Request, number: int) -> HttpResponse:
    """Draw boxes over faces and plates; save the masked copy."""
    photo, problem = _photo(request, number), None
    if request.method == "POST":
        try:
            photos.mask(photo, boxes_of(request.POST.get("boxes", "")), by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            return _back(photo)
    return _page(request, photo, problem)


@permitted("photo.release")
@require_POST
def release(request: Request, number: int) -> HttpResponse:
    """The second look: public from now on, or taken back."""
    photo = _photo(request, number)
    act = photos.withhold if request.POST.get("withhold") else photos.release
    try:
        act(photo, by=request.actor, on=clock.now())
    except Problem as problem:
        return _page(request, photo, problem)
    return _back(photo)


def boxes_of(text: str) -> list[Box]:
    """Boxes from the page: a JSON list of [left, top, width, height] in shares. Raises MaskOutside."""
    try:
        rows = json.loads(text or "[]")
        return [Box(*(float(part) for part in row)) for row in rows[:MOST_BOXES]]
    except (ValueError, TypeError, KeyError) as error:
        raise MaskOutside(
            _("The boxes could not be read."), cure=_("Reload the page and draw them again.")
        ) from error


def _back(photo: CasePhoto) -> HttpResponse:
    response = HttpResponseRedirect(reverse("photos:mask", args=[photo.pk]))
    response.status_code = 303
    return response


def _page(request: HttpRequest, photo: CasePhoto, problem: Problem | None) -> HttpResponse:
    request.district = photo.case.district  # type: ignore[attr-defined]
    others = CasePhoto.objects.filter(case_id=photo.case_id).order_by("id")
    context: dict[str, Any] = {
        "photo": photo,
        "case": photo.case,
        "problem": problem,
        "others": others,
        "own_mask": photo.masked is not None and photo.masked.uploaded_by == request.user.pk,
        "lines": history_lines(photo),
    }
    return render(request, "photos/mask.html", context, status=problem.status if problem else 200)


def history_lines(photo: CasePhoto) -> list[dict[str, Any]]:
    """Who masked, released or took it back, as sentences."""
    words = {
        "mask": _("%(who)s saved a masked copy."),
        "release": _("%(who)s released it to the public."),
        "withhold": _("%(who)s took it back from the public."),
    }
    entries = [entry for entry in history("photo", photo.pk) if entry.step in words]
    names = dict(
        Account.objects.filter(pk__in=[e.actor_id for e in entries if e.actor_id]).values_list("pk", "name")
    )
    return [
        {"happened_at": e.happened_at, "sentence": words[e.step] % {"who": names.get(e.actor_id or 0, "—")}}
        for e in entries
    ]
