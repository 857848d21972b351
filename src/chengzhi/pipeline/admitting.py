"""Good rows become cases: placed, given a deadline, written with COPY in one short transaction.

This is the many-at-once door of the case's life: true times are kept and every case gets
its entry "imported". A row whose source number is already there is counted as existing.
"""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from django.db import connection

from chengzhi.cases.habits import Habits, habits
from chengzhi.cases.models import Case, CaseLimit
from chengzhi.cases.numbers import shape
from chengzhi.cases.states import ENDS, HANDLING, STATES, TASK_OF
from chengzhi.cases.words import MOST, bigrams
from chengzhi.law.deadlines import deadlines
from chengzhi.law.units import Limit, Unit
from chengzhi.people.actor import Actor
from chengzhi.pipeline import lookups
from chengzhi.pipeline.lookups import Lookup
from chengzhi.pipeline.mappings import Body
from chengzhi.pipeline.placing import placed

GIVEN = frozenset((
    "id", "district_id", "number", "state", "channel", "type_id", "domain", "text", "bigrams",
    "address", "lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "road_kind", "flags",
    "unit_id", "reported_at", "filed_at", "dispatched_at", "handled_at", "closed_at", "due_at",
    "stage_from", "stage_due_at", "clock_from", "dispatches", "outcome", "source_system",
    "source_number", "import_run", "updated_at",
))  # fmt: skip
# One look into the index per number, as a subquery: as a join, the planner, which knows nothing
# yet of a table that just grew, may compare every case with every number.
# "<> ''" repeats the index's own condition, without which the planner may not use it.
_FOUND = """(SELECT {wanted} FROM cases_case c
   WHERE c.district_id = %(district)s AND c.source_system = %(system)s
     AND c.source_number = {number} COLLATE "C" AND c.source_number <> '' LIMIT 1)"""
_EXISTING = f"""SELECT * FROM (
  SELECT n.number, {_FOUND.format(wanted="coalesce(c.import_run, 0)", number="n.number")} = %(run)s
  FROM unnest(%(numbers)s::text[]) AS n(number)) AS found(number, mine) WHERE mine IS NOT NULL"""


@dataclass(frozen=True)
class Meaning:
    """What the words of the file mean in the district."""

    types: Lookup | None
    units: Lookup | None
    areas: Lookup | None


def meaning_of(district_id: int, body: Body) -> Meaning:
    """The district's names for what the mapping reads."""
    return Meaning(
        lookups.types(district_id, body.type) if body.type else None,
        lookups.units(district_id, body.unit) if body.unit else None,
        lookups.areas(district_id, body.area) if body.area else None,
    )


@dataclass(frozen=True)
class Admission:
    """Everything that is the same for all rows of a run."""

    run_id: int
    district_id: int
    body: Body
    meaning: Meaning
    by: Actor
    on: datetime


@dataclass(frozen=True)
class Admitted:
    """Counts of one chunk; ``repeats`` are rows of the same run met before, ``flags`` rows by flag."""

    loaded: int
    existing: int
    flagged: int
    repeats: pl.DataFrame
    flags: dict[str, int] = field(default_factory=dict)


def admit(ready: pl.DataFrame, admission: Admission) -> Admitted:
    """Write one chunk, made ready by :func:`prepare`, in the caller's transaction."""
    fresh, existing, repeats = _new_rows(ready, admission)
    if not len(fresh):
        return Admitted(0, existing, 0, repeats)
    frame = _identified(fresh, admission)
    copy_frame("cases_case", all_columns(frame))
    copy_frame("ledger_entry", _entries(frame, admission))
    _tasks(frame, admission)
    flagged = frame["flags"].filter(frame["flags"] != "{}")
    return Admitted(len(frame), existing, len(flagged), repeats, _by_flag(flagged))


def _by_flag(flagged: pl.Series) -> dict[str, int]:
    words = flagged.str.strip_chars("{}").str.split(",").explode()
    return dict(words.value_counts().iter_rows()) if len(flagged) else {}


