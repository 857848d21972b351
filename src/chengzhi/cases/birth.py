"""Births of cases: one in a single statement, or many by COPY. The other door is `advance`.

`statement` gives one SQL text with named parameters that inserts case, task and ledger entry;
`reports` puts its own INSERT in front of it, so that a report from outside costs one round trip.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, ClassVar

from django.db import connection
from django.utils.translation import gettext as _

from chengzhi.cases import clocks
from chengzhi.cases.habits import habits
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.numbers import shape
from chengzhi.cases.rules import may
from chengzhi.cases.states import TASK_OF
from chengzhi.cases.words import bigrams
from chengzhi.errors import Problem
from chengzhi.law.deadlines import NaiveTime
from chengzhi.ledger.actions import COLUMNS
from chengzhi.lifecycle.machine import refused
from chengzhi.people.actor import Actor


class BadBirth(Problem):
    """A case that cannot be as it is stated."""

    code: ClassVar[str] = "cases.bad_birth"
    status: ClassVar[int] = 422


@dataclass(slots=True)
class NewCase:
    """What is known of a case when it begins. The place comes from `places.placement.locate`.

    Texts are cut by the caller; `area_id` is the leaf area.
    """

    district_id: int
    channel: str
    text: str = ""
    address: str = ""
    type_id: int | None = None
    condition: str = "default"
    domain: str = ""
    urgent: bool = False
    place_kind: str = "point"
    lon: float | None = None
    lat: float | None = None
    zkey: int | None = None
    cell_id: int | None = None
    area_id: int | None = None
    street_area_id: int | None = None
    street_id: int | None = None
    road_kind: str = "unknown"
    flags: tuple[str, ...] = ()
    source_system: str = ""
    source_number: str = ""
    parent_id: int | None = None
    outcome: str = ""
    method: str = ""
    missed_by_patrol: bool = False
    # a birth has no history yet; the clocks ask for it
    due_why: Mapping[str, Any] | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with psycopg named parameters; gives one row (id, number), or none when gated off."""

    sql: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Born:
    """The case that came into being."""

    id: int
    number: str


_FROM_NEW = (
    "district_id", "channel", "type_id", "condition", "domain", "urgent", "text", "place_kind", "address",
    "lon", "lat", "zkey", "cell_id", "area_id", "street_area_id", "street_id", "road_kind",
    "source_system", "source_number", "parent_id", "outcome", "method", "missed_by_patrol",
)  # fmt: skip
_TIMES = (
    "reported_at", "filed_at", "dispatched_at", "handled_at", "closed_at", "stage_from", "stage_warn_at",
    "stage_due_at", "register_due_at", "file_due_at", "dispatch_due_at",
)  # fmt: skip
_WHO = ("reported_by", "taken_by", "filed_by", "closed_by")
_PLAIN = (*_FROM_NEW, *_TIMES, *_WHO)
_COUNTERS = (
    "extensions", "suspensions", "returns", "reworks", "dispatches", "misdispatches", "reopened", "version",
)  # fmt: skip
_TASK = """, job AS (
  INSERT INTO cases_task (case_id, district_id, kind, sent_by, sent_at, due_at, result, note)
  SELECT id, %(district_id)s, '{kind}', %(actor_id)s, %(on)s, {due}, '', '' FROM born
)"""


def _source(name: str, params: Mapping[str, Any]) -> str:
    """Where a plain column takes its value from: what several columns share is sent once."""
    value = params[name]
    if value == "":
        return "''"
    if name in _TIMES and value == params["on"]:
        return "%(on)s"
    if name in _WHO:
        return "%(actor_id)s"
    return "%(stage_due_at)s" if name in _TIMES and value == params["stage_due_at"] else f"%({name})s"


@lru_cache(maxsize=256)
def _sql(step: str, gate: str, plain: tuple[tuple[str, str], ...], width: int, sampled: bool) -> str:
    """The text of a birth; few texts in practice, each below 4096 signs and 50 parameters.

    Within those psycopg keeps a text analysed; quoting and splitting would else cost more
    than the rest of the call. So columns without a value are left out, and what comes from
    the table of steps stands in the text.
    """
    row = CASE_LIFE.step(step)
    task, known = TASK_OF.get(row.after or ""), dict(plain)
    columns = ", ".join((
        "id", "number", "state", *known, *_COUNTERS, "flags", "bigrams", "due_why", "self_handled",
        "audit_sample", "overdue_excused", "end_reason", "limit_unit", "updated_at",
    ))  # fmt: skip
    number = f"lpad(fresh.n::text, greatest({width}, length(fresh.n::text)), '0')"
    values = ", ".join((
        "fresh.id", f"%(head)s || {number} || %(tail)s", f"'{row.after}'", *known.values(),
        *("0" for _ in _COUNTERS), "%(flags)s::varchar[]", "%(bigrams)s::varchar[]",
        "%(due_why)s::jsonb", str(step == "self_handle"), str(sampled), "false", "''", "''", "%(on)s",
    ))  # fmt: skip
    gated, where = (f", gate AS ({gate})", " WHERE EXISTS (SELECT FROM gate)") if gate else ("", "")
    job = _TASK.format(kind=task, due=known.get("stage_due_at", "NULL")) if task else ""
    article = row.article.replace("'", "''").replace("%", "%%")
    return f"""WITH fresh AS MATERIALIZED (
  SELECT nextval(pg_get_serial_sequence('cases_case', 'id')) AS id,
         case_number_next(%(district_id)s::integer) AS n
){gated}, born AS (
  INSERT INTO cases_case ({columns})
  SELECT {values} FROM fresh{where}
  RETURNING id, number
){job}, noted AS (
  INSERT INTO ledger_entry ({COLUMNS})
  SELECT %(district_id)s, 'case', id, '{step}', NULL, '{row.after}', %(actor_id)s, %(actor_role)s, %(on)s,
         '', '{article}', %(facts)s::jsonb FROM born
)
SELECT id, number FROM born"""


