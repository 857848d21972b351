"""Storing, masking and forgetting of files. Contents go to the vault before the row is written,
so a row never points at nothing; a content whose row was not committed is swept later."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import connection

from chengzhi.files import masking, photos
from chengzhi.files.content import Kind, check, check_size
from chengzhi.files.limits import limits
from chengzhi.files.models import StoredFile
from chengzhi.files.photos import TakenAt
from chengzhi.files.vault import PART, path_of, vault

SUFFIX = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
# A content younger than this may belong to a transaction that is still open.
ORPHAN_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class NewFile:
    """What `store` made: the row, and what the camera knew (to be offered, then forgotten)."""

    file: StoredFile
    taken: TakenAt


def read_limited(source: bytes | BinaryIO, kind: Kind) -> bytes:
    """The whole content, read no further than the limit of its kind. Raises FileTooLarge."""
    if isinstance(source, bytes):
        return source
    known = limits()
    most = known.photo_bytes if kind == "photo" else known.document_bytes
    content = source.read(most + 1)
    size = getattr(source, "size", None) or len(content)
    check_size(max(size, len(content)), kind, known)
    return content


def store(
    source: bytes | BinaryIO,
    *,
    district_id: int | None,
    kind: Kind,
    by: int | None,
    on: datetime,
    name: str = "",
    draft: bool = False,
) -> NewFile:
    """Check by content and store one file; a photo is re-encoded and loses its metadata.

    `by` is an account's id, None for a resident. A `draft` is forgotten after
    `Limits.draft_days` unless `keep` is called. Raises the Problems of `files.problems`.
    """
    known = limits()
    content = read_limited(source, kind)
    found = check(content, kind, known)
    width = height = None
    taken, suffix = TakenAt(), SUFFIX.get(found, "bin")
    if kind == "photo":
        photo = photos.clean(content, known)
        content, width, height, taken = photo.content, photo.width, photo.height, photo.taken
        found, suffix = "image/jpeg", "jpg"
    row = StoredFile(
        district_id=district_id,
        content_type=found,
        width=width,
        height=height,
        original_name=plain_name(name),
        uploaded_by=by,
        uploaded_at=on,
        delete_after=(on + timedelta(days=known.draft_days)).date() if draft else None,
    )
    return NewFile(_put(row, content, suffix), taken)


def _put(row: StoredFile, content: bytes, suffix: str) -> StoredFile:
    row.sha256 = hashlib.sha256(content).hexdigest()
    row.size = len(content)
    row.path = path_of(row.sha256, suffix)
    vault().put(row.path, content)
    row.save()
    return row


def plain_name(name: str) -> str:
    """The last part of a file name without control characters, at most 200 long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200]


def keep(file_ids: Sequence[int]) -> int:
    """Drafts that now belong to something are no longer forgotten; how many there were."""
    return StoredFile.objects.filter(id__in=file_ids).update(delete_after=None)


def mask_photo(file: StoredFile, boxes: Sequence[masking.Box], *, by: int, on: datetime) -> StoredFile:
    """Store a copy of the photo with the boxes made unrecognisable; the original stays."""
    content, width, height = masking.mask(vault().get(file.path), boxes, limits())
    row = StoredFile(
        district_id=file.district_id,
        content_type="image/jpeg",
        width=width,
        height=height,
        uploaded_by=by,
        uploaded_at=on,
    )
    return _put(row, content, "jpg")


def forget(file: StoredFile) -> None:
    """Delete the row, and the content when no other row has it."""
    path = file.path
    file.delete()
    if not StoredFile.objects.filter(path=path).exists():
        _forget_content(path)


def _forget_content(path: str) -> None:
    vault().delete(path)
    vault().delete(thumbnail_path(path))


def thumbnail_path(path: str) -> str:
    """Where the small picture of a photo lies: beside it."""
    return f"{path.rpartition('.')[0]}.thumb.webp"


def sweep(*, on: datetime) -> dict[str, int]:
    """Forget drafts past their day and contents without a row; for the worker, daily.

    Returns how many `drafts` and `orphans` went. A draft that something refers to by now
    (it was kept in between) is left alone: the database refuses to delete it.
    """
    drafts = 0
    for file in StoredFile.objects.filter(delete_after__lt=on.date()).order_by("id")[:1000]:
        forget(file)
        drafts += 1
    return {"drafts": drafts, "orphans": _sweep_orphans()}


def _sweep_orphans() -> int:
    """Compare the vault with the table in batches; a thumbnail goes with its photo."""
    gone, batch = 0, list[str]()
    for path in vault().paths(ORPHAN_SECONDS):
        batch.append(path)
        if len(batch) == 5000:
            gone += _delete_unknown(batch)
            batch.clear()
    return gone + _delete_unknown(batch)


def _delete_unknown(paths: Sequence[str]) -> int:
    stems = [path.rpartition("/")[2].partition(".")[0] for path in paths]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT sha256 FROM files_storedfile WHERE sha256 = ANY(%s)", [stems])
        known = {row[0] for row in cursor.fetchall()}
    gone = [path for path, stem in zip(paths, stems, strict=True) if path.endswith(PART) or stem not in known]
    for path in gone:
        vault().delete(path)
    return len(gone)
