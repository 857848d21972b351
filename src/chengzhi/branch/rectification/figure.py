"""The figure of an item: which metric of the catalogue, of which slice, read over which days, within its bound?

Read from the prepared snapshot of the district, as the evaluation reads it; a share of fewer cases
than the metric may be shown for says nothing, which is neither within nor outside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.manifest import Manifest
from chengzhi.analytics.metric import POSTS, Metric, Options
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.periods import Window, micros
from chengzhi.analytics.refresh import folder_of
from chengzhi.analytics.tables import TABLES
from chengzhi.branch.rectification.models import Item, Reading
from chengzhi.branch.rectification.problems import BadFigure
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, District

LONGEST = 366


@dataclass(frozen=True, slots=True)
class Figure:
    """What an item carries: a metric's key, its bound, the slice, the days it is read over.

    `bound` is a share (0 to 1) for a rate, a number of cases for a count.
    """

    metric: str
    bound: float
    kind: str
    days: int = 30
    area_id: int | None = None
    unit_id: int | None = None
    domain: str = ""


def offered() -> list[Metric]:
    """The metrics an item may carry: those of areas and departments, never of persons."""
    return [one for one in METRICS.values() if one.subject not in POSTS]


def require_readable(said: Figure, district_id: int) -> None:
    """Pass or raise BadFigure: unknown, about persons, an impossible bound, a slice its table does not have."""
    metric = next((one for one in offered() if one.key == said.metric), None)
    if metric is None:
        raise BadFigure(
            _("“%(metric)s” is no figure an item can carry.") % {"metric": said.metric[:80]},
            _("Figures of persons are never used here."),
            _("Choose one of the catalogue of areas and departments."),
        )
    top = 1.0 if metric.is_rate else float("inf")
    if not isfinite(said.bound) or not 0 <= said.bound <= top or said.kind not in Item.Bound.values:
        raise BadFigure(
            _("The bound %(bound)s cannot be.") % {"bound": said.bound},
            _("A share lies between 0 and 1, a count is 0 or more; the bound is at most or at least."),
        )
    if not 1 <= said.days <= LONGEST:
        raise BadFigure(_("A figure is read over 1 to %(most)s days.") % {"most": LONGEST})
    _require_slice(said, metric, district_id)


def _require_slice(said: Figure, metric: Metric, district_id: int) -> None:
    names = TABLES[metric.table].names
    lacking = said.unit_id is not None and "unit" not in names
    foreign = (
        (said.area_id and not Area.objects.filter(pk=said.area_id, district_id=district_id).exists())
        or (said.unit_id and not Unit.objects.filter(pk=said.unit_id, district_id=district_id).exists())
    )  # fmt: skip
    if lacking or foreign:
        raise BadFigure(
            _("The figure cannot be read for this place or department."),
            "",
            _("Choose a place or department of this district, or leave it open."),
        )


def snapshot(district: District) -> Manifest | None:
    """The figures in force; None while none are prepared."""
    return manifests.load(folder_of(district.slug))


def read(district: District, items: Sequence[Item], on: datetime) -> list[Reading]:
    """One unsaved reading per item that carries a figure; none while no figures are prepared."""
    carrying = [one for one in items if one.metric in METRICS]
    manifest = snapshot(district)
    if manifest is None or not carrying:
        return []
    from chengzhi.analytics.engines import duckdb

    options = Options()
    start = min(_window(one, manifest).start for one in carrying)
    anchors = {METRICS[one.metric].anchor(options) for one in carrying}
    wide = Window(start, micros(manifest.as_of) + 1)
    with duckdb.connect(manifest.files(folder_of(district.slug), wide, anchors)) as engine:
        for table in {METRICS[one.metric].table for one in carrying}:
            engine.execute(f"ALTER VIEW {table} RENAME TO {table}_whole")
        return [_one(engine, district, one, manifest, options, on) for one in carrying]


def _window(item: Item, manifest: Manifest) -> Window:
    end = micros(manifest.as_of) + 1
    return Window(micros(manifest.as_of - timedelta(days=item.metric_days)), end)


def _one(
    engine: Any, district: District, item: Item, manifest: Manifest, options: Options, on: datetime
) -> Reading:
    from chengzhi.analytics.engines import duckdb

    metric, window = METRICS[item.metric], _window(item, manifest)
    # Typed by us or drawn from a fixed list: no text of a person goes into the statement.
    engine.execute(
        f"CREATE OR REPLACE VIEW {metric.table} AS SELECT * FROM {metric.table}_whole WHERE {_slice(item)}"
    )
    counted = duckdb.tally(engine, [metric], None, window, options)
    above, below = (counted[0].above, counted[0].below) if counted else (0, 0)
    zone = ZoneInfo(district.zone)
    value = judged_value(metric, above, below)
    return Reading(
        item=item, day=on.astimezone(zone).date(), as_of=manifest.as_of, above=above, below=below, value=value,
        first=(manifest.as_of - timedelta(days=item.metric_days)).astimezone(zone).date(),
        within=verdict(metric, value, below, item.bound or 0.0, item.bound_kind),
    )  # fmt: skip


def _slice(item: Item) -> str:
    parts = ["true"]
    if item.metric_area is not None:
        column = "street" if item.metric_area.level == "street" else "area"
        parts.append(f"{column} = {int(item.metric_area.pk)}")
    if item.metric_unit_id is not None:
        parts.append(f"unit = {int(item.metric_unit_id)}")
    if item.metric_domain:
        parts.append(f"domain = '{item.metric_domain.replace(chr(39), '')}'")
    return " AND ".join(parts)


def judged_value(metric: Metric, above: int, below: int) -> float | None:
    """The share, or the count; None for a share of nothing."""
    if not metric.is_rate:
        return float(above)
    return above / below if below else None


def verdict(metric: Metric, value: float | None, below: int, bound: float, kind: str) -> bool | None:
    """Whether the value keeps to its bound; None where the sample is too small to say."""
    if value is None or (metric.is_rate and below < metric.smallest):
        return None
    return value <= bound if kind == Item.Bound.AT_MOST else value >= bound


def latest(item: Item) -> Reading | None:
    """The newest reading of an item."""
    return Reading.objects.filter(item_id=item.pk).order_by("-day").first()


def is_within(item: Item) -> bool:
    """Whether the item carries no figure, or its newest reading is within the bound."""
    if not item.metric:
        return True
    found = latest(item)
    return found is not None and found.within is True


def keep(readings: Iterable[Reading]) -> None:
    """Store readings; a second one of the same day replaces the first."""
    Reading.objects.bulk_create(
        readings, update_conflicts=True, unique_fields=["item", "day"],
        update_fields=["as_of", "first", "above", "below", "value", "within"],
    )  # fmt: skip
