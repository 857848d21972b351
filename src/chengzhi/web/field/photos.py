"""Photos of a sheet: kept as drafts while the sheet is open, so that a refused sheet loses none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from chengzhi.files.actions import store
from chengzhi.files.models import StoredFile
from chengzhi.people.actor import Actor

_SALT = "chengzhi.visit-photo"
MAX_AGE_SECONDS = 7 * 24 * 3600
"""A phone may lie without network for days; its photo is not lost meanwhile."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored photo and the token with which its owner's sheet carries it along."""

    file_id: int
    token: str


def keep_for_now(sent: "UploadedFile[Any]", *, by: Actor, on: datetime) -> Kept:
    """Store a photo as a draft. Raises the Problems of `files`."""
    new = store(
        sent,  # type: ignore[arg-type]
        district_id=by.district_id,
        kind="photo",
        by=by.account_id,
        on=on,
        name=sent.name or "",
        draft=True,
    )
    return Kept(new.file.pk, signing.dumps([by.account_id, new.file.pk], salt=_SALT))


def carried(file_id: int, *, by: Actor) -> Kept:
    """A photo of the record that is being corrected, for the sheet of whoever corrects it."""
    return Kept(file_id, signing.dumps([by.account_id, file_id], salt=_SALT))


def read(token: str, *, by: Actor) -> Kept | None:
    """The photo of a token, None when it is damaged, old, somebody else's or swept."""
    try:
        owner, file_id = signing.loads(token, salt=_SALT, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if owner != by.account_id or not StoredFile.objects.filter(pk=file_id).exists():
        return None
    return Kept(int(file_id), token)
