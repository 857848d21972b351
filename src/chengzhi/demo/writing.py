"""The simulated courses written down as cases, tasks and entries of the record: by COPY."""

import json
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from django.db import connection

from chengzhi.cases import clocks
from chengzhi.cases.habits import Habits
from chengzhi.cases.states import DUE_FIELD, STAGE_OF
from chengzhi.demo import course
from chengzhi.demo.draws import Drawn, Kind, Times
from chengzhi.law.deadlines import Deadline, deadline, deadlines
from chengzhi.law.units import Limit
from chengzhi.pipeline.admitting import (
    all_columns,
    copy_frame,
    own_numbers,
    reserve_ids,
    search_pieces,
)
from chengzhi.places.placement import PlacedArrays

SYSTEM = "simulated"
C = course
# step column → role that takes it
ROLES = {
    C.SEND_VERIFY: "intake_clerk", C.VERIFY: "inspector", C.REJECT: "shift_leader",
    C.FILE: "shift_leader", C.DISPATCH: "dispatcher", C.ACCEPT: "handler", C.REPLY: "handler",
    C.CONFIRM: "dispatcher", C.SEND_CHECK: "intake_clerk", C.FAIL: "inspector",
    C.REWORK: "dispatcher", C.ACCEPT2: "handler", C.REPLY2: "handler", C.CONFIRM2: "dispatcher",
    C.SEND_CHECK2: "intake_clerk", C.PASS: "inspector", C.CLOSE: "shift_leader", C.DIRECT: "inspector",
}  # fmt: skip
# kind of task, sent with, done with (either of two), role or unit it waits for
TASKS = (
    ("register", (C.REPORT,), (C.SEND_VERIFY,)), ("verify", (C.SEND_VERIFY,), (C.VERIFY,)),
    ("file", (C.VERIFY,), (C.FILE, C.REJECT)), ("dispatch", (C.FILE, C.DIRECT), (C.DISPATCH,)),
    ("handle", (C.DISPATCH,), (C.REPLY,)), ("send_check", (C.REPLY,), (C.SEND_CHECK,)),
    ("check", (C.SEND_CHECK,), (C.FAIL, C.PASS)), ("dispatch", (C.FAIL,), (C.REWORK,)),
    ("handle", (C.REWORK,), (C.REPLY2,)), ("send_check", (C.REPLY2,), (C.SEND_CHECK2,)),
    ("check", (C.SEND_CHECK2,), (C.PASS,)), ("close", (C.PASS,), (C.CLOSE,)),
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """One month as it happened, before it is written down."""

    district_id: int
    habits: Habits
    known: list[Kind]
    drawn: Drawn
    at: Times
    last: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]
    placed: PlacedArrays
    people: dict[str, npt.NDArray[np.int64]]  # role → account of each case
    month: str
    now: Any


def write(scene: Scene) -> int:
    """Write cases, tasks and entries; returns how many cases."""
    frame = _cases(scene)
    copy_frame("cases_case", all_columns(frame, frozenset(frame.columns)))
    ids = frame["id"].to_numpy()
    copy_frame("cases_task", _tasks(scene, ids))
    copy_frame("ledger_entry", _entries(scene, ids))
    return len(frame)


def _first(at: Times, *columns: int) -> Times:
    """The first of the columns that happened."""
    out = at[:, columns[0]].copy()
    for column in columns[1:]:
        out = np.where(np.isnat(out), at[:, column], out)
    return out


def _stage(scene: Scene, start: Times, stage: str) -> Times:
    limit = scene.habits.stage_limit(stage, urgent=False, on=scene.now)
    if limit is None:
        return np.full(len(start), course.NAT, dtype="datetime64[us]")
    return deadlines(start, limit, scene.habits.calendar)[0]


def _after_rework(at: Times, second: int, first: int) -> Times:
    """Values of the second round where there is one, else of the first."""
    return np.where(np.isnat(at[:, C.REWORK]), at[:, first], at[:, second])


