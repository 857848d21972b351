"""Which rows of a register's file are there already, which are new, which may be doubles. Writes nothing."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.people.actor import Actor
from chengzhi.people.models import Unit
from chengzhi.places.geometry import METRES_PER_DEGREE
from chengzhi.places.models import District
from chengzhi.registers.courses import course_of
from chengzhi.registers.exchange import Rows, name_key
from chengzhi.registers.lives import MERGED, MERGED_WORDS
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.policies import policy
from chengzhi.registers.problems import FieldFault

DOUBLE = "possible_double"
# What an update compares and writes.
COMPARED = (
    "id", "number", "name", "address", "lon", "lat", "facts", "party_id", "unit_id", "component_code", "state",
    "flags", "version", "import_run", "source_system", "source_number", "merged_into_id", "district_id", "kind",
    "permit_until", "zkey", "cell_id", "area_id", "street_area_id", "road_kind", "bigrams", "component_status",
    "shape", "place_kind",
)  # fmt: skip


@dataclass
class Admission:
    """Everything that is the same for all rows of a run."""

    run_id: int
    district: District
    kind: Kind
    source_system: str
    by: Actor
    on: datetime

    @cached_property
    def units(self) -> dict[str, int]:
        """Units of the district by small-letter name and code."""
        rows = Unit.objects.filter(district=self.district, active=True).order_by("-pk")
        return {text.casefold(): row.pk for row in rows for text in (row.name, row.code) if text}

    @cached_property
    def states(self) -> dict[str, str]:
        """States of the kind by key and by word."""
        course = course_of(self.kind)
        named = {MERGED: MERGED_WORDS, **course.states}
        known = {word.casefold(): key for key, words in named.items() for word in (key, *words)}
        return {word: key for word, key in known.items() if key != MERGED}

    @cached_property
    def doubles(self) -> "Doubles":
        """What of the kind stands where, by name."""
        metres = float(policy(self.district.pk, "registers/match_metres", self.on))
        found = Doubles(metres, math.cos(math.radians(self.district.min_lat)))
        rows = RegisteredObject.objects.filter(district=self.district, kind=self.kind.key, live=True)
        found.add_all(rows.exclude(lon=None).values_list("name", "lon", "lat").iterator(chunk_size=5000))
        return found

    @property
    def own_units(self) -> frozenset[int] | None:
        """The units whose objects the person may change; None for all."""
        wide = self.by.kind == "system" or "register.import" in self.by.district_wide
        return None if wide else self.by.unit_ids


@dataclass
class Doubles:
    """Names on a grid of squares as wide as the distance: a double lies in the same or a next square."""

    metres: float
    squeeze: float
    _places: dict[tuple[str, int, int], list[tuple[float, float]]] = field(default_factory=dict)

    def add_all(self, rows: Iterable[tuple[str, float | None, float | None]]) -> None:
        """Note what stands where."""
        for name, lon, lat in rows:
            if lon is not None and lat is not None:
                self.add(name, lon, lat)

    def add(self, name: str, lon: float, lat: float) -> None:
        """Note one."""
        x, y = self._metres(lon, lat)
        self._places.setdefault((name_key(name), *self._square(x, y)), []).append((x, y))

    def near(self, name: str, lon: float, lat: float) -> bool:
        """Whether one of the same name stands within the distance."""
        x, y = self._metres(lon, lat)
        column, row = self._square(x, y)
        key = name_key(name)
        return any(
            math.hypot(x - there[0], y - there[1]) <= self.metres
            for across in (column - 1, column, column + 1)
            for up in (row - 1, row, row + 1)
            for there in self._places.get((key, across, up), ())
        )

    def _metres(self, lon: float, lat: float) -> tuple[float, float]:
        return lon * METRES_PER_DEGREE * self.squeeze, lat * METRES_PER_DEGREE

    def _square(self, x: float, y: float) -> tuple[int, int]:
        side = max(self.metres, 0.1)
        return math.floor(x / side), math.floor(y / side)


@dataclass
class Sorted:
    """Positions of rows: `fresh` are new, `known` have an object, `existing` need no look at all."""

    fresh: list[int] = field(default_factory=list)
    known: dict[int, RegisteredObject] = field(default_factory=dict)
    existing: list[int] = field(default_factory=list)


def sort_out(rows: Rows, run: Admission, *, lock: bool) -> Sorted:
    """Sort readable rows; faults and flags that only the database knows are added to `rows`."""
    _refer_units(rows, run)
    _refer_states(rows, run)
    by_number = _objects(run, "number", rows.said.get("number", ()), lock=lock)
    by_source = _objects(run, "source_number", rows.get("source_number"), lock=lock)
    codes = rows.get("component_code")
    by_code = _objects(run, "component_code", codes, lock=lock)
    done, met = Sorted(), set[tuple[str, str]]()
    for at in range(len(rows)):
        if at in rows.faults:
            continue
        _sort(rows, at, run, done, met, (by_number, by_source, by_code))
    _flag_doubles(rows, run, done.fresh)
    return done


def _sort(
    rows: Rows, at: int, run: Admission, done: Sorted, met: set[tuple[str, str]],
    known: tuple[dict[str, RegisteredObject], ...],
) -> None:  # fmt: skip
    number = (rows.said["number"][at] if "number" in rows.said else None) or ""
    source, code = rows.get("source_number")[at] or "", rows.get("component_code")[at] or ""
    again = [key for key in (("number", number), ("source", source), ("code", code)) if key[1] and key in met]
    if again:
        says = _("It stands in the file before: %(value)s.") % {"value": again[0][1]}
        rows.fault(at, FieldFault("source_number", "repeat", says))
        return
    thing = known[0].get(number) or known[1].get(source) or known[2].get(code)
    if number and thing is None:
        says = _("There is no entry %(number)s in this register.") % {"number": number}
        rows.fault(at, FieldFault("number", "unknown_number", says))
        return
    if _refused(rows, at, run, thing, known[2].get(code)):
        return
    met.update(key for key in (("number", number), ("source", source), ("code", code)) if key[1])
    if thing is None:
        done.fresh.append(at)
    elif thing.merged_into_id is not None:
        done.existing.append(at)
    else:
        done.known[at] = thing
        # What the row leaves out the register may know.
        rows.flags[at] = [flag for flag in rows.flags[at] if flag != "incomplete"]


def _refused(
    rows: Rows, at: int, run: Admission, thing: RegisteredObject | None, bearer: RegisteredObject | None
) -> bool:
    if thing is not None and run.run_id and thing.import_run == run.run_id:
        says = _("It stands in the file before: %(value)s.") % {"value": thing.number}
        rows.fault(at, FieldFault("source_number", "repeat", says))
        return True
    taken = bearer is not None and (
        bearer.kind != run.kind.key or (thing is not None and thing.pk != bearer.pk)
    )
    if taken and bearer is not None:
        says = _("%(other)s has this component code already.") % {"other": bearer.number}
        rows.fault(at, FieldFault("component_code", "component_taken", says))
        return True
    own = run.own_units
    units = {rows.get("unit_id")[at], thing.unit_id if thing else None} - {None}
    if own is not None and not units <= own:
        rows.fault(at, FieldFault("unit", "other_unit", _("It belongs to another unit than yours.")))
        return True
    return False


def _refer_units(rows: Rows, run: Admission) -> None:
    names = rows.values.get("unit")
    if names is None:
        return
    found = [run.units.get(name.casefold()) if name else None for name in names]
    for at, (name, number) in enumerate(zip(names, found, strict=True)):
        if name and number is None:
            rows.flag(at, "unknown_unit")
    rows.values["unit_id"] = found


def _refer_states(rows: Rows, run: Admission) -> None:
    names = rows.values.get("state")
    if names is None:
        return
    found = [run.states.get(name.casefold(), "") for name in names]
    for at, (name, key) in enumerate(zip(names, found, strict=True)):
        if name and not key:
            rows.flag(at, "unknown_state")
    rows.values["state_key"] = found


def _objects(
    run: Admission, column: str, values: Sequence[str | None], *, lock: bool
) -> dict[str, RegisteredObject]:
    """Objects of the district by a column; the one that was not merged away goes first."""
    wanted = sorted({value for value in values if value})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        # One look into the index per value: a table that just grew looks small to the planner.
        cursor.execute("SET LOCAL enable_seqscan = off" if connection.in_atomic_block else "SELECT 1")
    rows = RegisteredObject.objects.filter(district=run.district, **{f"{column}__in": wanted})
    if column == "source_number":
        rows = rows.filter(kind=run.kind.key, source_system=run.source_system)
    elif column == "number":
        rows = rows.filter(kind=run.kind.key)
    else:
        rows = rows.exclude(state=MERGED)
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = sorted(rows.only(*COMPARED), key=lambda row: (row.merged_into_id is None, -row.pk))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT" if connection.in_atomic_block else "SELECT 1")
    return {getattr(row, column): row for row in found}


def _flag_doubles(rows: Rows, run: Admission, fresh: Iterable[int]) -> None:
    """Flag a new row whose like stands near already, in the register or earlier in the file."""
    names, lons, lats = rows.get("name"), rows.get("lon"), rows.get("lat")
    doubles = run.doubles
    for at in fresh:
        lon, lat = lons[at], lats[at]
        if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
            continue
        if doubles.near(names[at], lon, lat):
            rows.flag(at, DOUBLE)
        doubles.add(names[at], lon, lat)
