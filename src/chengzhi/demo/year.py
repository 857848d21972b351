"""One simulated year of the sample district, month by month: seeded, resumable, always labelled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt
from django.db import transaction

from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case
from chengzhi.cases.routing import propose_unit
from chengzhi.demo import course
from chengzhi.demo.draws import Drawn, Kind, Times, draw, ground, kinds
from chengzhi.demo.writing import SYSTEM, Scene, write
from chengzhi.people.models import Post
from chengzhi.places.models import District
from chengzhi.places.placement import PlacedArrays, locate_many

SEED = 459_904


@dataclass(frozen=True)
class Month:
    """A local month, or the part of it that the year covers."""

    first: datetime
    days: int

    @property
    def name(self) -> str:
        """Such as 2026-03."""
        return f"{self.first:%Y-%m}"


def months(district: District, now: datetime) -> list[Month]:
    """The twelve months before this one and this one up to today."""
    local = now.astimezone(habits(district.pk).zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return list(_months(local.replace(day=1, year=local.year - 1), local))


def _months(first: datetime, today: datetime) -> Iterator[Month]:
    while first <= today:
        following = (first + timedelta(days=32)).replace(day=1)
        yield Month(first, (min(following, today + timedelta(days=1)) - first).days)
        first = following


def is_there(district: District, month: Month) -> bool:
    """Whether the month was written before; a month is written whole or not at all."""
    return Case.objects.filter(
        district=district, source_system=SYSTEM, source_number=f"{month.name}-00000"
    ).exists()


@transaction.atomic
def simulate(district: District, month: Month, *, now: datetime) -> int:
    """Draw and write one month; the same seed and day give the same month. Returns the cases."""
    if is_there(district, month):
        return 0
    scene = _scene(district, month, now)
    return write(scene)


def _scene(district: District, month: Month, now: datetime) -> Scene:
    rng = np.random.default_rng([SEED, month.first.year, month.first.month])
    always = np.random.default_rng(SEED)  # places and skills stay the same all year
    known, own = kinds(district, now), habits(district.pk)
    drawn = draw(district, month.first, month.days, known, ground(district, always), rng)
    placed = locate_many(district.pk, drawn.lon, drawn.lat)
    unit, number = _units(district, drawn, placed, known, now)
    skills = course.skill(int(number.max()) + 1, always)
    at = course.run(drawn, known, number, skills, own, rng)
    cut = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "us")
    happened = _first_happened(at, cut)
    drawn, placed, unit, at = _only(drawn, placed, unit, at, happened)
    last = course.until(at, cut)
    people = _people(district, placed, len(last), rng)
    return Scene(district.pk, own, known, drawn, at, last, unit, placed, people, month.name, now)


def _first_happened(at: Times, cut: np.datetime64) -> npt.NDArray[np.bool_]:
    """Reports from later today have not come in yet."""
    begun = np.where(np.isnat(at[:, course.REPORT]), at[:, course.DIRECT], at[:, course.REPORT])
    return np.asarray(begun <= cut)


def _only(
    drawn: Drawn, placed: PlacedArrays, unit: npt.NDArray[np.int64], at: Times,
    rows: npt.NDArray[np.bool_],
) -> tuple[Drawn, PlacedArrays, npt.NDArray[np.int64], Times]:  # fmt: skip
    kept = np.flatnonzero(rows)
    fewer = Drawn(
        drawn.at[rows], drawn.channel[rows], drawn.kind[rows], drawn.lon[rows], drawn.lat[rows],
        [drawn.address[i] for i in kept], [drawn.text[i] for i in kept],
    )  # fmt: skip
    there = PlacedArrays(
        placed.cell_id[rows], placed.area_id[rows], placed.street_area_id[rows], placed.road[rows],
        placed.zkey[rows], placed.flag_bits[rows],
    )  # fmt: skip
    return fewer, there, unit[rows], at[rows]


def _units(
    district: District, drawn: Drawn, placed: PlacedArrays, known: list[Kind], now: datetime
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The department of each case by the district's own routing, and its number among them."""

    @cache
    def proposed(kind: int, area: int) -> int:
        what = known[kind]
        said = propose_unit(
            district_id=district.pk, type_id=what.type_id, area_id=area or None,
            domain=what.domain, on=now,
        )  # fmt: skip
        if said is None:
            raise LookupError(f"no department for type {what.type_id}")
        return said.unit_id

    units = np.array(
        [proposed(int(k), int(a)) for k, a in zip(drawn.kind, placed.street_area_id, strict=True)]
    )
    everyone = sorted(district.units.values_list("pk", flat=True))
    return units, np.searchsorted(everyone, units)


def _people(
    district: District, placed: PlacedArrays, n: int, rng: np.random.Generator
) -> dict[str, npt.NDArray[np.int64]]:
    """Who takes the steps of each case: inspectors by their duty area, the others by chance."""
    posts = Post.objects.filter(district=district, valid_to=None).order_by("account_id")
    by_role: dict[str, list[int]] = {}
    for role, account in posts.values_list("role", "account_id"):
        by_role.setdefault(role, []).append(account)
    people = {
        role: rng.choice(np.array(by_role[role]), n)
        for role in ("intake_clerk", "shift_leader", "dispatcher", "handler", "inspector")
    }
    duty = dict(posts.filter(role="inspector", areas__isnull=False).values_list("areas", "account_id"))
    own = np.array([duty.get(int(area), 0) for area in placed.street_area_id])
    people["inspector"] = np.where(own > 0, own, people["inspector"])
    return people
