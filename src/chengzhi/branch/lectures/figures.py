"""Figures of a lecture: those of its domain in the last quarter, and each decision's before and after.

Everything is read from the district's prepared snapshot, by metrics of the catalogue. Two windows
of the same length are put side by side, with their numbers of cases and intervals; nothing here
says that the lecture caused a difference (design grade C: before and after only).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.metric import POSTS, Metric, Options, Subject
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.periods import Period, PeriodKind, period_of
from chengzhi.analytics.refresh import folder_of
from chengzhi.analytics.tables import TABLES
from chengzhi.analytics.tally import wilson
from chengzhi.branch.commitments import offered as promised
from chengzhi.branch.commitments.figures import Source
from chengzhi.branch.lectures.models import Decision, Lecture, Sight
from chengzhi.domains import DOMAINS
from chengzhi.places.models import Area, District

BATCH = 1000
LOOKED_AT = ("held", "followed_up")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure in one window: counts, so that the sample size is always known."""

    metric: Metric
    above: int
    below: int

    @property
    def enough(self) -> bool:
        """Whether there are enough cases to show a share; a plain count may always be shown."""
        return not self.metric.is_rate or self.below >= self.metric.smallest

    @property
    def value(self) -> float | None:
        """The share, or the count; None for a share of too few."""
        if not self.metric.is_rate:
            return float(self.above)
        return self.above / self.below if self.enough else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of a share that may be shown."""
        return wilson(self.above, self.below) if self.metric.is_rate and self.enough else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a domain in a quarter, as of one moment; `complete` once the whole quarter was counted."""

    period: Period
    as_of: datetime
    complete: bool
    rows: tuple[Shown, ...]


@lru_cache(maxsize=1)
def of_domains() -> tuple[Metric, ...]:
    """The metrics that can be read for one domain: of areas and departments, never of persons.

    Over a whole domain the same figure of areas and of departments is one: it is told once.
    """
    fit = [
        one for one in METRICS.values() if one.subject not in POSTS and "domain" in TABLES[one.table].names
    ]
    of_areas = {one.indicator for one in fit if one.subject is Subject.AREA}
    return tuple(one for one in fit if one.subject is Subject.AREA or one.indicator not in of_areas)


@lru_cache(maxsize=1)
def offered() -> Mapping[str, Metric]:
    """What a decision may be looked at by: the shares a promise may be made of, where they know the domain."""
    known = promised.offered()
    return {key: one for key, one in known.items() if "domain" in promised.columns_of(one)}


def quarter_of(lecture: Lecture, today: date) -> Period:
    """The last whole quarter before the lecture was held; before today while it was not."""
    return period_of(PeriodKind.QUARTER, lecture.held_on or today).previous()


def of_quarter(lecture: Lecture, period: Period) -> Figures | None:
    """Every metric of the lecture's domain (and area) in a quarter; None while no figures are prepared."""
    district = lecture.district
    manifest = manifests.load(folder_of(district.slug))
    if manifest is None:
        return None
    from chengzhi.analytics.engines import duckdb

    options, window = Options(), period.window(district.zone, manifest.as_of)
    anchors = {one.anchor(options) for one in of_domains()}
    found: dict[str, Shown] = {}
    with duckdb.connect(manifest.files(folder_of(district.slug), window, anchors)) as engine:
        for table in dict.fromkeys(one.table for one in of_domains()):
            engine.execute(f"ALTER VIEW {table} RENAME TO {table}_whole")
            # A key of our own list and a number: no text of a person goes into the statement.
            engine.execute(f"CREATE VIEW {table} AS SELECT * FROM {table}_whole WHERE {_slice(lecture)}")
            asked = [one for one in of_domains() if one.table == table]
            for row in duckdb.tally(engine, asked, None, window, options):
                found[row.metric] = Shown(METRICS[row.metric], row.above, row.below)
    end = datetime.combine(period.after, datetime.min.time(), ZoneInfo(district.zone))
    return Figures(
        period,
        manifest.as_of,
        manifest.as_of >= end,
        tuple(found[one.key] for one in of_domains() if one.key in found),
    )


def _slice(lecture: Lecture) -> str:
    domain = next(one.key for one in DOMAINS if one.key == lecture.domain)
    parts = [f"domain = '{domain}'"]
    if lecture.area is not None:
        parts.append(f"{_column(lecture.area)} = {int(lecture.area.pk)}")
    return " AND ".join(parts)


def _column(area: Area) -> str:
    return "street" if area.level == Area.Level.STREET else "area"


def windows(decision: Decision) -> tuple[tuple[date, date], tuple[date, date]]:
    """First and last day before and after: as many days before the lecture as from it to the agreed day.

    The day of the lecture itself is in neither.
    """
    held = decision.lecture.held_on
    if held is None:
        raise ValueError("a decision of a lecture that was not held")
    days = (decision.look_again_on - held).days
    return (held - timedelta(days=days), held - timedelta(days=1)), (
        held + timedelta(days=1),
        decision.look_again_on,
    )


def read_due(district: District, decisions: Sequence[Decision] | None = None) -> list[Sight]:
    """Read what is due: the time before as soon as it is in the snapshot, the time after once it is over.

    One scan a metric and window for all of them. With `decisions` only those. What was read is
    not read again: a later correction of cases does not change what was looked at.
    """
    manifest = manifests.load(folder_of(district.slug))
    if manifest is None:
        return []
    zone = ZoneInfo(district.zone)
    day = manifest.as_of.astimezone(zone).date()
    rows = _due(district.pk, day)
    due = list(rows if decisions is None else rows.filter(pk__in=[one.pk for one in decisions]))
    if not due:
        return []
    from chengzhi.analytics.engines import duckdb

    with duckdb.connect(manifest.files(folder_of(district.slug))) as engine:
        source = Source(engine, manifest, zone)
        sights = [sight for one in due for sight in _sights(one, source, day)]
    Sight.objects.bulk_create(sights, batch_size=BATCH, ignore_conflicts=True)
    return sights


def _due(district_id: int, day: date) -> QuerySet[Decision]:
    seen = Sight.objects.filter(decision=OuterRef("pk"))
    rows = Decision.objects.filter(
        lecture__district_id=district_id, lecture__state__in=LOOKED_AT, lecture__held_on__lte=day,
        metric__in=list(offered()),
    )  # fmt: skip
    rows = rows.annotate(
        has_before=Exists(seen.filter(when=Sight.When.BEFORE)), has_after=Exists(seen.filter(when=Sight.When.AFTER))
    )  # fmt: skip
    rows = rows.filter(Q(has_before=False) | Q(has_after=False, look_again_on__lt=day))
    return rows.select_related("lecture__area").defer("lecture__area__outline").order_by("pk")


def _sights(decision: Decision, source: Source, day: date) -> Iterator[Sight]:
    lecture, metric = decision.lecture, offered()[decision.metric]
    cut: dict[str, object] = {"domain": lecture.domain}
    if lecture.area is not None:
        cut[_column(lecture.area)] = lecture.area_id
    before, after = windows(decision)
    wanted = [(Sight.When.BEFORE, before, not decision.has_before)]  # type: ignore[attr-defined]
    wanted += [(Sight.When.AFTER, after, not decision.has_after and decision.look_again_on < day)]  # type: ignore[attr-defined]
    for when, (first, last), due in wanted:
        if due:
            counted = source.cube(metric, source.window(first, last)).count(cut)
            yield Sight(
                decision=decision, when=when, first=first, last=last, as_of=source.manifest.as_of,
                above=counted.above, below=counted.below,
            )  # fmt: skip
