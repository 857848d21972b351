"""Photos, fixed photo points and documents of an object. A photo is public only masked and released."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.files import actions as files
from chengzhi.files.masking import Box
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require as require_permission
from chengzhi.registers.birth import plain
from chengzhi.registers.getting import object_to_change
from chengzhi.registers.lives import THING
from chengzhi.registers.models import ObjectDocument, ObjectPhoto, PhotoPoint, RegisteredObject
from chengzhi.registers.problems import BadFields, FieldFault, NotMasked, SecondLookMissing

STAGES = ("before", "after", "check", "record")


@transaction.atomic
def add_photo(
    object_id: int,
    source: "bytes | BinaryIO",
    *,
    stage: str,
    by: Actor,
    on: datetime,
    taken_at: datetime | None = None,
    point_id: int | None = None,
    name: str = "",
) -> ObjectPhoto:
    """Keep a photo of an object, cleaned of all metadata; `point_id` is the fixed point it was taken from.

    Raises NoSuchObject, NotAllowed, BadFields and the Problems of `files.problems`.
    """
    thing = object_to_change(object_id, by=by, permission="photo.add")
    if stage not in STAGES:
        known = ", ".join(STAGES)
        raise BadFields(
            [FieldFault("stage", "choice", _("The stage is one of: %(known)s.") % {"known": known})]
        )
    point = _point(thing, point_id)
    file = files.store(
        source, district_id=thing.district_id, kind="photo", by=by.account_id, on=on, name=name
    ).file
    photo = ObjectPhoto.objects.create(
        object=thing, point=point, file=file, stage=stage, taken_at=taken_at or on, added_by=by.account_id,
        added_at=on,
    )  # fmt: skip
    _note(thing, "add_photo", by, on, photo=photo.pk, stage=stage, point=point_id)
    return photo


def _point(thing: RegisteredObject, point_id: int | None) -> PhotoPoint | None:
    if point_id is None:
        return None
    found = thing.photo_points.filter(pk=point_id, active=True).first()
    if found is None:
        raise BadFields([FieldFault("point", "unknown", _("The object has no such photo point."))])
    return found


@transaction.atomic
def add_photo_point(
    object_id: int,
    *,
    name: str,
    by: Actor,
    on: datetime,
    lon: float | None = None,
    lat: float | None = None,
    bearing: int | None = None,
) -> PhotoPoint:
    """A fixed point from which the object is photographed again at the same angle (`bearing`, degrees
    from north). Raises NoSuchObject, NotAllowed, BadFields."""
    thing = object_to_change(object_id, by=by)
    title = plain(name)[:60]
    faults = (
        [] if title else [FieldFault("name", "missing", _("%(field)s is missing.") % {"field": _("Name")})]
    )
    if bearing is not None and not 0 <= bearing < 360:
        faults.append(FieldFault("bearing", "range", _("The bearing lies between 0 and 359 degrees.")))
    if faults:
        raise BadFields(faults)
    made = PhotoPoint.objects.create(object=thing, name=title, lon=lon, lat=lat, bearing=bearing)
    _note(thing, "add_photo_point", by, on, point=made.pk)
    return made


@transaction.atomic
def retire_photo_point(point_id: int, *, by: Actor, on: datetime) -> None:
    """Take no more photos from a point; those taken stay. Raises NoSuchObject, NotAllowed."""
    point = PhotoPoint.objects.get(pk=point_id)
    thing = object_to_change(point.object_id, by=by)
    PhotoPoint.objects.filter(pk=point_id).update(active=False)
    _note(thing, "retire_photo_point", by, on, point=point_id)


@transaction.atomic
def add_document(
    object_id: int, source: "bytes | BinaryIO", *, title: str, by: Actor, on: datetime, name: str = ""
) -> ObjectDocument:
    """Keep a document (PDF, table, text document) of an object.

    Raises NoSuchObject, NotAllowed, BadFields and the Problems of `files.problems`.
    """
    thing = object_to_change(object_id, by=by)
    words = plain(title or name)[:120]
    if not words:
        raise BadFields([FieldFault("title", "missing", _("%(field)s is missing.") % {"field": _("Title")})])
    file = files.store(
        source, district_id=thing.district_id, kind="document", by=by.account_id, on=on, name=name
    ).file
    made = ObjectDocument.objects.create(
        object=thing, file=file, title=words, added_by=by.account_id, added_at=on
    )
    _note(thing, "add_document", by, on, document=made.pk)
    return made


@transaction.atomic
def mask_photo(photo_id: int, boxes: Sequence[Box], *, by: Actor, on: datetime) -> ObjectPhoto:
    """Store a masked copy; a release given before ends with it. No boxes: nothing to hide.

    Raises NotAllowed, MaskOutside (from Box).
    """
    photo = _photo(photo_id, by)
    assert by.account_id is not None
    photo.masked = files.mask_photo(photo.file, boxes, by=by.account_id, on=on)
    photo.released_at = photo.released_by = None
    photo.save(update_fields=["masked", "released_at", "released_by"])
    _note(photo.object, "mask_photo", by, on, photo=photo.pk, boxes=len(boxes))
    return photo


@transaction.atomic
def release_photo(photo_id: int, *, by: Actor, on: datetime) -> ObjectPhoto:
    """Make the masked copy public, by another person. Raises NotAllowed, NotMasked, SecondLookMissing."""
    photo = _photo(photo_id, by)
    if photo.masked is None:
        raise NotMasked(
            _("This photo has not been looked through yet."),
            _("Only a masked copy may become public."),
            _("Open it, mark faces and number plates, and save the copy."),
        )
    if photo.masked.uploaded_by == by.account_id:
        raise SecondLookMissing(
            _("You masked this photo yourself."),
            _("A second person looks before it becomes public."),
            _("Ask a colleague to release it."),
        )
    photo.released_at, photo.released_by = on, by.account_id
    photo.save(update_fields=["released_at", "released_by"])
    _note(photo.object, "release_photo", by, on, photo=photo.pk)
    return photo


@transaction.atomic
def withhold_photo(photo_id: int, *, by: Actor, on: datetime) -> ObjectPhoto:
    """Take a released photo back from the public. Raises NotAllowed."""
    photo = _photo(photo_id, by)
    photo.released_at = photo.released_by = None
    photo.save(update_fields=["released_at", "released_by"])
    _note(photo.object, "withhold_photo", by, on, photo=photo.pk)
    return photo


def _photo(photo_id: int, by: Actor) -> ObjectPhoto:
    photo = ObjectPhoto.objects.select_related("object", "file", "masked").get(pk=photo_id)
    require_permission(by, "photo.release", photo.object)
    return photo


def _note(thing: RegisteredObject, step: str, by: Actor, on: datetime, **facts: Any) -> None:
    record(
        district_id=thing.district_id, thing=THING, thing_id=thing.pk, step=step, by=by, on=on,
        before=thing.state, after=thing.state, facts=facts,
    )  # fmt: skip
