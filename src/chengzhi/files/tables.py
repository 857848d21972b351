"""Tables of imports may be far larger than photos: they go to disk and vault in pieces, never whole in memory."""

import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from chengzhi.files.actions import SUFFIX, plain_name
from chengzhi.files.content import TAKEN, content_type, office_type, packed_bomb, unknown
from chengzhi.files.limits import MEGABYTE, Limits, limits
from chengzhi.files.models import StoredFile
from chengzhi.files.problems import FileTooLarge
from chengzhi.files.vault import NO_ROOM, full, path_of, vault

HEAD = 4096  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class _Spooled:
    path: Path
    size: int
    sha256: str


def store_table(source: BinaryIO, *, district_id: int, by: int | None, on: datetime, name: str) -> StoredFile:
    """Check by content and store one CSV, XLSX or Parquet file, read in pieces of `piece_bytes`.

    Raises FileTooLarge, UnknownContent, PackedBomb, DiskFull.
    """
    known = limits()
    with _spooled(source, known) as found:
        kind = _kind(found, known)
        row = StoredFile(
            district_id=district_id, content_type=kind, original_name=plain_name(name), uploaded_by=by,
            uploaded_at=on, sha256=found.sha256, size=found.size,
            path=path_of(found.sha256, SUFFIX.get(kind, "bin")),
        )  # fmt: skip
        vault().put_file(row.path, found.path)
        row.save()
    return row


def copy_out(file: StoredFile, target: Path) -> None:
    """Write the stored content to `target`, in pieces. Raises FileMissing, DiskFull."""
    with vault().open(file.path) as source, target.open("wb") as out, _room():
        shutil.copyfileobj(source, out, limits().piece_bytes)


@contextmanager
def _spooled(source: BinaryIO, known: Limits) -> Iterator[_Spooled]:
    """The content on this machine's disk, as far as the limit; gone afterwards."""
    folder: Path = settings.HOME / "run" / "spool"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(8)
    digest, size = hashlib.sha256(), 0
    try:
        with _room(), _private(path) as out:
            while piece := source.read(known.piece_bytes):
                size += len(piece)
                if size > known.table_bytes:
                    raise _too_large(known)
                digest.update(piece)
                out.write(piece)
        yield _Spooled(path, size, digest.hexdigest())
    finally:
        path.unlink(missing_ok=True)


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise full() from error
        raise


def _too_large(known: Limits) -> FileTooLarge:
    return FileTooLarge(
        _("The file is larger than %(most)d MB.") % {"most": known.table_bytes // MEGABYTE},
        _("The page takes no more; nothing of it was kept."),
        _("Send it in parts, or load it on the server: chengzhi import reports FILE --mapping NAME."),
    )


def _kind(found: _Spooled, known: Limits) -> str:
    """The media type by content. Raises UnknownContent, PackedBomb."""
    with found.path.open("rb") as file:
        head = file.read(HEAD)
    if head[:4] == b"PK\x03\x04":
        kind = office_type(found.path)
        _count_packed(found, known)
    else:
        kind = content_type(head)
    if kind not in TAKEN["table"]:
        raise unknown("table", kind)
    return kind


def _count_packed(found: _Spooled, known: Limits) -> None:
    """Unpack and count, for the directory of a zip may lie; sheets of a large file may be large."""
    most = min(known.unpacked_table_bytes, max(found.size, 50_000) * known.unpacked_ratio)
    total = 0
    try:
        with zipfile.ZipFile(found.path) as packed:
            for member in packed.infolist():
                with packed.open(member) as stream:
                    while piece := stream.read(known.piece_bytes):
                        total += len(piece)
                        if total > most:
                            raise packed_bomb(most)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise unknown("table", "zip") from error
