"""What happens where and when in the simulated district: draws from stated volumes, nothing else."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely
import yaml
from django.db.models import Q
from scipy.spatial import cKDTree

from chengzhi.cases.models import CaseLimit
from chengzhi.law.units import Limit, Unit
from chengzhi.places.models import Cell, District, Street

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Times = npt.NDArray[np.datetime64]
METRE = 1 / 111_000  # degrees, near enough for jitter


@cache
def volumes() -> dict[str, Any]:
    """The stated volumes, shares and seasons."""
    body = yaml.safe_load((Path(__file__).parent / "volumes.yaml").read_text(encoding="utf-8"))
    return dict(body)


@dataclass(frozen=True)
class Kind:
    """A case type the simulator knows, with one filing condition and its limit."""

    type_id: int
    domain: str
    condition: str
    outcome: str
    limit: Limit
    weight: float
    months: tuple[int, ...]
    evening: float
    seen: str


@dataclass(frozen=True)
class Drawn:
    """n reports: true times (UTC), kinds (index), places, words. Sorted by time."""

    at: Times
    channel: npt.NDArray[np.str_]
    kind: Ints
    lon: Floats
    lat: Floats
    address: list[str]
    text: list[str]


def kinds(district: District, on: datetime) -> list[Kind]:
    """The types with a limit in force; a type with several conditions is several kinds."""
    table = volumes()["types"]
    rows = CaseLimit.objects.filter(
        Q(valid_to=None), type__district=district, type__code__in=list(table), valid_from__lte=on.date()
    ).select_related("type")
    found = {(row.type.code, row.condition): row for row in rows.order_by("pk")}
    each = {code: sum(1 for c, _ in found if c == code) for code in table}
    return [
        Kind(
            row.type_id, row.type.domain, row.condition, row.outcome, Limit(row.amount, Unit(row.unit)),
            table[code][0] / each[code], tuple(table[code][1]), table[code][2], table[code][3],
        )
        for (code, _), row in sorted(found.items())
    ]  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Where things can happen: points inside cells, repeat places, the nearest street's name."""

    lon: Floats
    lat: Floats
    repeat: Ints
    streets: cKDTree
    names: list[str]


def ground(district: District, rng: np.random.Generator) -> Ground:
    """The district's cells as points; the repeat places are some of them, drawn once."""
    outlines = (
        Cell.objects.filter(district=district, valid_to=None)
        .order_by("code")
        .values_list("outline", flat=True)
    )
    shapes = shapely.from_geojson([json.dumps(outline) for outline in outlines])
    points = shapely.point_on_surface(shapes)
    streets = list(Street.objects.filter(district=district, lon__isnull=False).order_by("name"))
    tree = cKDTree([(s.lon, s.lat) for s in streets] or [(0.0, 0.0)])
    repeat = rng.choice(len(shapes), min(volumes()["repeat_places"], len(shapes)), replace=False)
    names = [s.name for s in streets] or [district.name]
    return Ground(shapely.get_x(points), shapely.get_y(points), repeat, tree, names)


def expected(first: datetime, days: int) -> int:
    """How many reports the stated volume means for some days of one month."""
    said = volumes()
    city: float = sum(received for received, _ in said["channels"].values())
    return int(city * said["share"] * said["months"][first.month - 1] * days / 31)


def draw(
    district: District, first: datetime, days: int, known: list[Kind], where: Ground,
    rng: np.random.Generator,
) -> Drawn:  # fmt: skip
    """Draw the reports of ``days`` days from ``first`` (local midnight)."""
    n = expected(first, days)
    channel = _channels(n, rng)
    kind = _kinds(n, known, first.month, rng)
    at = _times(first, days, channel, kind, known, rng)
    order = np.argsort(at, kind="stable")
    lon, lat = _points(n, where, rng)
    nearest = where.streets.query(np.column_stack([lon, lat]))[1]
    numbers = rng.integers(1, 240, n)
    address = [f"{where.names[s]}{no}号附近" for s, no in zip(nearest, numbers, strict=True)]
    text = [f"{a}{known[k].seen}" for a, k in zip(address, kind, strict=True)]
    return Drawn(
        at[order], channel[order], kind[order], lon[order], lat[order],
        [address[i] for i in order], [text[i] for i in order],
    )  # fmt: skip


def _channels(n: int, rng: np.random.Generator) -> npt.NDArray[np.str_]:
    said = volumes()["channels"]
    received = np.array([pair[0] for pair in said.values()], dtype=float)
    return rng.choice(np.array(list(said)), n, p=received / received.sum())


def _kinds(n: int, known: list[Kind], month: int, rng: np.random.Generator) -> Ints:
    weight = np.array([k.weight * (1.6 if month in k.months else 0.35 if k.months else 1.0) for k in known])
    return rng.choice(len(known), n, p=weight / weight.sum())


def _times(
    first: datetime, days: int, channel: npt.NDArray[np.str_], kind: Ints, known: list[Kind],
    rng: np.random.Generator,
) -> Times:  # fmt: skip
    said = volumes()
    n, zone = len(channel), first.tzinfo
    weight = np.array([said["weekdays"][(first + timedelta(days=d)).weekday()] for d in range(days)])
    day = rng.choice(days, n, p=weight / weight.sum())
    patrol = _hours(said["hours"]["patrol"], n, rng)
    public = _hours(said["hours"]["public"], n, rng)
    hour = np.where(np.isin(channel, ["patrol", "video"]), patrol, public)
    evening = rng.random(n) < np.array([k.evening for k in known])[kind]
    hour = np.where(evening, rng.choice([18, 19, 20, 21, 22], n, p=[0.1, 0.25, 0.3, 0.25, 0.1]), hour)
    seconds = hour * 3600 + rng.integers(0, 3600, n)
    start = np.datetime64(first.astimezone(ZoneInfo("UTC")).replace(tzinfo=None), "us")
    assert zone is not None  # a day of the district, which has no summer time
    return np.asarray(start + (day * 86_400 + seconds).astype("timedelta64[s]"), dtype="datetime64[us]")


def _hours(weights: list[float], n: int, rng: np.random.Generator) -> Ints:
    weight = np.array(weights, dtype=float)
    return rng.choice(24, n, p=weight / weight.sum())


def _points(n: int, where: Ground, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Some at repeat places (a few of them very often), the rest anywhere in the district."""
    repeats = rng.random(n) < volumes()["repeat_share"]
    often = 1 / np.arange(1, len(where.repeat) + 1)
    again = where.repeat[rng.choice(len(where.repeat), n, p=often / often.sum())]
    cell = np.where(repeats, again, rng.integers(0, len(where.lon), n))
    spread = np.where(repeats, 12.0, 45.0) * METRE
    return (
        where.lon[cell] + rng.normal(0, spread),
        where.lat[cell] + rng.normal(0, spread),
    )