def _new_rows(good: pl.DataFrame, run: Admission) -> tuple[pl.DataFrame, int, pl.DataFrame]:
    numbers = good["source_number"].to_list()
    with connection.cursor() as cursor, _by_index(cursor):
        cursor.execute(_EXISTING, {
            "run": run.run_id, "numbers": numbers, "district": run.district_id, "system": run.body.source_system
        })  # fmt: skip
        known: dict[str, bool] = dict(cursor.fetchall())
    if not known:
        return good, 0, good.clear()
    here = pl.col("source_number")
    same_run = [number for number, mine in known.items() if mine]
    repeats = good.filter(here.is_in(same_run))
    fresh = good.filter(~here.is_in(list(known)))
    return fresh, len(good) - len(fresh) - len(repeats), repeats


@contextmanager
def _by_index(cursor: Any) -> Iterator[None]:
    """Keep the planner to indexes: a table that just grew looks small to it."""
    cursor.execute("SET LOCAL enable_seqscan = off")
    yield
    cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")


def prepare(good: pl.DataFrame, run: Admission) -> pl.DataFrame:
    """Good rows as the cases they will be, but for their numbers: looked up, placed, with deadlines.

    It writes nothing, so that it can be done while an earlier chunk is being written.
    """
    if not len(good):
        return good
    frame = _staged(placed(_referred(good, run), run.district_id, run.meaning.areas), run)
    return frame.with_columns(
        search_pieces(frame).alias("bigrams"),
        pl.concat_str(pl.lit("{"), pl.col("flags").list.join(","), pl.lit("}")).alias("flags"),
    )


