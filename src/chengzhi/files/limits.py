"""How big a file may be. The defaults suit a district; `settings.FILE_LIMITS` overrides them."""

from dataclasses import dataclass, replace

from django.conf import settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, pixels in millions, days in calendar days.

    `table_bytes` is what a page takes of a file to be imported; it goes to disk in `piece_bytes`.
    """

    photo_bytes: int = 20 * MEGABYTE
    document_bytes: int = 50 * MEGABYTE
    table_bytes: int = 500 * MEGABYTE
    piece_bytes: int = MEGABYTE
    unpacked_bytes: int = 500 * MEGABYTE
    unpacked_table_bytes: int = 4000 * MEGABYTE
    unpacked_ratio: int = 200
    photo_megapixels: float = 60.0
    photo_long_side: int = 2560
    thumbnail_long_side: int = 360
    draft_days: int = 2


def limits() -> Limits:
    """The limits in force: CHENGZHI_IMPORT_MB, and `settings.FILE_LIMITS`, a mapping of field to value."""
    changed: dict[str, int] = dict(getattr(settings, "FILE_LIMITS", {}))
    given = Limits(table_bytes=settings.ENV["CHENGZHI_IMPORT_MB"] * MEGABYTE)
    return replace(given, **changed)
