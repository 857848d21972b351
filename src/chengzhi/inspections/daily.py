"""Daily means of a measurement and how many kept to the limit, by area; excused ones counted apart.

These are means of what was measured, not of a frame: where the places were drawn by lot, `results`
says more. Nobody who measured appears here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from chengzhi.cases.habits import habits
from chengzhi.inspections.checklists import measurement as measurement_of
from chengzhi.inspections.checklists import measurements
from chengzhi.inspections.estimates import Part, mean_of

ENDLESS = 10**9
"""Places of a frame that nobody has counted: no correction for its size."""


@dataclass(frozen=True, slots=True)
class Daily:
    """One day (or the whole span: `day` None) of one area (or all: `area_id` None).

    `readings` count in the mean; `judged` of them had a limit, `passed` kept to it; `excused` are left
    out of all three and counted here; `doubtful` are counted in. `low`, `high`: 95 % by Student's t,
    None for a single reading.
    """

    day: date | None
    area_id: int | None
    readings: int
    mean: float | None
    low: float | None
    high: float | None
    judged: int
    passed: int
    doubtful: int
    excused: int

    @property
    def share(self) -> float | None:
        """Share that kept to the limit; None where nothing was judged."""
        return self.passed / self.judged if self.judged else None


_DAYS = """
SELECT {day} AS day, {area} AS area,
  count(*) FILTER (WHERE NOT v.excused), avg(r.value) FILTER (WHERE NOT v.excused),
  var_samp(r.value) FILTER (WHERE NOT v.excused),
  count(*) FILTER (WHERE NOT v.excused AND r.passed IS NOT NULL),
  count(*) FILTER (WHERE NOT v.excused AND r.passed),
  count(*) FILTER (WHERE NOT v.excused AND r.doubtful), count(*) FILTER (WHERE v.excused)
FROM inspections_reading r
JOIN inspections_visit v ON v.id = r.visit_id
LEFT JOIN places_area a ON a.id = v.area_id
WHERE v.district_id = %(district)s AND v.domain = %(domain)s AND v.recheck_of_id IS NULL
  AND r.measurement = %(measurement)s
  AND v.visited_at >= (%(first)s::date)::timestamp AT TIME ZONE %(zone)s
  AND v.visited_at < (%(last)s::date + 1)::timestamp AT TIME ZONE %(zone)s
GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST
"""
_AREA = {
    "": "NULL::bigint",
    "community": "v.area_id",
    "street": "CASE WHEN a.level = 'street' THEN a.id ELSE a.parent_id END",
}


def daily(
    district_id: int,
    *,
    measurement: str,
    first: date,
    last: date,
    by: str = "",
    each_day: bool = True,
) -> list[Daily]:
    """Means and passes of a measurement from `first` to `last`, both included; one query.

    Parameters
    ----------
    by : "" for the district, "street" or "community". each_day : a row a day, else one for the span
        (the last seven days, say).

    Raises UnknownMeasurement.
    """
    one = measurement_of(measurement)
    domain = measurements()[measurement][0].key
    zone = habits(district_id).zone.key
    day = "(v.visited_at AT TIME ZONE %(zone)s)::date" if each_day else "NULL::date"
    values: dict[str, Any] = {"district": district_id, "domain": domain, "measurement": measurement, "first": first,
              "last": last, "zone": zone}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DAYS.format(day=day, area=_AREA[by]), values)
        return [_row(row, one.least) for row in cursor.fetchall()]


def _row(row: Sequence[Any], least: float | None) -> Daily:
    day, area, readings, mean, variance, judged, passed, doubtful, excused = row
    low = high = None
    if variance is not None:
        found = mean_of([Part(ENDLESS, readings, float(mean), float(variance))])
        low, high = found.low, found.high
    if low is not None and least is not None:
        low = max(least, low)
    known = float(mean) if mean is not None else None
    return Daily(day, area, readings, known, low, high, judged, passed, doubtful, excused)
