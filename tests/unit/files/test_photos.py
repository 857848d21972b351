"""What a photo loses and keeps on its way into the store."""

import io
import resource
import zipfile
from datetime import datetime

import pytest
from PIL import Image, ImageDraw

from chengzhi.files import masking, photos
from chengzhi.files.content import check, content_type
from chengzhi.files.limits import MEGABYTE, Limits
from chengzhi.files.problems import (
    BrokenPhoto,
    FileTooLarge,
    MaskOutside,
    PackedBomb,
    PhotoTooManyPixels,
    UnknownContent,
)
from tests.photo_samples import huge_png, jpeg

LIMITS = Limits()


def test_place_and_time_are_offered_and_then_gone():
    source = jpeg(gps=(109.4281, 24.3263), taken="2026:04:03 16:30:05")
    photo = photos.clean(source, LIMITS)
    assert photo.taken.lon == pytest.approx(109.4281, abs=1e-6)
    assert photo.taken.lat == pytest.approx(24.3263, abs=1e-6)
    assert photo.taken.time == datetime(2026, 4, 3, 16, 30, 5)
    with Image.open(io.BytesIO(photo.content)) as image:
        assert not image.getexif()
        assert "comment" not in image.info
        assert "exif" not in image.info
    for secret in (b"SecretCameraMaker", b"secret comment", b"Exif", b"GPS"):
        assert secret not in photo.content


def test_west_and_south_are_negative():
    photo = photos.clean(jpeg(gps=(-71.06, -42.36)), LIMITS)
    assert photo.taken.lon == pytest.approx(-71.06, abs=1e-6)
    assert photo.taken.lat == pytest.approx(-42.36, abs=1e-6)


def test_null_island_is_no_place():
    assert photos.clean(jpeg(gps=(0.0, 0.0)), LIMITS).taken.lon is None


def test_photo_is_turned_upright():
    photo = photos.clean(jpeg(60, 40, orientation=6), LIMITS)
    assert (photo.width, photo.height) == (40, 60)


def test_big_photo_is_made_smaller():
    photo = photos.clean(jpeg(4000, 3000), LIMITS)
    assert (photo.width, photo.height) == (2560, 1920)


def test_transparent_png_gets_a_white_ground():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    photo = photos.clean(out.getvalue(), LIMITS)
    with Image.open(io.BytesIO(photo.content)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


def test_decompression_bomb_is_refused_before_it_is_decoded():
    bomb = huge_png(30_000)  # 900 million pixels
    assert len(bomb) < MEGABYTE
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(PhotoTooManyPixels):
        photos.clean(bomb, LIMITS)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000, f"{grown} KB more were used"


def test_bomb_below_pillows_own_limit_is_refused_too():
    with pytest.raises(PhotoTooManyPixels):
        photos.clean(huge_png(9_000), LIMITS)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
def test_truncated_photo_is_a_clear_problem(keep):
    whole = jpeg(400, 300)
    with pytest.raises(BrokenPhoto) as caught:
        photos.clean(whole[: int(len(whole) * keep)], LIMITS)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (jpeg(), "image/jpeg"),
        (b"%PDF-1.7 x", "application/pdf"),
        (b"PAR1....", "application/vnd.apache.parquet"),
        ("编号,地址\n1,示例路".encode(), "text/csv"),
        ("编号,地址\n1,示例路".encode("gb18030"), "text/csv"),
        (b"MZ\x90\x00\x03", ""),
        (b"", ""),
    ],
)
def test_type_comes_from_the_bytes(content, expected):
    assert content_type(content) == expected


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", b"<script>alert(1)</script>", b"%PDF-1.4", b"\x00\x00\x00\x18ftypheic", b"GIF89a"],
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(UnknownContent) as caught:
        check(content, "photo", LIMITS)
    assert caught.value.status == 415


def test_fifty_megabyte_photo_is_refused():
    with pytest.raises(FileTooLarge) as caught:
        check(jpeg() + bytes(50 * MEGABYTE), "photo", LIMITS)
    assert caught.value.status == 413


def test_zip_bomb_is_refused_while_unpacking():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(600):
                sheet.write(bytes(MEGABYTE))
    with pytest.raises(PackedBomb):
        check(out.getvalue(), "table", LIMITS)


def test_honest_workbook_is_taken():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>" * 100)
    assert check(out.getvalue(), "table", LIMITS).endswith("spreadsheetml.sheet")


def plate_photo() -> bytes:
    """White with black stripes at the right half, like a plate."""
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for x in range(200, 400, 8):
        draw.rectangle((x, 100, x + 3, 200), fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_masked_part_is_gone_and_the_rest_stays():
    content, width, height = masking.mask(plate_photo(), [masking.Box(0.5, 0.3, 0.5, 0.4)], LIMITS)
    assert (width, height) == (400, 300)
    with Image.open(io.BytesIO(content)) as image:
        assert len(image.crop((204, 94, 396, 206)).convert("L").getcolors(70000)) <= 80
        spread = image.crop((204, 110, 396, 190)).convert("L").getextrema()
        assert spread[1] - spread[0] < 80, "stripes are still visible"
        assert image.getpixel((50, 150)) == (255, 255, 255)


def test_small_box_becomes_one_colour():
    content, _, _ = masking.mask(plate_photo(), [masking.Box(0.55, 0.5, 0.02, 0.02)], LIMITS)
    with Image.open(io.BytesIO(content)) as image:
        low, high = image.crop((221, 151, 226, 155)).convert("L").getextrema()
        assert high - low < 12


@pytest.mark.parametrize(
    "box",
    [(-0.1, 0, 0.5, 0.5), (0, 0, 0, 0.5), (float("nan"), 0, 1, 1), (0, 0, float("inf"), 1), (2, 0, 1, 1)],
)
def test_box_outside_is_refused(box):
    with pytest.raises(MaskOutside):
        masking.Box(*box)


def test_box_over_the_edge_is_cut():
    assert masking.Box(0.9, 0.9, 0.9, 0.9).pixels(100, 50) == (90, 45, 100, 50)
