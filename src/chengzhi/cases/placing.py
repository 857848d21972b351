"""Where a case lies, as the fields of its row."""

from typing import Any

from chengzhi.cases.words import bigrams
from chengzhi.places.placement import PLACE_FLAGS, locate


def placed_fields(case: Any, lon: float, lat: float, address: str) -> dict[str, Any]:
    """The fields that follow from a corrected point and address; other flags of the case stay."""
    placed = locate(case.district_id, lon, lat)
    kept = [flag for flag in case.flags if flag not in PLACE_FLAGS]
    return {
        "lon": lon,
        "lat": lat,
        "zkey": placed.zkey,
        "cell_id": placed.cell_id,
        "area_id": placed.area_id,
        "street_area_id": placed.street_area_id,
        "road_kind": placed.road_kind,
        "flags": sorted({*kept, *placed.flags}),
        "address": address,
        "bigrams": bigrams(case.text, address),
    }
