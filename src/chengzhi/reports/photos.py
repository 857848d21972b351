"""From a resident's photo to a public one: masked by one person, released by another."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases.models import CasePhoto
from chengzhi.errors import Problem
from chengzhi.files.actions import mask_photo
from chengzhi.files.masking import Box
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require


class NotMasked(Problem):
    """A photo nobody has looked through cannot be released."""

    code: ClassVar[str] = "photos.not_masked"
    status: ClassVar[int] = 409


class SecondLookMissing(Problem):
    """Who masked a photo cannot release it."""

    code: ClassVar[str] = "photos.second_look"
    status: ClassVar[int] = 409


def mask(photo: CasePhoto, boxes: Sequence[Box], *, by: Actor, on: datetime) -> CasePhoto:
    """Store a masked copy; a release given before ends with it. No boxes: nothing to hide.

    Raises NotAllowed, MaskOutside (from Box).
    """
    require(by, "photo.release", photo.case)
    assert by.account_id is not None
    with transaction.atomic():
        photo.masked = mask_photo(photo.file, boxes, by=by.account_id, on=on)
        photo.released_at = photo.released_by = None
        photo.save(update_fields=["masked", "released_at", "released_by"])
        _note(photo, "mask", by, on, boxes=len(boxes))
    return photo


def release(photo: CasePhoto, *, by: Actor, on: datetime) -> CasePhoto:
    """Make the masked copy public. Raises NotAllowed, NotMasked, SecondLookMissing."""
    require(by, "photo.release", photo.case)
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
    with transaction.atomic():
        photo.released_at, photo.released_by = on, by.account_id
        photo.save(update_fields=["released_at", "released_by"])
        _note(photo, "release", by, on)
    return photo


def withhold(photo: CasePhoto, *, by: Actor, on: datetime) -> CasePhoto:
    """Take a released photo back from the public. Raises NotAllowed."""
    require(by, "photo.release", photo.case)
    with transaction.atomic():
        photo.released_at = photo.released_by = None
        photo.save(update_fields=["released_at", "released_by"])
        _note(photo, "withhold", by, on)
    return photo


def _note(photo: CasePhoto, step: str, by: Actor, on: datetime, **facts: int) -> None:
    record(
        district_id=photo.case.district_id, thing="photo", thing_id=photo.pk, step=step, by=by, on=on,
        facts={"case": photo.case_id, "masked": photo.masked_id, **facts},
    )  # fmt: skip
