"""What a file really is, by its bytes; its name and the browser's claim count for nothing."""

import codecs
import io
import zipfile
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from chengzhi.files.limits import MEGABYTE, Limits
from chengzhi.files.problems import FileTooLarge, PackedBomb, UnknownContent

Kind = Literal["photo", "document", "table"]

_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PAR1", 0, "application/vnd.apache.parquet"),
    (b"PK\x03\x04", 0, "application/zip"),
    (b"ftyphei", 4, "image/heic"),
    (b"ftypmif1", 4, "image/heic"),
)
_OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
TAKEN: dict[Kind, frozenset[str]] = {
    "photo": frozenset({"image/jpeg", "image/png", "image/webp"}),
    "document": frozenset({"application/pdf", *_OFFICE.values()}),
    "table": frozenset({"text/csv", "application/vnd.apache.parquet", _OFFICE["xl/"]}),
}


def content_type(content: bytes) -> str:
    """Media type by magic bytes; `text/csv` for decodable text, "" when unknown."""
    for magic, offset, name in _MAGIC:
        if content[offset : offset + len(magic)] == magic:
            return office_type(content) if name == "application/zip" else name
    return "text/csv" if _is_text(content) else ""


def _is_text(content: bytes) -> bool:
    head = content[:4096]
    if not head or b"\x00" in head:
        return False
    return any(_decodes(head, encoding) for encoding in ("utf-8", "gb18030"))


def _decodes(head: bytes, encoding: str) -> bool:
    """Whether the bytes are text so far; the last sign may be cut in the middle."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head, final=False)
    except UnicodeDecodeError:
        return False
    return True


def office_type(content: bytes | Path) -> str:
    """Media type of a zip by the folders in it; "" when it cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content) if isinstance(content, bytes) else content) as packed:
            names = packed.namelist()
    except zipfile.BadZipFile:
        return ""
    for folder, name in _OFFICE.items():
        if "[Content_Types].xml" in names and any(n.startswith(folder) for n in names):
            return name
    return "application/zip"


def check(content: bytes, kind: Kind, limits: Limits) -> str:
    """The media type of `content`, which must be taken for `kind`.

    Raises FileTooLarge, UnknownContent or PackedBomb.
    """
    check_size(len(content), kind, limits)
    found = content_type(content)
    if content[:4] == b"PK\x03\x04":
        check_packed(content, limits)
    if found not in TAKEN[kind]:
        raise unknown(kind, found)
    return found


def check_size(size: int, kind: Kind, limits: Limits) -> None:
    """Raise FileTooLarge when `size` bytes are more than `kind` may have."""
    most = limits.photo_bytes if kind == "photo" else limits.document_bytes
    if size > most:
        raise FileTooLarge(
            _("The file is too large: %(size)d MB.") % {"size": -(-size // MEGABYTE)},
            _("At most %(most)d MB are taken.") % {"most": most // MEGABYTE},
            _("Send a smaller one; a photo taken at normal quality is enough."),
        )


def check_packed(content: bytes, limits: Limits) -> None:
    """Raise PackedBomb when the packed file says, or really has, too much inside.

    The directory of a zip may lie; so each member is unpacked in pieces and counted.
    """
    most = min(limits.unpacked_bytes, max(len(content), 50_000) * limits.unpacked_ratio)
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for member in packed.infolist():
                with packed.open(member) as stream:
                    while piece := stream.read(MEGABYTE):
                        total += len(piece)
                        if total > most:
                            raise packed_bomb(most)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise unknown("document", "zip") from error


def packed_bomb(most: int) -> PackedBomb:
    """The Problem of a file that unpacks to more than `most` bytes."""
    return PackedBomb(
        _("The file unpacks to more than %(most)d MB.") % {"most": most // MEGABYTE},
        _("That is far beyond what such a file holds; it may be made to fill the memory."),
        _("Send the content in smaller files."),
    )


def unknown(kind: Kind, found: str) -> UnknownContent:
    """The Problem of a content of type `found` ("" for none) where `kind` is wanted."""
    if found == "image/heic":
        return UnknownContent(
            _("This is a HEIC photo, which cannot be read here."),
            _("Its format is recognised by content, not by name."),
            _("Set the camera to “most compatible” (JPEG), or send a screenshot of the photo."),
        )
    return UnknownContent(
        _("This file cannot be taken."),
        _("Its content is none of the types taken here, whatever its name says."),
        _("Send a JPEG, PNG or WebP photo.")
        if kind == "photo"
        else _("Send a PDF, XLSX, CSV or Parquet file."),
    )
