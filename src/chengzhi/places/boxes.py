"""Boxes of a map as ranges of Z-order keys, so that a sorted column serves them."""

from dataclasses import dataclass

from chengzhi.places.zorder import BITS

COVER = 6  # a box is covered by tiles so small that about 6 x 6 of them suffice


@dataclass(frozen=True)
class Box:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float


def ranges(box: Box, level: int) -> list[tuple[int, int]]:
    """Key ranges, at a level, that together cover a box; neighbours are joined."""
    bits = _cover_bits(box, level)
    shift = BITS - bits
    x0, x1 = (_step(lon, 180.0) >> shift for lon in (box.west, box.east))
    y0, y1 = (_step(lat, 90.0) >> shift for lat in (box.south, box.north))
    tiles = sorted(_interleave(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1))
    grow = 2 * (level - bits)
    joined: list[tuple[int, int]] = []
    for tile in tiles:
        low, high = tile << grow, ((tile + 1) << grow) - 1
        if joined and joined[-1][1] + 1 == low:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def place_condition(box: Box) -> str:
    """SQL that bounds the walk of a Z-order index to a box; numbers only."""
    exact = (
        f"lon >= {float(box.west)!r} AND lon <= {float(box.east)!r} "
        f"AND lat >= {float(box.south)!r} AND lat <= {float(box.north)!r}"
    )
    return f"({key_condition('zkey', box, BITS)}) AND {exact}"


def key_condition(column: str, box: Box, level: int) -> str:
    """SQL by which a column of Z-order keys at a level lies in a box; numbers only."""
    parts = (f"{column} BETWEEN {low:d} AND {high:d}" for low, high in ranges(box, level))
    return " OR ".join(parts)


def _cover_bits(box: Box, level: int) -> int:
    """The finest grid that covers the box with about COVER squares each way."""
    bits = level
    while bits > 1:
        width = _step(box.east, 180.0) - _step(box.west, 180.0)
        height = _step(box.north, 90.0) - _step(box.south, 90.0)
        if max(width, height) >> (BITS - bits) <= COVER:
            return bits
        bits -= 1
    return bits


def _step(degrees: float, half: float) -> int:
    scaled = int((degrees + half) / (2 * half) * (1 << BITS))
    return min(max(scaled, 0), (1 << BITS) - 1)


def _interleave(x: int, y: int) -> int:
    """The key of a square; the same bits as :func:`chengzhi.places.zorder.zkey`."""
    key = 0
    for bit in range(BITS):
        key |= (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1)
    return key
