"""Photos, fixed points and documents of an object: adding, looking, masking, releasing."""

from collections.abc import Callable
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.files.models import StoredFile
from chengzhi.registers import actions
from chengzhi.registers.models import ObjectPhoto, RegisteredObject
from chengzhi.registers.rules import may
from chengzhi.web.access import Request, permitted
from chengzhi.web.photos.views import PRIVATE, boxes_of
from chengzhi.web.registers.finding import object_of


def _photo(request: Request, number: int) -> ObjectPhoto:
    rows = ObjectPhoto.objects.select_related("object", "file", "masked")
    found = rows.filter(pk=number, object__district_id=request.actor.district_id or 0).first()
    if found is None:
        raise Http404
    return found


@permitted("register.view")
@require_GET
def picture(request: Request, number: int, size: str) -> HttpResponse:
    """The photo for staff: `original`, `masked` or `small`."""
    photo = _photo(request, number)
    file = {"original": photo.file, "small": photo.file, "masked": photo.masked}.get(size)
    if file is None:
        raise Http404
    if size == "small":
        return HttpResponse(files.thumbnail(file), content_type="image/webp", headers=PRIVATE)
    return HttpResponse(files.content(file), content_type=file.content_type, headers=PRIVATE)


def _try(request: Request, thing: RegisteredObject, act: Callable[[], Any], done: str) -> HttpResponse:
    """Do it and lead back; a refusal is said on the object's page."""
    try:
        act()
    except Problem as problem:
        messages.error(request, f"{problem.what} {problem.why} {problem.cure}")
    else:
        messages.success(request, done)
    return redirect("registers:object", thing.number)


@permitted("photo.add")
@require_POST
def add(request: Request, number: str) -> HttpResponse:
    """Add a photo."""
    thing, sent = _changeable(request, number, "photo.add"), request.FILES.get("photo")
    if sent is None:
        messages.error(request, _("Choose a photo first. Nothing was changed."))
        return redirect("registers:object", thing.number)
    point = request.POST.get("point", "")
    act = lambda: actions.add_photo(  # noqa: E731
        thing.pk, cast(BinaryIO, sent), stage=request.POST.get("stage", "record"), by=request.actor, on=clock.now(),
        point_id=int(point) if point.isdecimal() and len(point) < 19 else None, name=sent.name or "",
    )  # fmt: skip
    return _try(request, thing, act, _("The photo is kept."))


@permitted("register.edit")
@require_POST
def add_point(request: Request, number: str) -> HttpResponse:
    """Set a fixed point at the object's place."""
    thing, bearing = _changeable(request, number), request.POST.get("bearing", "")
    act = lambda: actions.add_photo_point(  # noqa: E731
        thing.pk, name=request.POST.get("name", ""), by=request.actor, on=clock.now(), lon=thing.lon,
        lat=thing.lat, bearing=int(bearing) if bearing.isdecimal() and len(bearing) < 5 else None,
    )  # fmt: skip
    return _try(request, thing, act, _("The photo point is set."))


@permitted("register.edit")
@require_POST
def add_document(request: Request, number: str) -> HttpResponse:
    """Add a document."""
    thing, sent = _changeable(request, number), request.FILES.get("file")
    if sent is None:
        messages.error(request, _("Choose a file first. Nothing was changed."))
        return redirect("registers:object", thing.number)
    act = lambda: actions.add_document(  # noqa: E731
        thing.pk, cast(BinaryIO, sent), title=request.POST.get("title", ""), by=request.actor, on=clock.now(),
        name=sent.name or "",
    )  # fmt: skip
    return _try(request, thing, act, _("The document is kept."))


def _changeable(request: Request, number: str, permission: str = "register.edit") -> RegisteredObject:
    thing = object_of(request, number)
    if not may(request.actor, permission, thing):
        raise Http404
    return thing


@permitted("register.view")
@require_GET
def document(request: Request, number: str, document: int) -> HttpResponse:
    """The file of a document."""
    found = object_of(request, number).documents.select_related("file").filter(pk=document).first()
    return _file(found.file if found else None, found.title if found else "")


@permitted("register.view")
@require_GET
def permit_file(request: Request, number: str, permit: int) -> HttpResponse:
    """The scan of a permit."""
    thing = object_of(request, number)
    found = thing.permits.select_related("file").filter(pk=permit).first()
    return _file(found.file if found else None, found.number if found else "")


def _file(file: StoredFile | None, name: str) -> HttpResponse:
    if file is None:
        raise Http404
    suffix = file.path.rpartition(".")[2]
    answer = HttpResponse(files.content(file), content_type=file.content_type, headers=PRIVATE)
    plain = (
        "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_")) or "document"
    )
    answer["Content-Disposition"] = f'attachment; filename="{plain}.{suffix}"'
    return answer


@permitted("photo.release")
@require_http_methods(["GET", "HEAD", "POST"])
def mask(request: Request, number: int) -> HttpResponse:
    """Draw boxes over faces and plates; save the masked copy."""
    photo, problem = _photo(request, number), None
    if request.method == "POST":
        try:
            boxes = boxes_of(request.POST.get("boxes", ""))
            actions.mask_photo(photo.pk, boxes, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            return redirect("registers:mask", photo.pk)
    return _mask_page(request, photo, problem)


@permitted("photo.release")
@require_POST
def release(request: Request, number: int) -> HttpResponse:
    """The second look: public from now on, or taken back."""
    photo = _photo(request, number)
    act = actions.withhold_photo if request.POST.get("withhold") else actions.release_photo
    try:
        act(photo.pk, by=request.actor, on=clock.now())
    except Problem as problem:
        return _mask_page(request, photo, problem)
    return redirect("registers:mask", photo.pk)


def _mask_page(request: Request, photo: ObjectPhoto, problem: Problem | None) -> HttpResponse:
    own = photo.masked is not None and photo.masked.uploaded_by == request.actor.account_id
    facts = {"photo": photo, "thing": photo.object, "problem": problem, "own_mask": own}
    return render(request, "registers/mask.html", facts, status=problem.status if problem else 200)