def _cases(scene: Scene) -> pl.DataFrame:
    at, drawn, known = scene.at, scene.drawn, scene.known
    states = np.array([state for _, state in course.STEPS])[scene.last]
    dispatched = _first(at, C.REWORK, C.DISPATCH)
    handled = _after_rework(at, C.REPLY2, C.REPLY)
    check_sent = _after_rework(at, C.SEND_CHECK2, C.SEND_CHECK)
    checked = np.where(np.isnat(at[:, C.REWORK]), _first(at, C.PASS, C.FAIL), at[:, C.PASS])
    filed, closed = _first(at, C.FILE, C.DIRECT), _first(at, C.CLOSE, C.REJECT)
    due = course.due(dispatched, drawn.kind, known, scene.habits)
    times = {
        "reported_at": _first(at, C.REPORT, C.DIRECT), "verify_sent_at": at[:, C.SEND_VERIFY],
        "verified_at": at[:, C.VERIFY], "filed_at": filed, "dispatched_at": dispatched,
        "handled_at": handled, "check_sent_at": check_sent, "checked_at": checked,
        "closed_at": closed, "due_at": due, "clock_from": dispatched,
        "verify_due_at": _stage(scene, at[:, C.SEND_VERIFY], "verify"),
        "file_due_at": _stage(scene, at[:, C.VERIFY], "file"),
        "dispatch_due_at": _stage(scene, filed, "dispatch"),
        "send_check_due_at": _stage(scene, handled, "send_check"),
        "check_due_at": _stage(scene, check_sent, "check"),
        "close_due_at": _stage(scene, at[:, C.PASS], "close"),
    }  # fmt: skip
    frame = _plain(scene, states).with_columns(
        [pl.Series(name, values).dt.replace_time_zone("UTC") for name, values in times.items()]
    )
    return _with_clocks(_with_numbers(_with_people(frame, scene), scene), scene)


def _plain(scene: Scene, states: npt.NDArray[np.str_]) -> pl.DataFrame:
    drawn, placed, known = scene.drawn, scene.placed, scene.known
    picked = [known[k] for k in drawn.kind]
    n = len(picked)
    at = scene.at
    ended = states == "closed"
    return pl.DataFrame({
        "id": reserve_ids(n), "district_id": [scene.district_id] * n, "state": states,
        "channel": drawn.channel, "type_id": [k.type_id for k in picked],
        "domain": [k.domain for k in picked], "condition": [k.condition for k in picked],
        "text": drawn.text, "address": drawn.address, "lon": drawn.lon, "lat": drawn.lat,
        "zkey": placed.zkey, "road_kind": placed.road_kinds(),
        "dispatches": (~np.isnat(at[:, C.DISPATCH])).astype(int) + (~np.isnat(at[:, C.REWORK])).astype(int),
        "reworks": (~np.isnat(at[:, C.REWORK])).astype(int),
        "limit_amount": [str(k.limit.amount) for k in picked],
        "limit_unit": [str(k.limit.unit) for k in picked],
        "outcome": np.where(ended, [k.outcome for k in picked], ""),
        "source_system": [SYSTEM] * n,
        "source_number": [f"{scene.month}-{i:05}" for i in range(n)],
        "missed_by_patrol": ~np.isin(drawn.channel, course.FOUND_BY_US) & ~np.isnat(at[:, C.FILE]),
    }).with_columns(
        _ids("cell_id", placed.cell_id), _ids("area_id", placed.area_id),
        _ids("street_area_id", placed.street_area_id),
        pl.lit(scene.now).alias("updated_at"), pl.lit("{}").alias("flags"),
    )  # fmt: skip


def _ids(name: str, values: npt.NDArray[np.int64]) -> pl.Series:
    return pl.Series(name, values, pl.Int64).replace(0, None)


