"""Readable rows become objects, or change those they were matched with; written with COPY.

This is the many-at-once door of a register: every new object gets its entry "imported", every
changed one a correction that can be taken back like any other.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import polars as pl

from chengzhi.pipeline.admitting import copy_frame, reserve_ids
from chengzhi.pipeline.placing import placed
from chengzhi.pipeline.register_matching import Admission, Sorted
from chengzhi.pipeline.register_parties import refer_parties
from chengzhi.pipeline.register_updating import update
from chengzhi.registers import numbers
from chengzhi.registers.birth import place_kind
from chengzhi.registers.courses import course_of
from chengzhi.registers.exchange import Rows
from chengzhi.registers.kinds import domain_of_kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.plans import plans_in_force
from chengzhi.registers.policies import OPEN_ENDED, day_in
from chengzhi.registers.terms import span
from chengzhi.registers.words import pieces

ASSUMED = "permit_start_assumed"
_SCHEMA: dict[str, Any] = {
    "lon": pl.Float64, "lat": pl.Float64, "area_id": pl.Int64, "flags": pl.List(pl.String),
    "party_id": pl.Int64, "unit_id": pl.Int64, "permit_until": pl.Date, "check_due_on": pl.Date,
    "started_on": pl.Date, "shape": pl.String, "place_kind": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Loaded:
    """Counts of one chunk; `flags` counts rows that were loaded or matched by flag."""

    loaded: int = 0
    updated: int = 0
    existing: int = 0
    flagged: int = 0
    flags: dict[str, int] = field(default_factory=dict)


def load(rows: Rows, done: Sorted, run: Admission) -> Loaded:
    """Write one chunk in the caller's transaction."""
    refer_parties(rows, run, [*done.fresh, *done.known], make=True)
    day = day_in(run.district.pk, run.on)
    permits = _permits(rows, done.fresh, day, run)
    frame = _frame(rows, done.fresh, run, day, permits)
    ids = _write(frame, run)
    _write_permits(
        {at: number for at, number in zip(done.fresh, ids, strict=True) if at in permits}, permits, rows, run
    )
    updated = update(rows, done.known, run)
    existing = len(done.existing) + len(done.known) - updated
    flags = Counter(flag for row in frame["flags"].to_list() for flag in set(row or ()))
    flags.update(flag for at in done.known for flag in rows.flags[at])
    flagged = sum(bool(row) for row in frame["flags"].to_list()) + sum(
        bool(rows.flags[at]) for at in done.known
    )
    return Loaded(len(frame), updated, existing, flagged, dict(flags))


def _frame(
    rows: Rows, fresh: list[int], run: Admission, day: date, permits: dict[int, dict[str, Any]]
) -> pl.DataFrame:
    """New objects as they will be, but for number, code and id: read, placed, searchable."""
    pick = {key: rows.get(key) for key in ("name", "address", "lon", "lat", "party_id", "unit_id",
                                           "component_code", "source_number", "state_key")}  # fmt: skip
    columns = {key: [column[at] for at in fresh] for key, column in pick.items()}
    for key in ("name", "address", "component_code", "source_number"):
        columns[key] = [value or "" for value in columns[key]]
    course = course_of(run.kind)
    states = [state or course.start for state in columns.pop("state_key")]
    facts = [rows.facts[at] for at in fresh]
    shapes = [rows.get("shape")[at] for at in fresh]
    columns |= {
        "shape": [json.dumps(one) if one else None for one in shapes],
        "place_kind": [place_kind(run.kind, {"shape": one}) for one in shapes],
        "state": states,
        "live": [state in course.live for state in states],
        "facts": [json.dumps(one, ensure_ascii=False) for one in facts],
        "bigrams": [
            _array(pieces(run.kind, name, address, one))
            for name, address, one in zip(columns["name"], columns["address"], facts, strict=True)
        ],
        "flags": [rows.flags[at] for at in fresh],
        "area_id": [None] * len(fresh),
        "component_status": ["intact" if code else "" for code in columns["component_code"]],
        "permit_until": [permits[at]["ends_on"] or OPEN_ENDED if at in permits else None for at in fresh],
        "started_on": [permits[at]["given"] if at in permits else None for at in fresh],
        "check_due_on": _due(run, day, len(fresh)),
    }
    return placed(pl.DataFrame(columns, schema_overrides=_SCHEMA), run.district.pk, None)


def _array(values: list[str]) -> str:
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


def _due(run: Admission, day: date, count: int) -> list[date | None]:
    """First checks spread over the span of the plan, so that not all are due on one day."""
    spans = [plan.every_days for plan in plans_in_force(run.district.pk, run.kind.key, day)]
    if not spans:
        return [None] * count
    span = min(spans)
    return [day + timedelta(days=1 + at % span) for at in range(count)]