def _identified(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    """Numbers of the rows and of the cases, reserved in one go."""
    with connection.cursor() as cursor:
        ids = reserve_ids(len(frame))
        if run.body.keep_number:
            numbers = frame["source_number"]
        else:
            cursor.execute("SELECT case_number_next(%s, %s)", (run.district_id, len(frame)))
            numbers = own_numbers(frame, int(cursor.fetchone()[0]), habits(run.district_id))
    return frame.with_columns(
        pl.Series("id", ids, pl.Int64), numbers.alias("number"),
        pl.lit(run.district_id).alias("district_id"), pl.lit(run.body.source_system).alias("source_system"),
        pl.lit(run.run_id).alias("import_run"), pl.lit(run.on).alias("updated_at"),
    )  # fmt: skip


def reserve_ids(count: int, table: str = "cases_case") -> list[int]:
    """As many ids of a table as are needed; nobody else gets them."""
    with connection.cursor() as cursor:
        # One text instead of as many rows: a tenth of the time.
        cursor.execute(
            "SELECT string_agg(nextval(pg_get_serial_sequence(%s, 'id'))::text, ' ')"
            " FROM generate_series(1, %s)",
            (table, count),
        )
        return [int(number) for number in (cursor.fetchone()[0] or "").split()]


def own_numbers(frame: pl.DataFrame, first: int, own: Habits) -> pl.Series:
    """The district's own numbers; the day in them is the day of the report."""
    days = frame["reported_at"].dt.convert_time_zone(str(own.zone)).dt.date()
    shapes = {
        row[0]: shape(own, row[1])
        for row in frame.select(days.alias("d"), "reported_at").unique("d").iter_rows()
    }
    named = [shapes[day].number(first + i) for i, day in enumerate(days.to_list())]
    return pl.Series("number", named, pl.String)


def _referred(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    """Names turned into numbers; a name the district does not know is flagged, never dropped."""
    frame = _look_up(frame, "type", run.meaning.types)
    frame = _look_up(frame, "unit", run.meaning.units)
    frame = _look_up(frame, "area", run.meaning.areas)
    domains = {
        number: extra["domain"]
        for number, extra in (run.meaning.types or Lookup(pl.DataFrame())).extra.items()
    }
    return frame.with_columns(
        pl.col("type_id").replace_strict(domains, default="", return_dtype=pl.String).alias("domain"),
        pl.col("text.value").fill_null("").str.slice(0, 4000).alias("text"),
        pl.col("address.value").fill_null("").str.slice(0, 250).alias("address"),
        pl.col("channel.value").fill_null("import").str.slice(0, 20).alias("channel"),
        pl.col("outcome.value").fill_null("").str.slice(0, 40).alias("outcome"),
    )


def _look_up(frame: pl.DataFrame, name: str, lookup: Lookup | None) -> pl.DataFrame:
    if lookup is None:
        return frame.with_columns(pl.lit(None, pl.Int64).alias(f"{name}_id"))
    key = pl.col(f"{name}.value").str.to_lowercase()
    found = frame.with_columns(key.alias("name")).join(
        lookup.names.rename({"id": f"{name}_id"}), on="name", how="left", maintain_order="left"
    )
    unknown = pl.col(f"{name}_id").is_null() & pl.col(f"{name}.value").is_not_null()
    return _flag(found.drop("name"), unknown, f"unknown_{name}")


def _flag(frame: pl.DataFrame, test: pl.Expr, name: str) -> pl.DataFrame:
    more = pl.when(test).then(pl.lit([name])).otherwise(pl.lit([], pl.List(pl.String)))
    return frame.with_columns(pl.concat_list("flags", more).alias("flags"))


def _staged(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    """States and the true times of the stages the source knows."""
    state = pl.col("state.value").fill_null("reported")
    frame = frame.with_columns(
        pl.when(state.is_in(list(STATES))).then(state).otherwise(pl.lit("reported")).alias("state")
    )
    frame = frame.with_columns([pl.col(source).alias(name) for name, source in run.body.same_as.items()])
    absent = [
        pl.lit(None, pl.Datetime("us", "UTC")).alias(name)
        for name in ("filed_at", "dispatched_at", "handled_at", "closed_at", "due_at")
        if name not in frame.columns
    ]
    frame = _with_due(frame.with_columns(absent), run)
    ended = pl.col("state").is_in(list(ENDS))
    running = pl.col("state").is_in([HANDLING, "pending_handle"])
    none = pl.lit(None, pl.Datetime("us", "UTC"))
    return frame.with_columns(
        pl.when(ended).then(pl.coalesce("closed_at", "reported_at")).otherwise(none).alias("closed_at"),
        pl.when(running).then(pl.col("due_at")).otherwise(none).alias("stage_due_at"),
        pl.when(ended).then(none).otherwise(pl.coalesce("dispatched_at", "reported_at")).alias("stage_from"),
        pl.coalesce("dispatched_at", "reported_at").alias("clock_from"),
        pl.col("dispatched_at").is_not_null().cast(pl.Int16).alias("dispatches"),
    )  # fmt: skip


def _with_due(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    """Deadlines the source does not give, from the district's limits in force today."""
    if not run.body.compute_due:
        return frame
    limits = _limits(run.district_id, run.on)
    due = frame["due_at"].dt.replace_time_zone(None).to_numpy().astype("datetime64[us]").copy()
    start = frame.select(pl.coalesce("dispatched_at", "reported_at")).to_series()
    begins = start.dt.replace_time_zone(None).to_numpy().astype("datetime64[us]")
    kinds = frame["type_id"].fill_null(-1).to_numpy()
    calendar = habits(run.district_id).calendar_on(run.on)
    for limit, numbers in limits.items():
        rows = np.isnat(due) & np.isin(kinds, numbers)
        if rows.any():
            due[rows] = deadlines(begins[rows], limit, calendar)[0]
    return frame.with_columns(pl.Series("due_at", due).dt.replace_time_zone("UTC"))


def _limits(district_id: int, on: datetime) -> dict[Limit, list[int]]:
    day = habits(district_id).day(on)
    rows = CaseLimit.objects.filter(
        type__district_id=district_id, condition="default", area_class=None,
        valid_from__lte=day, valid_to=None,
    )  # fmt: skip
    found: dict[Limit, list[int]] = {}
    for row in rows:
        found.setdefault(Limit(row.amount, Unit(row.unit)), []).append(row.type_id)
    return found


def search_pieces(frame: pl.DataFrame) -> pl.Series:
    """Search pieces as an array literal; equal texts, and equal words in them, are cut once."""
    both = frame.select(pl.concat_str(["text", "address"], separator=" ").alias("words")).to_series()
    once = both.unique()
    literals = pl.Series([_literal(words) for words in once], dtype=pl.String)
    return both.replace_strict(once, literals, return_dtype=pl.String)


def _literal(words: str) -> str:
    pieces: set[str] = set()
    for word in words[:MOST].split():
        pieces |= _pieces(word)
    return "{" + ",".join(sorted(pieces)) + "}"


@lru_cache(maxsize=100_000)
def _pieces(word: str) -> frozenset[str]:
    """The pieces of one word, quoted as in an array; no piece reaches over a blank."""
    return frozenset(f'"{piece}"' for piece in bigrams(word))


def all_columns(frame: pl.DataFrame, given: frozenset[str] = GIVEN) -> pl.DataFrame:
    """All columns of the table in its order; those not given as they are at birth."""
    columns = []
    for column in Case._meta.concrete_fields:
        name = column.attname
        if name in given:
            columns.append(pl.col(name))
        else:
            columns.append(pl.lit(_at_birth(column)).alias(name))
    return frame.select(columns)


def _at_birth(column: Any) -> Any:
    if column.null and not column.has_default():
        return None
    value = column.get_default()
    return "{}" if value == [] else value


def _entries(frame: pl.DataFrame, run: Admission) -> pl.DataFrame:
    facts = json.dumps({"run": run.run_id, "source": run.body.source_system})
    return frame.select(
        "district_id", pl.lit("case").alias("thing"), pl.col("id").alias("thing_id"),
        pl.lit("imported").alias("step"), pl.col("state").alias("after"),
        pl.lit(run.by.account_id).alias("actor_id"), pl.lit(run.by.role).alias("actor_role"),
        pl.col("reported_at").alias("happened_at"), pl.lit(facts).alias("facts"),
    )  # fmt: skip


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """Write a frame into a table by COPY; the frame's columns name the table's."""
    names = ", ".join(f'"{name}"' for name in frame.columns)
    buffer = io.BytesIO()
    frame.write_csv(
        buffer, include_header=False, null_value="\\N", datetime_format="%Y-%m-%d %H:%M:%S%.6f%:z"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '\\N')") as copy,
    ):
        copy.write(buffer.getbuffer())


_TASKS = """INSERT INTO cases_task (case_id, district_id, kind, unit_id, sent_at, due_at, result, note)
  SELECT id, district_id, %s, unit_id, coalesce(dispatched_at, reported_at), stage_due_at, '', ''
  FROM cases_case WHERE id = ANY(%s)"""


def _tasks(frame: pl.DataFrame, run: Admission) -> None:
    """Work that the open cases mean: handling where a unit has them, else the stage's queue."""
    with connection.cursor() as cursor:
        for (state,), rows in frame.filter(pl.col("closed_at").is_null()).group_by("state"):
            kind = TASK_OF.get(str(state))
            if kind:
                cursor.execute(_TASKS, (kind, rows["id"].to_list()))


_LINK = f"""WITH pair AS MATERIALIZED (
    SELECT {_FOUND.format(wanted="c.id", number="p.dup")} AS repeat,
           {_FOUND.format(wanted="c.id", number="p.original")} AS original
    FROM unnest(%(from)s::text[], %(to)s::text[]) AS p(dup, original))
  UPDATE cases_case c SET merged_into_id = pair.original FROM pair
  WHERE c.id = pair.repeat AND pair.original <> pair.repeat
    AND c.import_run = %(run)s AND c.merged_into_id IS NULL"""


def link_duplicates(run: Admission, pairs: Sequence[tuple[str, str]]) -> int:
    """Note which closed duplicates name another case of the same source; returns how many."""
    with connection.cursor() as cursor, _by_index(cursor):
        cursor.execute(_LINK, {
            "from": [p[0] for p in pairs], "to": [p[1] for p in pairs], "run": run.run_id,
            "district": run.district_id, "system": run.body.source_system,
        })  # fmt: skip
        return int(cursor.rowcount)
