"""Rounds, visits and measurements of the simulated year: drawn by the program's own lot, seeded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import yaml
from django.db import transaction

from chengzhi.demo.year import Month
from chengzhi.domains.domain import Measurement
from chengzhi.inspections import rounds
from chengzhi.inspections.checklists import checklist as find_checklist
from chengzhi.inspections.limits import FoundLimit, Spot, limits_for
from chengzhi.inspections.models import Approval, Finding, Instrument, Reading, Round, RoundPoint, Visit
from chengzhi.lifecycle.machine import advance
from chengzhi.people.actor import Actor
from chengzhi.people.models import Post
from chengzhi.places.models import District
from chengzhi.registers.kinds import kind as kind_of


@cache
def said() -> dict[str, Any]:
    """What is drawn each month, as stated in rounds.yaml."""
    return dict(yaml.safe_load((Path(__file__).parent / "rounds.yaml").read_text(encoding="utf-8")))


def total(months: list[Month]) -> int:
    """About how many visits the months will have."""
    return len(months) * sum(int(one["size"]) for one in said()["rounds"])


def instruments(district: District, today: date) -> dict[str, Instrument]:
    """The instruments of the demo, calibrated for the whole year."""
    found = {}
    for one in said()["instruments"]:
        found[one["kind"]], _new = Instrument.objects.get_or_create(
            district=district, **one,
            defaults={"calibrated_on": today - timedelta(days=500), "calibrated_until": today + timedelta(days=200),
                      "certificate": "示检〔示例〕"},
        )  # fmt: skip
    return found


def simulate(district: District, month: Month, *, now: datetime) -> int:
    """Plan, draw and work through the rounds of a month; those that are there are left alone."""
    zone, made = ZoneInfo(district.zone), 0
    tools = instruments(district, now.astimezone(zone).date())
    people = list(_people(district))
    for stated in said()["rounds"]:
        name = f"{stated['name']} {month.name}"
        if not people or Round.objects.filter(district=district, name=name).exists():
            continue
        made += _Work(district, month, stated, name, tools, people, now).write()
    return made


def _people(district: District) -> Iterator[int]:
    posts = Post.objects.filter(district=district, role__in=("inspector", "evaluator"), valid_to=None)
    yield from posts.order_by("account_id").values_list("account_id", flat=True).distinct()


@dataclass
class _Work:
    """One round, drawn and worked through up to now."""

    district: District
    month: Month
    stated: Mapping[str, Any]
    name: str
    tools: Mapping[str, Instrument]
    people: list[int]
    now: datetime

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(list(sha256(f"{said()['seed']} {self.name}".encode()).digest()))
        self.domain, self.checklist = find_checklist(self.stated["checklist"])
        self.limits: dict[tuple[str, str], Mapping[str, FoundLimit]] = {}

    @transaction.atomic
    def write(self) -> int:
        """The round with its points, visits, findings and readings; returns the visits."""
        first = self.month.first.date()
        drawn = self._drawn(first)
        points = list(drawn.points.select_related("object", "cell").order_by("position"))
        visits = self._visits(drawn, points, first)
        drawn.refresh_from_db()
        if visits:
            advance(drawn, "begin", by=Actor.system(), on=visits[0].visited_at)
        if drawn.ends_on < self.now.date() and visits:
            drawn.refresh_from_db()
            rounds.close(drawn.pk, by=Actor.system(), on=visits[-1].recorded_at, reason="本月结束")
        return len(visits)

    def _drawn(self, first: date) -> Round:
        by, begin = Actor.system(), datetime.combine(first, time(1), ZoneInfo(self.district.zone))
        made = rounds.plan(
            district_id=self.district.pk, checklist=self.stated["checklist"], name=self.name,
            frame=self.stated["frame"], strata=self.stated["strata"], size=self.stated["size"],
            starts_on=first, ends_on=first + timedelta(days=self.month.days - 1),
            recheck_share=Decimal(str(said()["recheck"])), by=by, on=begin,
        )  # fmt: skip
        rounds.approve(made.pk, by=by, on=begin)
        rounds.draw(made.pk, seed=self.rng.bytes(32).hex(), by=by, on=begin)
        return made

    def _visits(self, drawn: Round, points: list[RoundPoint], first: date) -> list[Visit]:
        rows, seconds = [], []
        for point in points:
            at = self._moment(first)
            if at > self.now or self.rng.random() < said()["skip"]:
                continue
            who = int(self.rng.integers(len(self.people)))
            point.account_id, point.revealed_at, point.done_at = (
                self.people[who],
                at - timedelta(minutes=20),
                at,
            )
            rows.append(self._visit(drawn, point, at, self.people[who]))
            later = at + timedelta(hours=int(self.rng.integers(2, 40)))
            if point.recheck and len(self.people) > 1 and later < self.now:
                other = self.people[(who + 1) % len(self.people)]
                seconds.append((len(rows) - 1, self._visit(drawn, point, later, other)))
        RoundPoint.objects.bulk_update(points, ["account", "revealed_at", "done_at"])
        made = Visit.objects.bulk_create(rows)
        self._approve(made)
        bad = self._found(made, None)
        for number, second in seconds:
            second.recheck_of = made[number]
        again = Visit.objects.bulk_create([second for _, second in seconds])
        self._found(
            again,
            {
                row.pk: bad.get(made[number].pk, frozenset())
                for row, (number, _) in zip(again, seconds, strict=True)
            },
        )
        return sorted(made, key=lambda one: one.visited_at)

    def _moment(self, first: date) -> datetime:
        day = first + timedelta(days=int(self.rng.integers(0, 28)))
        evening = self.stated["checklist"] == "grill_round"
        hour = int(self.rng.integers(19, 22)) if evening else int(self.rng.integers(8, 18))
        wall = time(hour, int(self.rng.integers(0, 60)))
        return datetime.combine(day, wall, ZoneInfo(self.district.zone))

    def _visit(self, drawn: Round, point: RoundPoint, at: datetime, account: int) -> Visit:
        place: Any = point.object or point.cell
        excused = bool(self.rng.random() < said()["excused"])
        return Visit(
            district=self.district, domain=drawn.domain, checklist=drawn.checklist, point=point,
            object=point.object, area_id=place.area_id if place else None,
            road_kind=place.road_kind if place else "unknown", account_id=account, visited_at=at,
            recorded_at=at + timedelta(minutes=3), excused=excused, weather="下雨" if excused else "",
        )  # fmt: skip

    def _approve(self, visits: list[Visit]) -> None:
        """Visits to businesses were approved and announced beforehand."""
        rows = [one for one in visits if one.object is not None and kind_of(one.object.kind).business]
        made = Approval.objects.bulk_create(self._approval(one, n) for n, one in enumerate(rows, 1))
        for one, approval in zip(rows, made, strict=True):
            one.approval = approval
        Visit.objects.bulk_update(rows, ["approval"])

    def _approval(self, one: Visit, n: int) -> Approval:
        before = one.visited_at - timedelta(days=1)
        asked = before - timedelta(hours=2)
        fields = {"state": "used"} if any(f.name == "state" for f in Approval._meta.fields) else {}
        assert one.object is not None
        return Approval(
            district=self.district, object=one.object, party_id=one.object.party_id, checklist=one.checklist,
            reason=self.name, notice_number=f"示检字〔{self.month.name}〕{one.checklist}{n}", asked_by=one.account_id,
            asked_at=asked, approved_at=before, notified_at=before, used_at=one.visited_at, updated_at=one.visited_at,
            valid_until=one.visited_at.date() + timedelta(days=3), **fields,
        )  # fmt: skip

    def _found(
        self, visits: list[Visit], first: Mapping[int, frozenset[str]] | None
    ) -> dict[int, frozenset[str]]:
        """Findings and readings of the visits; a second look mostly says what the first one said."""
        findings: list[Finding] = []
        readings: list[Reading] = []
        failed: dict[int, frozenset[str]] = {}
        for visit in visits:
            known = first.get(visit.pk) if first is not None else None
            bad = self._bad(known)
            findings += [
                Finding(visit=visit, item=item.key, answer="failed" if item.key in bad else "ok")
                for item in self.checklist.items
            ]
            measured = list(self._readings(visit))
            readings += measured
            failed[visit.pk] = bad
            visit.passed = not bad and all(one.passed is not False for one in measured)
            if bad and "results" in self.stated:
                shares = self.stated["results"]
                visit.result = str(self.rng.choice(list(shares), p=list(shares.values())))
        Finding.objects.bulk_create(findings)
        Reading.objects.bulk_create(readings)
        Visit.objects.bulk_update(visits, ["passed", "result"])
        return failed

    def _bad(self, known: frozenset[str] | None) -> frozenset[str]:
        if known is not None and self.rng.random() < said()["agree"]:
            return known
        share = self.stated["fail"] / len(self.checklist.items) ** 0.5
        return frozenset(item.key for item in self.checklist.items if self.rng.random() < share)

    def _readings(self, visit: Visit) -> Iterator[Reading]:
        for key, (mean, spread) in self.stated.get("values", {}).items():
            one = self.domain.measurement(key)
            assert one is not None
            value = max(0.0, float(self.rng.normal(mean, spread)))
            value = float(round(value)) if one.unit in ("count", "grade") else round(value, 2)
            limit = self._limit(visit, one)
            amount = Decimal(str(value))
            yield Reading(
                visit=visit, measurement=key, value=amount, unit=one.unit,
                instrument=self.tools.get(one.instrument), limit=limit.value if limit else None,
                limit_source=limit.source if limit else "", passed=limit.passed(one, amount) if limit else None,
            )  # fmt: skip

    def _limit(self, visit: Visit, one: Measurement) -> FoundLimit | None:
        grade = str((visit.object.facts if visit.object else {}).get("grade", ""))
        key = (visit.road_kind, grade)
        if key not in self.limits:
            spot = Spot(road_kind=visit.road_kind, grade=grade)
            keys = list(self.stated["values"])
            self.limits[key] = limits_for(
                district_id=self.district.pk, keys=keys, spot=spot, day=self.month.first.date()
            )
        return self.limits[key].get(one.key)