def _permits(rows: Rows, fresh: list[int], day: date, run: Admission) -> dict[int, dict[str, Any]]:
    """Permits of new objects by position. Where only the end is known the begin is assumed, flagged."""
    numbers_, starts, ends = (rows.get(f"permit_{key}") for key in ("number", "starts_on", "ends_on"))
    found: dict[int, dict[str, Any]] = {}
    for at in fresh:
        if not (starts[at] or ends[at]):
            term = span(rows.kind, rows.facts[at], run.district.pk, run.on)
            if term:
                found[at] = {
                    "number": numbers_[at] or "",
                    "starts_on": term[0],
                    "ends_on": term[1],
                    "given": None,
                }
            continue
        begins = starts[at] or min(day, ends[at])
        if starts[at] is None:
            rows.flag(at, ASSUMED)
        found[at] = {
            "number": numbers_[at] or "",
            "starts_on": begins,
            "ends_on": ends[at],
            "given": starts[at],
        }
    return found


def _write(frame: pl.DataFrame, run: Admission) -> list[int]:
    """Write the objects and their entries; their ids in the order of the frame."""
    if not len(frame):
        return []
    first = numbers.take(run.district.pk, run.kind.key, len(frame))
    ids = reserve_ids(len(frame), "registers_registeredobject")
    body = frame.drop("id", strict=False).with_columns(
        pl.Series("id", ids, pl.Int64),
        pl.Series("number", [numbers.number(run.kind, first + at) for at in range(len(frame))]),
        pl.Series("public_code", numbers.public_codes(len(frame))),
        pl.concat_str(pl.lit("{"), pl.col("flags").list.unique().list.sort().list.join(","), pl.lit("}")).alias("flags"),
        pl.when("live").then("check_due_on").otherwise(None).alias("check_due_on"),
    )  # fmt: skip
    copy_frame("registers_registeredobject", _all_columns(body, _constants(run)))
    copy_frame("ledger_entry", _entries(body, run))
    return ids


def _write_permits(
    objects: dict[int, int], permits: dict[int, dict[str, Any]], rows: Rows, run: Admission
) -> None:
    """Permits of new objects, by position of the row."""
    if not objects:
        return
    parties, kept = rows.get("party_id"), [(number, permits[at], at) for at, number in objects.items()]
    frame = pl.DataFrame(
        {
            "object_id": [number for number, _one, _at in kept],
            "party_id": [parties[at] for _number, _one, at in kept],
            **{key: [one[key] for _number, one, _at in kept] for key in ("number", "starts_on", "ends_on")},
        },
        schema_overrides={"party_id": pl.Int64, "starts_on": pl.Date, "ends_on": pl.Date},
    ).with_columns(
        pl.lit("").alias("conditions"), pl.lit("").alias("issued_by"), pl.lit("").alias("end_reason"),
        pl.lit(run.by.account_id).alias("recorded_by"), pl.lit(run.on).alias("recorded_at"),
    )  # fmt: skip
    copy_frame("registers_permit", frame)


def _constants(run: Admission) -> dict[str, Any]:
    return {
        "district_id": run.district.pk, "kind": run.kind.key, "domain": domain_of_kind(run.kind.key).key,
        "source_system": run.source_system, "import_run": run.run_id, "created_at": run.on, "updated_at": run.on, "version": 0,
    }  # fmt: skip


def _all_columns(frame: pl.DataFrame, constants: dict[str, Any]) -> pl.DataFrame:
    """All columns of the table in its order; those not given as they are at birth."""
    columns = []
    for column in RegisteredObject._meta.concrete_fields:
        name = column.attname
        if name in frame.columns:
            columns.append(pl.col(name))
        elif name in constants:
            columns.append(pl.lit(constants[name]).alias(name))
        else:
            columns.append(pl.lit(_at_birth(column)).alias(name))
    return frame.select(columns)


def _at_birth(column: Any) -> Any:
    if column.null and not column.has_default():
        return None
    value = column.get_default()
    return "{}" if value in ([], {}) else value


def _entries(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    facts = json.dumps({"run": run.run_id, "source": run.source_system})
    return frame.select(
        pl.lit(run.district.pk).alias("district_id"), pl.lit("object").alias("thing"),
        pl.col("id").alias("thing_id"), pl.lit("imported").alias("step"), pl.col("state").alias("after"),
        pl.lit(run.by.account_id).alias("actor_id"), pl.lit(run.by.role).alias("actor_role"),
        pl.lit(run.on).alias("happened_at"), pl.lit(facts).alias("facts"),
    )  # fmt: skip