def _with_people(frame: pl.DataFrame, scene: Scene) -> pl.DataFrame:
    at, who = scene.at, scene.people
    ours = ~np.isnat(at[:, C.DIRECT])

    def if_done(role: str, *columns: int) -> pl.Series:
        done = ~np.isnat(_first(at, *columns))
        return pl.Series(np.where(done, who[role], 0)).replace(0, None)

    found = pl.Series(np.where(ours, who["inspector"], 0)).replace(0, None)
    units = pl.Series(np.where(np.isnat(at[:, C.DISPATCH]), 0, scene.unit)).replace(0, None)
    return frame.with_columns(
        found.alias("reported_by"),
        if_done("intake_clerk", C.SEND_VERIFY).alias("taken_by"),
        if_done("shift_leader", C.FILE).alias("filed_by"),
        if_done("dispatcher", C.DISPATCH).alias("dispatched_by"),
        if_done("shift_leader", C.CLOSE, C.REJECT).alias("closed_by"),
        units.alias("unit_id"),
    )


def _with_numbers(frame: pl.DataFrame, scene: Scene) -> pl.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_number_next(%s, %s)", (scene.district_id, len(frame)))
        first = int(cursor.fetchone()[0])
    return frame.with_columns(
        own_numbers(frame, first, scene.habits).alias("number"), search_pieces(frame).alias("bigrams")
    )


def _with_clocks(frame: pl.DataFrame, scene: Scene) -> pl.DataFrame:
    """The running stage's clock, and why the deadlines are what they are."""
    starts, dues, warns, whys = [], [], [], []
    rows = frame.select(
        "state",
        "dispatched_at",
        "due_at",
        *(f for f in DUE_FIELD.values() if f in frame.columns and f != "due_at"),
    )
    last = scene.at[np.arange(len(scene.last)), scene.last]
    for row, kind, moment in zip(rows.iter_rows(named=True), scene.drawn.kind, last, strict=True):
        stage = STAGE_OF.get(row["state"])
        why = _why(scene, row, scene.known[kind].limit)
        begun = None if stage is None else row["dispatched_at"] if stage == "handle" else _aware(moment)
        limit = _limit(scene, stage, scene.known[kind].limit)
        starts.append(begun)
        dues.append(row.get(DUE_FIELD[stage]) if stage else None)
        warns.append(clocks.warn_at(scene.habits, begun, limit, scene.now) if begun and limit else None)
        whys.append(json.dumps(why) if why else None)
    kind_of = pl.Datetime("us", "UTC")
    return frame.with_columns(
        pl.Series("stage_from", starts, kind_of), pl.Series("stage_due_at", dues, kind_of),
        pl.Series("stage_warn_at", warns, kind_of), pl.Series("due_why", whys, pl.String),
    )  # fmt: skip


def _aware(moment: np.datetime64) -> Any:
    return moment.astype("datetime64[us]").item().replace(tzinfo=UTC)


def _limit(scene: Scene, stage: str | None, handling: Limit) -> Limit | None:
    if stage is None:
        return None
    return handling if stage == "handle" else scene.habits.stage_limit(stage, urgent=False, on=scene.now)


def _why(scene: Scene, row: dict[str, Any], limit: Limit) -> dict[str, Any] | None:
    if row["dispatched_at"] is None:
        return None
    said: Deadline = deadline(row["dispatched_at"], limit, scene.habits.calendar)
    return {"handle": said.as_json()}


def _tasks(scene: Scene, ids: npt.NDArray[np.int64]) -> pl.DataFrame:
    parts = [_task(scene, ids, kind, sent, done) for kind, sent, done in TASKS]
    return pl.concat([part for part in parts if len(part)])


