"""A box of the map is covered by few key ranges, and none of its points is left out."""

from hypothesis import given
from hypothesis import strategies as st

from chengzhi.cases.tiles import LEVELS, Box, level_of, ranges, tile_of
from chengzhi.places.zorder import BITS, zkey

SMALL = st.floats(0.0005, 2.0)
LON, LAT = st.floats(-170, 170), st.floats(-80, 80)


@given(LON, LAT, SMALL, SMALL, st.floats(0, 1), st.floats(0, 1), st.sampled_from([*LEVELS, BITS]))
def test_every_point_of_the_box_is_covered(
    west: float, south: float, width: float, height: float, fx: float, fy: float, level: int
) -> None:
    box = Box(west, south, west + width, south + height)
    lon, lat = west + fx * width, south + fy * height
    covered = ranges(box, level)
    assert any(low <= tile_of(lon, lat, level) <= high for low, high in covered)
    assert len(covered) <= 64


def test_ranges_do_not_overlap_and_ascend() -> None:
    covered = ranges(Box(108.8, 20.7, 109.1, 21.0), BITS)
    flat = [bound for pair in covered for bound in pair]
    assert flat == sorted(flat)
    assert len(set(flat)) == len(flat)


def test_full_level_is_the_key_itself() -> None:
    assert tile_of(109.2, 24.3, BITS) == zkey(109.2, 24.3)


def test_zoom_picks_squares_of_about_64_pixels() -> None:
    assert [level_of(zoom) for zoom in (8, 10, 11, 12, 13, 14)] == [12, 12, 14, 14, 16, 16]
