"""Rows that were matched with objects: what they say anew is written, in one statement and one COPY.

A blank cell says nothing and changes nothing. A state is never changed by a file: that is a step.
"""

import json
from datetime import date
from typing import Any

from django.db import connection

from chengzhi.ledger.actions import Line, record_many
from chengzhi.lifecycle.snapshot import plain
from chengzhi.pipeline.register_matching import Admission
from chengzhi.places.placement import locate_many
from chengzhi.places.zorder import MISSING
from chengzhi.registers.birth import place_kind
from chengzhi.registers.exchange import IDENTITY, Rows
from chengzhi.registers.fields import missing
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.placing import other_flags
from chengzhi.registers.policies import OPEN_ENDED
from chengzhi.registers.words import pieces

STATE_DIFFERS = "state_differs"
_MOVED = 1e-7  # degrees, about a centimetre: what a spreadsheet's rounding leaves
_WRITTEN = {
    "name": "text", "address": "text", "facts": "jsonb", "party_id": "bigint", "unit_id": "bigint",
    "component_code": "text", "component_status": "text", "lon": "float8", "lat": "float8", "zkey": "bigint",
    "cell_id": "bigint", "area_id": "bigint", "street_area_id": "bigint", "road_kind": "text",
    "flags": "text[]", "bigrams": "text[]", "permit_until": "date", "source_system": "text",
    "source_number": "text", "shape": "jsonb", "place_kind": "text",
}  # fmt: skip
_PLACE = ("lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "road_kind", "flags", "shape")
_DERIVED = frozenset({"bigrams", "zkey"})


def update(rows: Rows, known: dict[int, RegisteredObject], run: Admission) -> int:
    """Write what matched rows say anew; how many objects changed."""
    places = _places(rows, known, run)
    changed: list[tuple[RegisteredObject, dict[str, Any]]] = []
    permits: list[Permit] = []
    for at, thing in known.items():
        fields = _said(rows, at, thing) | places.get(at, {}) | _shape(rows, at)
        permit = _permit(rows, at, thing, run)
        if permit is not None:
            permits.append(permit)
            last = permit.ends_on or OPEN_ENDED
            fields["permit_until"] = max(thing.permit_until or date.min, last)
        if "incomplete" in thing.flags and not missing(run.kind, fields.get("facts", thing.facts)):
            fields["flags"] = [flag for flag in fields.get("flags", thing.flags) if flag != "incomplete"]
        fields = {name: value for name, value in fields.items() if getattr(thing, name) != value}
        if fields or permit is not None:
            changed.append((thing, _searchable(run, thing, fields)))
        if "state_key" in rows.values and rows.values["state_key"][at] not in ("", thing.state):
            rows.flag(at, STATE_DIFFERS)
    if changed:
        _record(changed, run)
        _write(changed, run)
    Permit.objects.bulk_create(permits, batch_size=5000)
    return len(changed)


def _said(rows: Rows, at: int, thing: RegisteredObject) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in ("name", "address", "component_code", "party_id", "unit_id"):
        value = rows.get(name)[at]
        if value:
            fields[name] = value
    if rows.facts[at]:
        fields["facts"] = {**thing.facts, **rows.facts[at]}
    if fields.get("component_code") and not thing.component_status:
        fields["component_status"] = "intact"
    number = rows.get("source_number")[at]
    if number and not number.startswith(IDENTITY) and not thing.source_number:
        fields |= {"source_number": number}
    return fields


def _searchable(run: Admission, thing: RegisteredObject, fields: dict[str, Any]) -> dict[str, Any]:
    if "source_number" in fields:
        fields["source_system"] = run.source_system
    if {"name", "address", "facts"} & fields.keys():
        name, address = fields.get("name", thing.name), fields.get("address", thing.address)
        fields["bigrams"] = pieces(run.kind, name, address, fields.get("facts", thing.facts))
    return fields


def _places(rows: Rows, known: dict[int, RegisteredObject], run: Admission) -> dict[int, dict[str, Any]]:
    """New places of the objects that have moved, looked up together."""
    lons, lats = rows.get("lon"), rows.get("lat")
    moved = [
        at for at, thing in known.items()
        if lons[at] is not None and lats[at] is not None and not (
            thing.lon is not None and thing.lat is not None
            and abs(thing.lon - lons[at]) < _MOVED and abs(thing.lat - lats[at]) < _MOVED
        )
    ]  # fmt: skip
    found = locate_many(run.district.pk, [lons[at] for at in moved], [lats[at] for at in moved])
    kinds, flags = found.road_kinds(), found.flags()
    return {
        at: {
            "lon": lons[at], "lat": lats[at], "cell_id": int(found.cell_id[i]) or None,
            "area_id": int(found.area_id[i]) or None, "street_area_id": int(found.street_area_id[i]) or None,
            "zkey": None if found.zkey[i] == MISSING else int(found.zkey[i]), "road_kind": str(kinds[i]),
            "flags": sorted({*flags[i], *other_flags(known[at].flags)}), "shape": None,
            "place_kind": place_kind(run.kind, {}),
        }
        for i, at in enumerate(moved)
    }  # fmt: skip


def _shape(rows: Rows, at: int) -> dict[str, Any]:
    """The line or area the row draws; a row that only moves the point takes the old one away."""
    shape = rows.get("shape")[at]
    return {"shape": shape, "place_kind": place_kind(rows.kind, {"shape": shape})} if shape else {}


def _permit(rows: Rows, at: int, thing: RegisteredObject, run: Admission) -> Permit | None:
    """A permit that ends later than any known; what the register knows already is not entered twice."""
    starts, ends = rows.get("permit_starts_on")[at], rows.get("permit_ends_on")[at]
    if ends is None or (thing.permit_until is not None and ends <= thing.permit_until):
        return None
    number = rows.get("permit_number")[at] or ""
    party = rows.get("party_id")[at] or thing.party_id
    return Permit(
        object=thing, party_id=party, number=number, starts_on=starts or min(run.on.date(), ends), ends_on=ends,
        recorded_by=run.by.account_id, recorded_at=run.on,
    )  # fmt: skip


def _record(changed: list[tuple[RegisteredObject, dict[str, Any]]], run: Admission) -> None:
    """Entries with what was there before; of a kind about persons only which columns changed."""
    lines = []
    for thing, fields in changed:
        told = {name: [plain(getattr(thing, name)), plain(value)] for name, value in fields.items()
                if name not in _DERIVED}  # fmt: skip
        facts: dict[str, Any] = {"run": run.run_id, "notes": {"fields": sorted(told)}}
        if not run.kind.sensitive:
            facts |= {"changed": told, "version": thing.version + 1}
        lines.append(
            Line(run.district.pk, "object", thing.pk, "correct", run.by, run.on, thing.state, thing.state,
                 facts=facts)
        )  # fmt: skip
    record_many(lines)


def _write(changed: list[tuple[RegisteredObject, dict[str, Any]]], run: Admission) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in _WRITTEN.items())
    sets = ", ".join(f"{name} = n.{name}" for name in _WRITTEN)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE register_news (id bigint, {columns}) ON COMMIT DROP")
        names = ", ".join(_WRITTEN)
        with cursor.copy(f"COPY register_news (id, {names}) FROM STDIN") as copy:
            for thing, fields in changed:
                copy.write_row((thing.pk, *(_value(thing, name, fields) for name in _WRITTEN)))
        cursor.execute(
            f"UPDATE registers_registeredobject o SET {sets}, version = o.version + 1, updated_at = %s "
            "FROM register_news n WHERE o.id = n.id",
            (run.on,),
        )
        cursor.execute("DROP TABLE register_news")


def _value(thing: RegisteredObject, name: str, fields: dict[str, Any]) -> Any:
    value = fields[name] if name in fields else getattr(thing, name)
    if name in ("facts", "shape"):
        return None if value is None else json.dumps(value, ensure_ascii=False)
    return value
