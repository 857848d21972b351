"""How every running promise stands, from one snapshot: one scan a metric and window, one insert.

Nothing is asked per promise: each scan is grouped by all the columns a promise may be cut by,
and the promise's own cut is added up from its groups.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.manifest import Manifest
from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.periods import Window, micros
from chengzhi.analytics.refresh import folder_of
from chengzhi.branch.commitments.content import faults
from chengzhi.branch.commitments.keeping import Counted, grade_of, outcome_of
from chengzhi.branch.commitments.life import RUNNING
from chengzhi.branch.commitments.models import Commitment, Comparison, Reading
from chengzhi.branch.commitments.offered import columns_of, offered
from chengzhi.lifecycle.machine import carry_out, propose
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area, District

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

logger = logging.getLogger(__name__)
_KEPT = ("as_of", "above", "below", "value", "low", "high", "baseline_value", "baseline_n", "comparison_value",
         "comparison_n", "outcome", "grade", "final")  # fmt: skip
BATCH = 1000
_Key = tuple[tuple[str, Any], ...]


@dataclass
class Cube:
    """One metric in one window, per combination of its columns; sums are made once per question."""

    columns: tuple[str, ...]
    rows: list[tuple[tuple[Any, ...], int, int]]
    _sums: dict[tuple[tuple[str, ...], str], dict[tuple[Any, ...], Counted]] = field(default_factory=dict)

    def count(self, cut: dict[str, Any], placed: str = "") -> Counted:
        """The rows of a cut; with `placed` only those that have a value in that column."""
        names = tuple(sorted(cut))
        if (names, placed) not in self._sums:
            self._sums[names, placed] = self._summed(names, placed)
        return self._sums[names, placed].get(tuple(cut[name] for name in names), Counted())

    def _summed(self, names: tuple[str, ...], placed: str) -> dict[tuple[Any, ...], Counted]:
        at = [self.columns.index(name) for name in names]
        place = self.columns.index(placed) if placed else None
        sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0])
        for values, above, below in self.rows:
            if place is None or values[place] is not None:
                held = sums[tuple(values[i] for i in at)]
                held[0] += above
                held[1] += below
        return {key: Counted(*pair) for key, pair in sums.items()}


@dataclass
class Source:
    """One snapshot of a district, each cube read once."""

    engine: "DuckDBPyConnection"
    manifest: Manifest
    zone: ZoneInfo
    cubes: dict[tuple[str, Window], Cube] = field(default_factory=dict)

    def cube(self, metric: Metric, window: Window) -> Cube:
        """The metric in the window."""
        from chengzhi.analytics.engines import duckdb

        if (metric.key, window) not in self.cubes:
            columns = tuple(sorted(columns_of(metric)))
            rows = duckdb.cube(self.engine, metric, columns, window, Options())
            self.cubes[metric.key, window] = Cube(columns, rows)
        return self.cubes[metric.key, window]

    def window(self, first: date, last: date, until: datetime | None = None) -> Window:
        """Whole days of the district, cut at `until`."""
        start = micros(datetime.combine(first, time(), self.zone))
        end = micros(datetime.combine(last + timedelta(days=1), time(), self.zone))
        return Window(start, end if until is None else max(start, min(end, micros(until))))

    @cached_property
    def day(self) -> date:
        """The day of the snapshot on the district's wall."""
        return self.manifest.as_of.astimezone(self.zone).date()