def statement(
    step: str,
    new: NewCase,
    *,
    by: Actor,
    on: datetime,
    gate: str = "",
    gate_params: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Statement:
    """Make the one statement of a birth. It asks the database nothing and writes nothing.

    Parameters
    ----------
    step : a birth of the life: report, file_directly, take_order, self_handle, split_off.
    gate : an INSERT … RETURNING that reads `fresh.id` (the coming case's id) from CTE `fresh`;
        the case is born only if it returns a row. Its parameters must not bear names used here:
        prefix them.
    facts : numbers and codes for the ledger entry; never personal values.

    Raises
    ------
    NotAllowed, NoSuchStep, BadBirth, NaiveTime.
    """
    row = CASE_LIFE.step(step)
    if not row.birth or row.after is None:
        raise BadBirth(_("“%(step)s” is no birth of a case.") % {"step": step})
    if on.tzinfo is None:
        raise NaiveTime(
            _("The time %(time)s has no time zone.") % {"time": on}, _("Without one it names no instant.")
        )
    if not may(by, row.by, new):
        raise refused(row)
    _possible(new)
    params = _params(new, row.name, row.after, by, on)
    params["facts"] = json.dumps(dict(facts or {}), default=str)
    plain = tuple((name, _source(name, params)) for name in _PLAIN if params[name] is not None)
    sql = _sql(step, gate, plain, params.pop("width"), params.pop("audit_sample"))
    own = {name for name, source in plain if source != f"%({name})s"}
    unused = {name for name in _PLAIN if params[name] is None} | (own - {"stage_due_at"})
    sent = {name: value for name, value in params.items() if name not in unused}
    return Statement(sql, sent | dict(gate_params or {}))


def _possible(new: NewCase) -> None:
    point = (new.lon, new.lat)
    if any(value is not None and not math.isfinite(value) for value in point) or (None in point and any(
        value is not None for value in point
    )):  # fmt: skip
        raise BadBirth(_("The point is incomplete or not a number."), "", _("Give both or neither."))
    if "\x00" in new.text or "\x00" in new.address:
        raise BadBirth(_("The text holds a sign that no text has."), "U+0000", _("Remove it."))


def _params(new: NewCase, step: str, state: str, by: Actor, on: datetime) -> dict[str, Any]:
    found = habits(new.district_id)
    number = shape(found, on)
    values: dict[str, Any] = {name: getattr(new, name) for name in _FROM_NEW}
    values |= dict.fromkeys((*_TIMES, *_WHO)) | {"reported_at": on, "reported_by": by.account_id}
    if step != "report":
        values |= {"filed_at": on, "filed_by": by.account_id} if step != "split_off" else {}
    values |= {k: v for k, v in clocks.enter(new, state, on).items() if k != "escalate_at"}
    values |= _ended(step, by, on)
    return values | {
        "head": number.head, "width": number.width, "tail": number.tail,
        "flags": list(new.flags), "bigrams": bigrams(new.text, new.address), "on": on,
        "due_why": json.dumps(values.get("due_why")) if values.get("due_why") else None,
        "actor_id": by.account_id, "actor_role": by.role,
        "audit_sample": step == "self_handle" and _in_sample(new, on),
    }  # fmt: skip


def _ended(step: str, by: Actor, on: datetime) -> dict[str, Any]:
    if step != "self_handle":
        return {}
    return {"handled_at": on, "closed_at": on, "closed_by": by.account_id}


def _in_sample(new: NewCase, on: datetime) -> bool:
    """Whether a trifle handled on the spot is audited: a fixed share, not for its finder to foresee.

    Repeatable: the same facts give the same answer.
    """
    share = habits(new.district_id).policy("self_handled_audit_share", on)
    said = f"{new.district_id} {new.lon} {new.lat} {new.text} {on.isoformat()}".encode()
    draw = int.from_bytes(blake2b(said, digest_size=8).digest(), "big") / 2**64
    return bool(draw < share)


def open_case(
    new: NewCase, *, by: Actor, on: datetime, step: str = "report", facts: Mapping[str, Any] | None = None
) -> Born:
    """Bring one case into being, in one statement. Raises as `statement` does."""
    made = statement(step, new, by=by, on=on, facts=facts)
    with connection.cursor() as cursor:
        cursor.execute(made.sql, made.params)
        number = cursor.fetchone()
    return Born(int(number[0]), str(number[1]))
