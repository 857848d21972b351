"""Masking: what lies under a box is gone from the masked copy, not merely covered."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image

from chengzhi.files.limits import Limits
from chengzhi.files.photos import QUALITY, opened
from chengzhi.files.problems import MaskOutside

BLOCKS = 6  # a face of 6×6 blocks tells nothing; a blur could be computed back


@dataclass(frozen=True, slots=True)
class Box:
    """A box to be masked, in shares (0–1) of the photo's width and height."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        values = (self.left, self.top, self.width, self.height)
        inside = all(math.isfinite(v) and 0 <= v <= 1 for v in values)
        if not inside or self.width <= 0 or self.height <= 0:
            raise MaskOutside(
                _("A box lies outside the photo or has no size."),
                cure=_("Draw the box again, inside the photo."),
            )

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right, bottom in whole pixels, never empty, never outside."""
        left, top = int(self.left * width), int(self.top * height)
        right = min(width, max(left + 1, math.ceil((self.left + self.width) * width)))
        bottom = min(height, max(top + 1, math.ceil((self.top + self.height) * height)))
        return min(left, right - 1), min(top, bottom - 1), right, bottom


def mask(content: bytes, boxes: Sequence[Box], limits: Limits) -> tuple[bytes, int, int]:
    """A JPEG of the photo with each box replaced by a coarse mosaic; its width and height.

    The mosaic is made from at most BLOCKS × BLOCKS averages, each rounded to 32 levels,
    so neither a plate nor a face can be restored from it.
    """
    with opened(content, limits) as image:
        picture = image.convert("RGB")
    for box in boxes:
        area = box.pixels(picture.width, picture.height)
        picture.paste(_mosaic(picture.crop(area)), area[:2])
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), picture.width, picture.height


def _mosaic(part: Image.Image) -> Image.Image:
    across, down = min(BLOCKS, part.width), min(BLOCKS, part.height)
    if part.width < 2 * BLOCKS or part.height < 2 * BLOCKS:
        across = down = 1  # a small box is one flat colour: a mosaic would keep its shape
    coarse = part.resize((across, down), Image.Resampling.BOX)
    levels = coarse.point(lambda value: value // 32 * 32 + 16)
    return levels.resize(part.size, Image.Resampling.NEAREST)