def _task(
    scene: Scene, ids: npt.NDArray[np.int64], kind: str, sent: tuple[int, ...], done: tuple[int, ...]
) -> pl.DataFrame:
    at = scene.at
    begun = _first(at, *sent)
    # A check that passed after a failed one belongs to the second check.
    ended = at[:, C.FAIL] if kind == "check" and sent == (C.SEND_CHECK,) else _first(at, *done)
    if kind == "check" and sent == (C.SEND_CHECK,):
        ended = np.where(np.isnat(at[:, C.FAIL]), at[:, C.PASS], ended)
    rows = ~np.isnat(begun)
    begun, ended = begun[rows], ended[rows]
    handle = kind == "handle"
    due = (
        course.due(begun, scene.drawn.kind[rows], scene.known, scene.habits)
        if handle else _stage(scene, begun, kind)
    )  # fmt: skip
    role = ROLES[done[0]]
    account = np.where(~np.isnat(ended) | (role == "inspector"), scene.people[role][rows], 0)
    return pl.DataFrame({
        "case_id": ids[rows], "kind": [kind] * int(rows.sum()),
        "unit_id": scene.unit[rows] if handle else np.zeros(int(rows.sum()), dtype=np.int64),
        "account_id": account, "sent_by": scene.people[ROLES.get(sent[0], "intake_clerk")][rows],
        "sent_at": begun, "due_at": due, "done_at": ended,
        "result": np.where(np.isnat(ended), "", np.array([_result(kind, at[i], sent) for i in np.flatnonzero(rows)])),
    }).with_columns(
        pl.lit(scene.district_id).alias("district_id"), pl.lit("").alias("note"),
        pl.col("unit_id", "account_id", "sent_by").replace(0, None),
        pl.col("sent_at", "due_at", "done_at").dt.replace_time_zone("UTC"),
    )  # fmt: skip


def _result(kind: str, at: npt.NDArray[Any], sent: tuple[int, ...]) -> str:
    if kind == "verify":
        return "true" if np.isnat(at[C.REJECT]) else "not_found"
    if kind == "check":
        failed = sent == (C.SEND_CHECK,) and not np.isnat(at[C.FAIL])
        return "check_fail" if failed else "check_pass"
    return kind


def _entries(scene: Scene, ids: npt.NDArray[np.int64]) -> pl.DataFrame:
    parts = []
    for column, (step, after) in enumerate(course.STEPS):
        rows = np.flatnonzero(~np.isnat(scene.at[:, column]))
        if len(rows):
            parts.append(_of_step(scene, ids, rows, column, step, after))
    return pl.concat(parts).sort("happened_at")


def _of_step(
    scene: Scene, ids: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], column: int, step: str, after: str
) -> pl.DataFrame:
    role = ROLES.get(column, "resident")
    actor = scene.people[role][rows] if role in scene.people else np.zeros(len(rows), dtype=np.int64)
    before = _before(scene.at, rows, column)
    return pl.DataFrame({
        "district_id": [scene.district_id] * len(rows), "thing": ["case"] * len(rows),
        "thing_id": ids[rows], "step": [step] * len(rows), "before": before,
        "after": [after] * len(rows), "actor_id": actor, "actor_role": [role] * len(rows),
        "happened_at": scene.at[rows, column],
        "facts": [_facts(scene, int(i), column) for i in rows],
    }, schema_overrides={"before": pl.String}).with_columns(
        pl.col("actor_id").replace(0, None), pl.col("happened_at").dt.replace_time_zone("UTC")
    )  # fmt: skip


def _before(at: Times, rows: npt.NDArray[np.int64], column: int) -> list[str | None]:
    happened = ~np.isnat(at[rows, :column])
    if column == 0:
        return [None] * len(rows)
    last = column - 1 - np.argmax(happened[:, ::-1], axis=1)
    return [
        course.STEPS[i][1] if any_before else None
        for i, any_before in zip(last, np.any(happened, axis=1).tolist(), strict=True)
    ]


def _facts(scene: Scene, row: int, column: int) -> str:
    facts: dict[str, Any] = {"simulated": True}
    unit = int(scene.unit[row])
    if column in (C.DISPATCH, C.REWORK):
        facts["given"] = {"unit": unit}
        facts["notes"] = {"unit": unit}
    elif column == C.VERIFY:
        facts["given"] = {"result": "true" if np.isnat(scene.at[row, C.REJECT]) else "not_found"}
    elif column in (C.REJECT, C.FAIL):
        facts["given"] = {"reason": "现场未发现问题" if column == C.REJECT else "现场仍有问题"}
    return json.dumps(facts, ensure_ascii=False)
