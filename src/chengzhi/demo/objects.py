"""Registers of the sample district: invented objects, parties and permits, seeded, written once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from django.db import transaction

from chengzhi.demo.spots import Spot, Spots
from chengzhi.domains.kinds import Field, Kind
from chengzhi.ledger.actions import Line, record_many
from chengzhi.people.actor import Actor
from chengzhi.people.models import Unit
from chengzhi.places.models import District
from chengzhi.places.placement import PlacedArrays, locate_many
from chengzhi.registers import numbers
from chengzhi.registers.courses import course_of
from chengzhi.registers.kinds import domain_of_kind, kind
from chengzhi.registers.models import CheckPlan, Party, Permit, PhotoPoint, RegisteredObject
from chengzhi.registers.terms import span
from chengzhi.registers.words import pieces

SYSTEM = "simulated"


@cache
def said() -> dict[str, Any]:
    """What the registers hold, as stated in objects.yaml."""
    return dict(yaml.safe_load((Path(__file__).parent / "objects.yaml").read_text(encoding="utf-8")))


def total() -> int:
    """How many objects all registers hold."""
    return sum(int(one["count"]) for one in said()["kinds"].values())


def is_there(district: District, key: str) -> bool:
    """Whether a register was written before; it is written whole or not at all."""
    return RegisteredObject.objects.filter(district=district, kind=key, source_system=SYSTEM).exists()


@transaction.atomic
def fill(district: District, key: str, *, now: datetime) -> int:
    """Draw and write one register; the same seed and day give the same. Returns how many objects."""
    if is_there(district, key):
        return 0
    stated, what = said()["kinds"][key], kind(key)
    rng = np.random.default_rng([said()["seed"], *key.encode()])
    scene = _Scene(district, what, stated, rng, now)
    return scene.write()


@dataclass
class _Scene:
    """One register as it is drawn and written."""

    district: District
    kind: Kind
    stated: Mapping[str, Any]
    rng: np.random.Generator
    now: datetime

    def write(self) -> int:
        """Parties, objects, permits, plan, entries of the record."""
        count, today = int(self.stated["count"]), self.today()
        spots = Spots(self.district, self.rng).draw(
            self.kind.place, count, whole=self.stated.get("whole_street", False)
        )
        placed = locate_many(self.district.pk, [s.lon for s in spots], [s.lat for s in spots])
        parties = self._parties()
        rows = [self._row(i, spots[i], placed, parties, today) for i in range(count)]
        made = RegisteredObject.objects.bulk_create(rows, batch_size=1000)
        Permit.objects.bulk_create(self._permits(made), batch_size=1000)
        PhotoPoint.objects.bulk_create(self._points(made), batch_size=1000)
        self._plan(today)
        record_many(self._lines(made))
        return count

    def today(self) -> date:
        """The day on the district's wall."""
        return self.now.astimezone(ZoneInfo(self.district.zone)).date()

    def _words(self, template: str, n: int) -> str:
        place, trade = (str(self.rng.choice(said()[of])) for of in ("places", "trades"))
        return template.format(place=place, trade=trade, n=n + 1, street="{street}")

    def _parties(self) -> list[Party]:
        if self.kind.party is None or "party" not in self.stated:
            return []
        rows = [
            Party(
                district=self.district, kind=self.kind.party, name=self._words(self.stated["party"], n)[:120],
                bigrams=[], created_at=self.now, updated_at=self.now,
            )
            for n in range(int(self.stated["parties"]))
        ]  # fmt: skip
        for row in rows:
            row.bigrams = pieces(self.kind, row.name, "", {})
        return Party.objects.bulk_create(rows, batch_size=1000)

    def _row(
        self, i: int, spot: Spot, placed: PlacedArrays, parties: list[Party], today: date
    ) -> RegisteredObject:
        course, state = course_of(self.kind), self._state()
        name = self._words(self.stated["name"], i).format(street=spot.street)
        facts = dict(self._facts(i, today))
        address = f"{spot.street}{int(self.rng.integers(1, 300))}号" if spot.street else ""
        live = state in course.live
        party = parties[i % len(parties)] if parties else None
        return RegisteredObject(
            district=self.district, kind=self.kind.key, domain=domain_of_kind(self.kind.key).key,
            number=numbers.number(self.kind, self._first + i), name=name, state=state, live=live,
            bigrams=pieces(self.kind, name, address, facts), party=party, unit_id=self._unit,
            component_code=self._component(i), component_status="intact" if self.stated.get("component") else "",
            place_kind=self.kind.place if spot.shape else ("body" if self.kind.place == "body" else "point"),
            shape=spot.shape, address=address, lon=spot.lon, lat=spot.lat, facts=facts,
            **_placed(placed, i), permit_until=self._until(facts, today) if live else None,
            check_due_on=self._check_due(today) if live else None, public_code=numbers.public_code(),
            closed_until=today + timedelta(days=20) if state == "closed" else None,
            started_on=today - timedelta(days=int(self.rng.integers(30, 900))), ended_on=None if live else today,
            source_system=SYSTEM, source_number=f"{self.kind.key}-{i:05d}", created_at=self.now, updated_at=self.now,
        )  # fmt: skip

    @cached_property
    def _first(self) -> int:
        return numbers.take(self.district.pk, self.kind.key, int(self.stated["count"]))

    @cached_property
    def _unit(self) -> int | None:
        units = Unit.objects.filter(district=self.district, code=self.stated["unit"])
        return units.values_list("pk", flat=True).first()

    def _state(self) -> str:
        shares = self.stated["states"]
        return str(self.rng.choice(list(shares), p=list(shares.values())))

    def _component(self, i: int) -> str:
        code = self.stated.get("component", "")
        return f"{self.district.code}{code}{i + 1:06d}" if code else ""

    def _until(self, facts: Mapping[str, Any], today: date) -> date | None:
        term = span(self.kind, facts, self.district.pk, self.now)
        if term:
            return term[1]
        if "permit" not in self.stated:
            return None
        if self.rng.random() < self.stated["expired"]:
            return today - timedelta(days=int(self.rng.integers(1, 200)))
        return today + timedelta(days=int(self.rng.integers(5, self.stated["permit"])))

    def _check_due(self, today: date) -> date | None:
        every = said()["plans"].get(self.kind.key)
        return (
            None if every is None else today + timedelta(days=int(self.rng.integers(-every // 8 - 1, every)))
        )

    def _facts(self, i: int, today: date) -> Iterator[tuple[str, Any]]:
        for field in self.kind.fields:
            value = self._value(field, self.stated["facts"].get(field.key), i, today)
            if value is not None:
                yield field.key, value

    def _value(self, field: Field, stated: Any, i: int, today: date) -> Any:
        if field.type == "choice":
            return str(self.rng.choice([word.key for word in field.choices]))
        if stated is None:
            return None
        if field.type == "flag":
            return bool(self.rng.random() < stated)
        if field.type == "number":
            value = float(self.rng.uniform(*stated))
            return int(value) if field.unit == "count" else round(value, 1)
        if field.type == "date":
            days = int(self.rng.integers(1, abs(stated)))
            return (today + timedelta(days=days if stated < 0 else -days)).isoformat()
        return self._words(str(self.rng.choice(stated)), i)

    def _permits(self, made: list[RegisteredObject]) -> Iterator[Permit]:
        term = self.stated.get("permit")
        for i, row in enumerate(made):
            held = span(self.kind, row.facts, self.district.pk, self.now)
            if held:
                yield Permit(
                    object=row,
                    party_id=row.party_id,
                    starts_on=held[0],
                    ends_on=held[1],
                    recorded_at=self.now,
                )
            if term is None or row.permit_until is None:
                continue
            yield Permit(
                object=row, party_id=row.party_id, number=self.stated.get("number", "示许字第{n}号").format(n=i + 1),
                starts_on=row.permit_until - timedelta(days=term), ends_on=row.permit_until,
                issued_by="示例区城市管理局", recorded_at=self.now,
            )  # fmt: skip

    def _points(self, made: list[RegisteredObject]) -> Iterator[PhotoPoint]:
        if self.kind.key != "street_sheet":
            return
        for row in made:
            for name, bearing in (("东端向西", 270), ("西端向东", 90)):
                yield PhotoPoint(object=row, name=name, lon=row.lon, lat=row.lat, bearing=bearing)

    def _plan(self, today: date) -> None:
        every = said()["plans"].get(self.kind.key)
        if every is None or not self.kind.checklists:
            return
        CheckPlan.objects.get_or_create(
            district=self.district, kind=self.kind.key, checklist=self.kind.checklists[0], valid_to=None,
            defaults={"every_days": every, "source": "示例", "valid_from": today - timedelta(days=500)},
        )  # fmt: skip

    def _lines(self, made: list[RegisteredObject]) -> Iterator[Line]:
        at = datetime.combine(self.today(), time(), ZoneInfo(self.district.zone))
        for row in made:
            yield Line(
                self.district.pk, "object", row.pk, "imported", Actor.system(), min(at, self.now), None, row.state,
                "", "", {"version": 0, "notes": {"number": row.number}},
            )  # fmt: skip


def _placed(placed: PlacedArrays, i: int) -> dict[str, Any]:
    return {
        "zkey": int(placed.zkey[i]), "cell_id": int(placed.cell_id[i]) or None,
        "area_id": int(placed.area_id[i]) or None, "street_area_id": int(placed.street_area_id[i]) or None,
        "road_kind": str(placed.road_kinds()[i]), "flags": list(placed.flags()[i]),
    }  # fmt: skip
