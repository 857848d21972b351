"""Real image files for the tests, made on the spot."""

import io
import struct
import zlib

from PIL import ExifTags, Image


def jpeg(
    width: int = 64,
    height: int = 48,
    *,
    gps: tuple[float, float] | None = None,
    taken: str = "",
    orientation: int = 1,
) -> bytes:
    """A JPEG with a gradient; `gps` is (lon, lat), `taken` the EXIF time."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretCameraMaker"
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if gps:
        ifd = exif.get_ifd(ExifTags.IFD.GPSInfo)
        lon, lat = gps
        ifd[ExifTags.GPS.GPSLongitudeRef] = "E" if lon >= 0 else "W"
        ifd[ExifTags.GPS.GPSLongitude] = parts(abs(lon))
        ifd[ExifTags.GPS.GPSLatitudeRef] = "N" if lat >= 0 else "S"
        ifd[ExifTags.GPS.GPSLatitude] = parts(abs(lat))
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def parts(value: float) -> tuple[float, float, float]:
    """Degrees, minutes, seconds."""
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return degrees, minutes, round((value - degrees - minutes / 60) * 3600, 4)


def huge_png(side: int) -> bytes:
    """A PNG of side × side pixels in a few kilobytes: decoding it would take side² bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\x00" + bytes(side // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
