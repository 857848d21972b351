"""Where it is, as given by somebody: checked before it is placed."""

import math
from typing import Protocol

from django.utils.translation import gettext as _

from chengzhi.reports.problems import ImpossiblePlace, SwappedPlace


class Bounds(Protocol):
    """The box around a district, in degrees."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float


MARGIN = 0.05  # degrees, about 5 km: a point just over the border is no swap


def _inside(lon: float, lat: float, box: Bounds) -> bool:
    return (
        box.min_lon - MARGIN <= lon <= box.max_lon + MARGIN
        and box.min_lat - MARGIN <= lat <= box.max_lat + MARGIN
    )


def check_point(lon: float, lat: float, box: Bounds) -> None:
    """Raise ImpossiblePlace for no place on earth, SwappedPlace where only the swap lies here.

    A point elsewhere on earth passes: it is kept and flagged, never dropped.
    """
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise _impossible()
    if not _inside(lon, lat, box) and _inside(lat, lon, box):
        raise SwappedPlace(
            _("Longitude and latitude are swapped."),
            _("As given the point lies elsewhere; the other way round it lies in this district."),
            _("Send longitude as lon and latitude as lat."),
        )
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _impossible()


def _impossible() -> ImpossiblePlace:
    return ImpossiblePlace(
        _("These coordinates are no place on earth."),
        _("Longitude lies within ±180, latitude within ±90 degrees."),
        _("Choose the place again, or give the street and a landmark."),
    )
