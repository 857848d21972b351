"""The clocks of a case: which one runs in which state, when it ends, and why then.

Everything returns fields to be written, by attname; nothing here writes. Ends are counted by the
calendar in force when they are counted, shares of a running clock by that of its begin.
`Case.due_why` holds the derivation of each stage's end under the stage's name, and under
"extensions", "pauses" and "reclocked" what moved the handling clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from chengzhi.cases.habits import Habits, habits
from chengzhi.cases.models import Case, CaseLimit
from chengzhi.cases.states import DUE_FIELD, STAGE_OF
from chengzhi.law.deadlines import Deadline, deadline, due_at_share, resume_due
from chengzhi.law.units import Limit, Unit

STAGES = tuple(DUE_FIELD)
"""Stages with a clock. `handle` takes its limit from CaseLimit, the others from StageLimit."""

Fields = dict[str, Any]
NO_CLOCK: Fields = {"stage_from": None, "stage_warn_at": None, "stage_due_at": None, "escalate_at": None}


@dataclass(frozen=True, slots=True)
class Handling:
    """The handling limit found for a case, with the row it comes from."""

    limit: Limit
    row_id: int
    outcome: str
    source: str


def handling_limit(case: Case, on: datetime, area_class: int | None) -> Handling | None:
    """The limit in force on the day for the case's type, condition and area class.

    The exact condition and area class go before the general ones. Where nobody has stated a
    condition and the type has only named ones, the strictest holds until somebody does: a case
    is never without a promise because of a missing word. None when the district has set no limit.
    """
    if case.type_id is None:
        return None
    found, day = habits(case.district_id), habits(case.district_id).day(on)
    rows = CaseLimit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        Q(area_class=None) | Q(area_class=area_class),
        type_id=case.type_id, valid_from__lte=day,
    )  # fmt: skip
    fitting = [row for row in rows if row.condition in (case.condition, "default")]
    if fitting:
        return _handling(max(fitting, key=lambda row: _fit(row, case, area_class)))
    if case.condition != "default":
        return None
    calendar = found.calendar_on(on)
    limits = {row.pk: deadline(on, Limit(row.amount, row.unit), calendar).due for row in rows}
    strictest = min(rows, key=lambda row: (limits[row.pk], row.pk), default=None)
    return _handling(strictest) if strictest else None


def _handling(row: CaseLimit) -> Handling:
    return Handling(Limit(row.amount, row.unit), row.pk, row.outcome, row.source)


def _fit(row: CaseLimit, case: Case, area_class: int | None) -> tuple[bool, bool, Any, int]:
    return (row.condition == case.condition, row.area_class == area_class, row.valid_from, row.pk)


def enter(case: Any, state: str, on: datetime, *, restart: bool = True) -> Fields:
    """The clock of the stage that begins with this state.

    Without `restart` the clock of the same stage goes on. That of handling always does: only
    `start_handling` begins it anew.
    """
    stage = STAGE_OF.get(state)
    if stage is None:
        return dict(NO_CLOCK)
    if stage == STAGE_OF.get(case.state) and not restart:
        return {}
    if stage == "handle":
        return _handling_goes_on(case, on)
    found = habits(case.district_id)
    limit = found.stage_limit(stage, case.urgent, on)
    if limit is None:
        return {**NO_CLOCK, "stage_from": on, DUE_FIELD[stage]: None}
    said = deadline(on, limit, found.calendar_on(on))
    return {
        "stage_from": on,
        "stage_warn_at": warn_at(found, on, limit, on),
        "stage_due_at": said.due,
        DUE_FIELD[stage]: said.due,
        "due_why": {**(case.due_why or {}), stage: said.as_json()},
        "escalate_at": None,
    }


def warn_at(found: Habits, start: datetime, limit: Limit, on: datetime) -> datetime:
    """The instant at which the lamp turns yellow."""
    share = found.policy("lamp", on)["yellow"]
    return due_at_share(start, limit, share, found.calendar_on(start))


def _handling_goes_on(case: Case, on: datetime) -> Fields:
    """Back to handling on the clock that already ran (a refused reply, a resumed case)."""
    return _handle_stage(case, case.clock_from, case.due_at, _limit(case), _extensions(case.due_why), on)


def start_handling(case: Case, on: datetime, area_class: int | None) -> Fields:
    """A new handling clock from a dispatch: limit, end, reasons, next escalation."""
    found = handling_limit(case, on, area_class)
    why = {k: v for k, v in (case.due_why or {}).items() if k not in ("extensions", "pauses", "reclocked")}
    if found is None:
        why.pop("handle", None)
        none = {"due_at": None, "limit_amount": None, "limit_unit": "", "clock_from": on, "due_why": why}
        return {**none, **_handle_stage(case, on, None, None, 0, on)}
    said = deadline(on, found.limit, habits(case.district_id).calendar_on(on))
    return {
        **_limit_fields(found),
        "due_at": said.due,
        "clock_from": on,
        "due_why": {**why, "handle": said.as_json()},
        **_handle_stage(case, on, said.due, found.limit, 0, on),
    }


def _limit_fields(found: Handling) -> Fields:
    return {"limit_amount": found.limit.amount, "limit_unit": str(found.limit.unit)}


def _limit(case: Case) -> Limit | None:
    return Limit(case.limit_amount, case.limit_unit) if case.limit_amount is not None else None


def _extensions(why: Mapping[str, Any] | None) -> int:
    """Extensions of the running clock: those of an earlier dispatch no longer lengthen it."""
    return len((why or {}).get("extensions", ()))


def whole_limit(case: Case) -> Limit | None:
    """The handling limit with the extensions of the running clock."""
    limit = _limit(case)
    return limit.times(1 + _extensions(case.due_why)) if limit is not None else None


def _handle_stage(
    case: Any,
    start: datetime | None,
    due: datetime | None,
    limit: Limit | None,
    extensions: int,
    on: datetime,
) -> Fields:
    if start is None or due is None:
        return {**NO_CLOCK, "stage_from": start}
    if limit is None:
        return {
            **NO_CLOCK,
            "stage_from": start,
            "stage_due_at": due,
            "stage_warn_at": _four_fifths(case, start, due),
        }
    found, whole = habits(case.district_id), limit.times(1 + extensions)
    return {
        "stage_from": start,
        "stage_due_at": due,
        "stage_warn_at": warn_at(found, start, whole, start),
        "escalate_at": next_escalation(found, case.domain, start, whole, on),
    }


def _four_fifths(case: Any, start: datetime, due: datetime) -> datetime:
    """The yellow instant of an imported end whose limit nobody knows: by plain elapsed time."""
    share = habits(case.district_id).policy("lamp", start)["yellow"]
    return start + (due - start) * float(share)


def next_escalation(
    found: Habits, domain: str, start: datetime, whole: Limit, after: datetime
) -> datetime | None:
    """The next instant after `after` at which somebody is to be told of a share of the limit."""
    shares = {row.share for row in found.escalations_for(domain, start)}
    calendar = found.calendar_on(start)
    times = (due_at_share(start, whole, float(share), calendar) for share in shares)
    return min((at for at in times if at > after), default=None)


def extended(case: Case, on: datetime) -> Fields:
    """One more original limit on top of the current end."""
    limit, found = _limit(case), habits(case.district_id)
    assert limit is not None
    assert case.due_at is not None
    length = limit.times(found.policy("extension_length", on))
    said = deadline(case.due_at, length, found.calendar_on(on))
    why = dict(case.due_why or {})
    why["extensions"] = [*why.get("extensions", ()), {**said.as_json(), "granted": on.isoformat()}]
    stage = _handle_stage(case, case.clock_from, said.due, limit, _extensions(why), on)
    return {"due_at": said.due, "due_why": why, "extensions": case.extensions + 1, **stage}


def resumed(case: Case, on: datetime) -> Fields:
    """The clock goes on: begin and end move by the time it stood still."""
    stood = case.suspended_at
    limit, calendar = _limit(case), habits(case.district_id).calendar_on(on)
    if case.due_at is None or stood is None or case.clock_from is None:
        return {**_handle_stage(case, on, None, None, 0, on)}
    # An imported end without a known limit moves by the calendar.
    unit = limit.unit if limit is not None else Unit.CALENDAR_HOURS
    due, start = (resume_due(at, stood, on, unit, calendar) for at in (case.due_at, case.clock_from))
    why = dict(case.due_why or {})
    pause = {"from": stood.isoformat(), "to": on.isoformat(), "due": due.isoformat()}
    why["pauses"] = [*why.get("pauses", ()), pause]
    stage = _handle_stage(case, start, due, limit, _extensions(why), on)
    return {"due_at": due, "clock_from": start, "due_why": why, **stage}


def reclocked(case: Case, on: datetime, area_class: int | None, cause: str) -> Fields:
    """The handling clock after type, condition or place were corrected: same begin, new limit.

    `case` already carries the corrected values. Empty when the limit stays the same or no
    handling clock has begun.
    """
    if case.clock_from is None or case.handled_at is not None:
        return {}
    found = handling_limit(case, on, area_class)
    if found is None or found.limit == _limit(case):
        return {}
    calendar = habits(case.district_id).calendar_on(on)
    said = deadline(case.clock_from, found.limit.times(1 + _extensions(case.due_why)), calendar)
    why = dict(case.due_why or {})
    old = case.due_at.isoformat() if case.due_at else None
    moved = {"on": on.isoformat(), "cause": cause, "from": old, "to": said.due.isoformat()}
    why |= {"handle": said.as_json(), "reclocked": [*why.get("reclocked", ()), moved]}
    fields = {**_limit_fields(found), "due_at": said.due, "due_why": why}
    if case.state == "suspended":
        return fields
    stage = _handle_stage(case, case.clock_from, said.due, found.limit, _extensions(why), on)
    return {**fields, **stage}


def lamp(case: Any, now: datetime) -> str:
    """green, yellow or red of the running stage; empty when no clock runs."""
    if case.stage_due_at is None:
        return ""
    if now > case.stage_due_at:
        return "red"
    return "yellow" if case.stage_warn_at is not None and now >= case.stage_warn_at else "green"


def explain(case: Case, language: str, stage: str | None = None) -> str:
    """Why the running (or the named) clock ends when it does, in one to several sentences."""
    why = case.due_why or {}
    name = stage or STAGE_OF.get(case.state) or ("handle" if case.clock_from else "")
    if name not in why:
        return ""
    said = [Deadline.from_json(why[name]).explain(language[:2])]
    if name == "handle":
        said += _moves(why, habits(case.district_id), language.startswith("zh"))
    return ("；" if language.startswith("zh") else "; ").join(said)


def _moves(why: Mapping[str, Any], found: Habits, chinese: bool) -> Sequence[str]:
    def at(text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(found.zone):%Y-%m-%d %H:%M}"

    pauses = [
        f"挂账{at(p['from'])}至{at(p['to'])}不计时→{at(p['due'])}" if chinese
        else f"suspended {at(p['from'])} to {at(p['to'])}, not counted → {at(p['due'])}"
        for p in why.get("pauses", ())
    ]  # fmt: skip
    language = "zh" if chinese else "en"
    word = "延期：" if chinese else "extended: "
    extensions = [word + Deadline.from_json(e).explain(language) for e in why.get("extensions", ())]
    changed = [
        f"更正后重新计时：{at(m['from'])}→{at(m['to'])}" if chinese
        else f"counted again after a correction: {at(m['from'])} → {at(m['to'])}"
        for m in why.get("reclocked", ()) if m["from"]
    ]  # fmt: skip
    return [*changed, *extensions, *pauses]


def unit_of(case: Case) -> Unit | None:
    """The unit of the handling limit."""
    return Unit(case.limit_unit) if case.limit_unit else None
