"""Photos: decoded, turned upright, made smaller and written anew, so that nothing hidden stays.

Where and when a photo was taken is read before the metadata is dropped, and handed back
to be *offered* to the person who sent it; it is never stored unasked.
"""

import contextlib
import io
import math
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from chengzhi.files.limits import Limits
from chengzhi.files.problems import BrokenPhoto, PhotoTooManyPixels

FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 85
THUMBNAIL_QUALITY = 72


@dataclass(frozen=True, slots=True)
class TakenAt:
    """What the camera wrote: WGS-84 degrees, and its own wall-clock time without a zone."""

    lon: float | None = None
    lat: float | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A clean JPEG with its size in pixels, and what the camera knew of place and time."""

    content: bytes
    width: int
    height: int
    taken: TakenAt


def clean(content: bytes, limits: Limits) -> Photo:
    """Decode and re-encode `content` as a JPEG without any metadata.

    Raises PhotoTooManyPixels (before decoding) or BrokenPhoto.
    """
    with opened(content, limits) as image:
        taken = read_taken(image)
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((limits.photo_long_side,) * 2, Image.Resampling.LANCZOS)
        flat = _flat(upright)
        return Photo(_jpeg(flat, QUALITY), flat.width, flat.height, taken)


def thumbnail(content: bytes, limits: Limits) -> bytes:
    """A small WebP of a photo that was cleaned before."""
    with opened(content, limits) as image:
        image.thumbnail((limits.thumbnail_long_side,) * 2, Image.Resampling.LANCZOS)
        out = io.BytesIO()
        _flat(image).save(out, "WEBP", quality=THUMBNAIL_QUALITY)
        return out.getvalue()


@contextlib.contextmanager
def opened(content: bytes, limits: Limits) -> Iterator[Image.Image]:
    """The decoded image; a Problem instead of Pillow's many errors."""
    image = _decoded(content, limits)
    try:
        yield image
    finally:
        image.close()


def _decoded(content: bytes, limits: Limits) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow's own bomb warning comes at another limit; ours is checked below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image: Image.Image = Image.open(io.BytesIO(content), formats=FORMATS)
            _check_pixels(image, limits)
            image.load()
    except Image.DecompressionBombError as error:
        raise _too_many(0, limits) from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise _broken() from error
    return image


def _check_pixels(image: Image.Image, limits: Limits) -> None:
    pixels = image.width * image.height / 1_000_000
    if pixels > limits.photo_megapixels:
        raise _too_many(math.ceil(pixels), limits)


def _too_many(pixels: int, limits: Limits) -> PhotoTooManyPixels:
    return PhotoTooManyPixels(
        _("The photo has too many pixels (%(pixels)s million).") % {"pixels": pixels or "> 178"},
        _("At most %(most)d million are decoded; more would fill the memory.")
        % {"most": limits.photo_megapixels},
        _("Send the photo at normal size."),
    )


def _broken() -> BrokenPhoto:
    return BrokenPhoto(
        _("The photo cannot be read to its end."),
        _("It was cut off on the way or is damaged."),
        _("Choose it again, or take another one."),
    )


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white: transparency would turn black, palettes would not survive JPEG."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        ground = Image.new("RGB", image.size, "white")
        layer = image.convert("RGBA")
        ground.paste(layer, mask=layer)
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    bare = Image.new("RGB", image.size)
    bare.paste(image)  # a new image carries no info dictionary, hence no EXIF, XMP or ICC
    bare.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def read_taken(image: Image.Image) -> TakenAt:
    """Place and time from EXIF; anything malformed counts as absent."""
    try:
        exif = image.getexif()
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        detail = exif.get_ifd(ExifTags.IFD.Exif)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError):
        return TakenAt()
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), 180)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), 90)
    if lon is None or lat is None or (lon == 0 and lat == 0):
        lon = lat = None
    return TakenAt(lon, lat, _time(detail.get(ExifTags.Base.DateTimeOriginal)))


def _degrees(parts: object, side: object, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(p) for p in parts)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return -value if str(side).strip("\x00 ").upper() in ("S", "W") else value


def _time(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text).strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