def a_year_before(day: date) -> date:
    """The same day one year earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def cut_of(thing: Commitment) -> dict[str, Any]:
    """Column → value of the rows that the promise is about."""
    cut: dict[str, Any] = {}
    if thing.area is not None:
        cut["street" if thing.area.level == Area.Level.STREET else "area"] = thing.area_id
    if thing.unit_id is not None:
        cut["unit"] = thing.unit_id
    if thing.domain:
        cut["domain"] = thing.domain
    if thing.type_id is not None:
        cut["type"] = thing.type_id
    return cut


def read(thing: Commitment, source: Source) -> Reading:
    """The reading of one promise from cubes already read, or read now for all alike."""
    metric, cut = offered().get(thing.metric), cut_of(thing)
    as_of = source.manifest.as_of
    final = source.day > thing.end
    if metric is None:  # a release took the figure away: nothing can be said any more
        return _reading(thing, source, (Counted(), Counted(), Counted()), 1, final)
    running = source.window(thing.start, thing.end, as_of)
    now = source.cube(metric, running).count(cut)
    before = source.cube(metric, source.window(thing.baseline_first, thing.baseline_last)).count(cut)
    beside = _beside(thing, metric, cut, now, running, source)
    return _reading(thing, source, (now, before, beside), metric.smallest, final)


def _beside(
    thing: Commitment, metric: Metric, cut: dict[str, Any], now: Counted, running: Window, source: Source
) -> Counted:
    if thing.comparison == Comparison.EARLIER:
        last = min(thing.end, source.day)
        window = source.window(a_year_before(thing.start), a_year_before(last))
        return source.cube(metric, window).count(cut)
    place = next(name for name in ("street", "area", "unit") if name in cut)
    others = {name: value for name, value in cut.items() if name not in ("street", "area", "unit")}
    return source.cube(metric, running).count(others, placed=place).minus(now)


def _reading(
    thing: Commitment,
    source: Source,
    counts: tuple[Counted, Counted, Counted],
    smallest: int,
    final: bool,
) -> Reading:
    """The row of today; `counts` are those of the promise, of the window before, and of what lies beside."""
    now, before, beside = counts
    low, high = now.interval
    return Reading(
        commitment=thing, day=source.day, as_of=source.manifest.as_of, above=now.above, below=now.below,
        value=now.value, low=low, high=high, baseline_value=before.value, baseline_n=before.below,
        comparison_value=beside.value, comparison_n=beside.below,
        outcome=outcome_of(thing.direction, thing.target, smallest, now, before),
        grade=grade_of(smallest, before), final=final,
    )  # fmt: skip


def compute(district: District, *, on: datetime) -> int:
    """Write today's reading of every promise that has begun, and settle those that are over.

    Returns how many were read; 0 before the first snapshot. A promise whose content no longer
    fits its hash is left out and reported in the log.
    """
    manifest = manifests.load(folder_of(district.slug))
    if manifest is None:
        return 0
    zone = ZoneInfo(district.zone)
    begun = _begun(district.pk, manifest.as_of.astimezone(zone).date())
    if not begun:
        return 0
    readings = list(_read_all(begun, manifest, district, zone))
    with transaction.atomic():
        Reading.objects.bulk_create(
            readings, batch_size=BATCH, update_conflicts=True, unique_fields=["commitment", "day"],
            update_fields=list(_KEPT),
        )  # fmt: skip
    for reading in readings:
        if reading.final:
            _settle(reading, on)
    return len(readings)


def _begun(district_id: int, day: date) -> list[Commitment]:
    rows = Commitment.objects.filter(district_id=district_id, state__in=RUNNING, start__lte=day)
    found = list(rows.select_related("area", "unit", "type", "body", "member").order_by("id"))
    broken = {one.pk for one in faults(found)}
    for one in found:
        if one.pk in broken:
            logger.error("promise %s does not fit the hash of its registration; not computed", one.number)
    return [one for one in found if one.pk not in broken]


def _read_all(
    things: Iterable[Commitment], manifest: Manifest, district: District, zone: ZoneInfo
) -> Iterator[Reading]:
    from chengzhi.analytics.engines import duckdb

    with duckdb.connect(manifest.files(folder_of(district.slug))) as engine:
        source = Source(engine, manifest, zone)
        for thing in things:
            yield read(thing, source)


def _settle(reading: Reading, on: datetime) -> None:
    thing = reading.commitment
    value = "—" if reading.value is None else f"{100 * reading.value:.1f} %"
    context = {"notes": {"value": value, "sample": reading.below, "reading": reading.day.isoformat()}}
    carry_out(
        propose(thing, f"settle_{reading.outcome}", by=Actor.system(), on=on, facts={}, context=context)
    )
