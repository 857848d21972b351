"""Where people trade without a place: cells that a domain's demand names, the busiest first.

Read from the prepared figures, so that it costs the same at any number of cases; the free places
are read live. What is proposed is a question for the consultation, never a decision.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.periods import Window
from chengzhi.analytics.refresh import folder_of
from chengzhi.cases.models import CaseType
from chengzhi.domains.beside import Demand
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.models import Cell, District
from chengzhi.registers.models import RegisteredObject

MOST = 30
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A cell where a place is missing: how many cases and days with one, and the nearest free place."""

    cell: Cell
    cases: int
    days: int
    lon: float
    lat: float
    free_metres: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """All proposals, with the moment of the figures and the days they cover."""

    as_of: datetime
    first: date
    last: date
    rows: tuple[Wanted, ...]


def wish(district: District, demand: Demand) -> Wish | None:
    """The busiest cells without a free place near; None while no figures are prepared."""
    from chengzhi.analytics.engines import duckdb

    folder = folder_of(district.slug)
    manifest = manifests.load(folder)
    if manifest is None:
        return None
    end = int(manifest.as_of.timestamp() * MICRO)
    start = end - demand.days * 86_400 * MICRO
    types = CaseType.objects.filter(district=district, code__in=demand.types).values_list("pk", flat=True)
    files = manifest.files(folder, Window(start, end), ["reported_at"])
    with duckdb.connect(files) as engine:
        found = engine.execute(_CELLS, [list(types), start, end, demand.least]).fetchall()
    first = (manifest.as_of - timedelta(days=demand.days)).date()
    return Wish(manifest.as_of, first, manifest.as_of.date(), _without_place(district, demand, found))


_CELLS = f"""
SELECT cell, count(*) AS cases, count(DISTINCT reported_at // {86_400 * MICRO}) AS days,
       avg(lon) AS lon, avg(lat) AS lat
FROM cases_flat
WHERE list_contains(?::BIGINT[], type) AND reported_at >= ? AND reported_at < ? AND cell IS NOT NULL
  AND lon IS NOT NULL AND void = 0 AND merged = 0
GROUP BY cell HAVING count(*) >= ? ORDER BY cases DESC, cell
"""


def _without_place(district: District, demand: Demand, found: list[Any]) -> tuple[Wanted, ...]:
    free = RegisteredObject.objects.filter(
        district=district, kind=demand.kind, state__in=demand.free, lon__isnull=False
    )
    places = np.array(list(free.values_list("lon", "lat")), dtype=np.float64).reshape(-1, 2)
    kept = [(row, _nearest(places, row[3], row[4])) for row in found]
    kept = [(row, far) for row, far in kept if far is None or far > demand.within][:MOST]
    cells = Cell.objects.defer("outline").select_related("area").in_bulk([row[0] for row, _ in kept])
    return tuple(
        Wanted(cells[cell], cases, days, lon, lat, far)
        for (cell, cases, days, lon, lat), far in kept
        if cell in cells
    )


def _nearest(places: npt.NDArray[np.float64], lon: float, lat: float) -> int | None:
    if not len(places):
        return None
    wide = (places[:, 0] - lon) * np.cos(np.radians(lat))
    return int(np.min(np.hypot(wide, places[:, 1] - lat)) * METRES_PER_DEGREE)
