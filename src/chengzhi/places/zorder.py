"""Z-order (Morton) keys: nearby points get nearby 62-bit integers, so a B-tree serves maps.

31 bits per axis; longitude takes the even bits, latitude the odd ones. The key of a
missing point is None (scalar) or -1 (arrays).
"""

from typing import overload

import numpy as np
import numpy.typing as npt

BITS = 31
MISSING = -1
_STEPS = float(1 << BITS)
_TOP = (1 << BITS) - 1
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


@overload
def zkey(lon: float, lat: float) -> int: ...
@overload
def zkey(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]: ...
def zkey(
    lon: float | npt.NDArray[np.float64], lat: float | npt.NDArray[np.float64]
) -> int | npt.NDArray[np.int64]:
    """The key of degrees; the arrays may hold NaN, which gives -1.

    A scalar call needs finite numbers. Both forms agree bit for bit.
    """
    if isinstance(lon, np.ndarray) or isinstance(lat, np.ndarray):
        return _keys(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    x = min(max(int((lon + 180.0) / 360.0 * _STEPS), 0), _TOP)
    y = min(max(int((lat + 90.0) / 180.0 * _STEPS), 0), _TOP)
    for shift, mask in _SPREAD:
        x = (x | x << shift) & mask
        y = (y | y << shift) & mask
    return x | y << 1


def _keys(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    known = np.isfinite(lon) & np.isfinite(lat)
    x = _bits(np.where(known, lon, 0.0), 180.0)
    y = _bits(np.where(known, lat, 0.0), 90.0)
    return np.where(known, x | y << np.int64(1), np.int64(MISSING))


def _bits(values: npt.NDArray[np.float64], half: float) -> npt.NDArray[np.int64]:
    scaled = (values + half) / (2 * half) * _STEPS
    bits = np.clip(scaled, 0, _TOP).astype(np.int64)
    for shift, mask in _SPREAD:
        bits = (bits | bits << np.int64(shift)) & np.int64(mask)
    return bits
