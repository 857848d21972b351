"""GCJ-02 and Z-order keys."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chengzhi.places import gcj02
from chengzhi.places.zorder import MISSING, zkey

LON = st.floats(73, 135)
LAT = st.floats(1, 55)


def test_known_shift_of_tiananmen() -> None:
    """The published pair of the usual example."""
    lon, lat = gcj02.to_gcj02(116.404, 39.915)
    assert math.isclose(lon, 116.41024449916938, abs_tol=1e-9)
    assert math.isclose(lat, 39.91640428150164, abs_tol=1e-9)


def test_shift_in_liuzhou_is_some_hundred_metres() -> None:
    lon, lat = gcj02.to_gcj02(109.39, 24.31)
    east, north = (lon - 109.39) * 111_320 * math.cos(math.radians(24.31)), (lat - 24.31) * 110_800
    assert 300 < math.hypot(east, north) < 800


def test_outside_china_nothing_moves() -> None:
    assert gcj02.to_gcj02(-71.0587, 42.3594) == (-71.0587, 42.3594)


@given(LON, LAT)
def test_the_way_back_is_exact_to_a_millionth(lon: float, lat: float) -> None:
    back = gcj02.to_wgs84(*gcj02.to_gcj02(lon, lat))
    assert abs(back[0] - lon) < 1e-6
    assert abs(back[1] - lat) < 1e-6


def _slow_key(lon: float, lat: float) -> int:
    """Bit by bit, as a definition."""
    x, y = int((lon + 180) / 360 * 2**31), int((lat + 90) / 180 * 2**31)
    x, y = min(x, 2**31 - 1), min(y, 2**31 - 1)
    return sum(((x >> i & 1) << 2 * i) | ((y >> i & 1) << 2 * i + 1) for i in range(31))


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_zkey_equals_its_definition_and_its_vector_form(lon: float, lat: float) -> None:
    key = zkey(lon, lat)
    assert key == _slow_key(lon, lat)
    assert 0 <= key < 2**62
    assert zkey(np.array([lon]), np.array([lat]))[0] == key


def test_zkey_of_a_missing_point() -> None:
    assert zkey(np.array([np.nan, 1.0]), np.array([2.0, np.nan])).tolist() == [MISSING, MISSING]
