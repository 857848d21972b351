"""GCJ-02, the shifted coordinates of Chinese web maps, and the way back to WGS-84.

The shift is some hundred metres, differs from place to place and applies inside
mainland China only. The forward formula is the one in public use; the way back has no
closed form and is iterated until the forward image agrees.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_AXIS = 6378245.0  # Krasovsky 1940, the ellipsoid the formula is written for
_ECCENTRICITY = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_PRECISION = 1e-9  # degrees, about 0.1 mm
_ROUNDS = 30


def to_gcj02(lons: npt.ArrayLike, lats: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS-84 degrees to GCJ-02; points outside mainland China's box stay."""
    lon = np.asarray(lons, dtype=np.float64)
    lat = np.asarray(lats, dtype=np.float64)
    inside = (lon > _WEST) & (lon < _EAST) & (lat > _SOUTH) & (lat < _NORTH)
    d_lon, d_lat = _shift(lon, lat)
    return lon + np.where(inside, d_lon, 0.0), lat + np.where(inside, d_lat, 0.0)


def to_wgs84(lons: npt.ArrayLike, lats: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Undo the shift: degrees whose forward image is the input, to better than 1e-6 degree."""
    target_lon = np.asarray(lons, dtype=np.float64)
    target_lat = np.asarray(lats, dtype=np.float64)
    lon, lat = target_lon.copy(), target_lat.copy()
    for _ in range(_ROUNDS):
        image_lon, image_lat = to_gcj02(lon, lat)
        miss_lon, miss_lat = image_lon - target_lon, image_lat - target_lat
        lon, lat = lon - miss_lon, lat - miss_lat
        if max(np.abs(miss_lon).max(initial=0), np.abs(miss_lat).max(initial=0)) < _PRECISION:
            break
    return lon, lat


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    bend = 1 - _ECCENTRICITY * np.sin(radians) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY) / (bend * np.sqrt(bend))
    parallel = _AXIS / np.sqrt(bend) * np.cos(radians)
    return np.degrees(_east(x, y) / parallel), np.degrees(_north(x, y) / meridian)


def _east(x: Floats, y: Floats) -> Floats:
    """Metres eastwards before scaling by the parallel."""
    wave = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return np.asarray(wave + _ripple(x) + _swell(x, ((20, 1), (40, 3)), ((150, 12), (300, 30))))


def _north(x: Floats, y: Floats) -> Floats:
    """Metres northwards before scaling by the meridian."""
    wave = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    return np.asarray(wave + _ripple(x) + _swell(y, ((20, 1), (40, 3)), ((160, 12), (320, 30))))


def _ripple(x: Floats) -> Floats:
    return np.asarray((20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3)


def _swell(v: Floats, short: tuple[tuple[int, int], ...], long: tuple[tuple[int, int], ...]) -> Floats:
    terms = [size * np.sin(v * np.pi / length) for size, length in (*short, *long)]
    return np.asarray(sum(terms) * 2 / 3)
