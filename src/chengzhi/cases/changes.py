"""What each step writes: fields of the case, its tasks and requests. Nothing here saves anything."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from chengzhi.cases import clocks
from chengzhi.cases import context as look
from chengzhi.cases.models import Case, CaseLink, CaseRequest, Task
from chengzhi.cases.placing import placed_fields
from chengzhi.cases.routing import correction
from chengzhi.cases.states import ENDS
from chengzhi.cases.taskrows import lapsed, moved_tasks
from chengzhi.lifecycle.workings import Change, Move, RowOp

Kind = CaseRequest.Kind


def change(move: Move) -> Change:
    """All that a step writes besides state and version."""
    own = _OWN.get(move.step.name, _nothing)(move)
    after = move.step.after
    if after is None:
        return Change(own.fields, (*own.rows, *moved_tasks(move, own.fields)), own.notes)
    case, restart = _as_if(move.thing, own.fields), after == move.thing.state
    clock = {} if "stage_from" in own.fields else clocks.enter(case, after, move.on, restart=restart)
    fields = {**clock, **_end(move, after), **own.fields}
    rows = (*own.rows, *moved_tasks(move, fields), *lapsed(move))
    return Change(fields, rows, {**own.notes, **_due(fields)})


def _as_if(case: Case, fields: Mapping[str, Any]) -> Case:
    """The case as it will be, for reckoning with corrected values."""
    seen = copy(case)
    for name, value in fields.items():
        setattr(seen, name, value)
    return seen


def _end(move: Move, after: str) -> dict[str, Any]:
    if after not in ENDS:
        return {}
    reason = move.facts.get("reason", "")
    return {
        "closed_at": move.on,
        "closed_by": move.by.account_id,
        **({"end_reason": reason} if reason else {}),
    }


def _due(fields: Mapping[str, Any]) -> dict[str, str]:
    due = fields.get("due_at")
    return {"due": due.isoformat()} if due else {}


def _nothing(move: Move) -> Change:
    return Change()


def _who(field: str, at: str | None = None) -> Callable[[Move], Change]:
    """Note who did it, and when, in two fields of the case."""

    def own(move: Move) -> Change:
        return Change({field: move.by.account_id, **({at: move.on} if at else {})})

    return own


def _when(field: str) -> Callable[[Move], Change]:
    return lambda move: Change({field: move.on})


def _send_verify(move: Move) -> Change:
    taken = move.thing.taken_by or move.by.account_id
    return Change({"verify_sent_at": move.on, "taken_by": taken}, notes=_account(move))


def _account(move: Move) -> dict[str, Any]:
    return {"account": move.facts["account"]} if "account" in move.facts else {}


def _file(move: Move) -> Change:
    urgent = move.facts.get("urgent", move.thing.urgent)
    condition = move.facts.get("condition", move.thing.condition)[:40]
    who = {"filed_at": move.on, "filed_by": move.by.account_id}
    return Change({**who, "urgent": urgent, "condition": condition})


def _dispatch(move: Move) -> Change:
    case, unit = move.thing, move.facts.get("unit", move.thing.unit_id)
    clock = clocks.start_handling(case, move.on, look.area_class(case.area_id))
    fields = {
        "unit_id": unit,
        "handler_id": None,
        "dispatched_at": move.on,
        "dispatched_by": move.by.account_id,
        "dispatches": case.dispatches + 1,
        "handled_at": None,
        "check_sent_at": None,
        "checked_at": None,
        **clock,
    }
    notes = {"unit": unit, **({"from_unit": case.unit_id} if case.unit_id else {})}
    return Change(fields, correction(move) if "unit" in move.facts else (), notes)


def _rework(move: Move) -> Change:
    again = _dispatch(move)
    return Change({**again.fields, "reworks": move.thing.reworks + 1}, again.rows, again.notes)


def _assign(move: Move) -> Change:
    account = move.facts.get("account")
    task = look.task(move, Task.Kind.HANDLE)
    rows = (RowOp(Task, {"account_id": account}, task.pk),) if task else ()
    return Change({"handler_id": account}, rows, _account(move))


def _add_cohandler(move: Move) -> Change:
    case = move.thing
    values = {
        "case_id": case.pk, "district_id": case.district_id, "kind": Task.Kind.COHANDLE,
        "unit_id": move.facts["unit"], "sent_by": move.by.account_id, "sent_at": move.on,
        "due_at": case.due_at, "note": move.facts.get("note", ""),
    }  # fmt: skip
    return Change({}, (RowOp(Task, values),), {"unit": move.facts["unit"]})


def _end_cohandling(move: Move) -> Change:
    unit = move.facts.get("unit")
    mine = move.by.unit_ids
    tasks = [t for t in look.open_tasks(move) if t.kind == Task.Kind.COHANDLE]
    if unit is not None:
        gone = [t for t in tasks if t.unit_id == unit]
        return Change({}, tuple(RowOp(Task, {"cancelled_at": move.on}, t.pk) for t in gone), {"unit": unit})
    ours = [t for t in tasks if t.unit_id in mine or "case.handle" in move.by.district_wide]
    done = {"done_at": move.on, "account_id": move.by.account_id, "note": move.facts.get("note", "")}
    return Change({}, tuple(RowOp(Task, done, t.pk) for t in ours), {"units": [t.unit_id for t in ours]})


def _reply(move: Move) -> Change:
    stated = {name: move.facts[name][:most] for name, most in (("outcome", 40), ("method", 12))
              if name in move.facts}  # fmt: skip
    return Change({"handled_at": move.on, **stated})


def _send_check(move: Move) -> Change:
    return Change({"check_sent_at": move.on}, notes=_account(move))


def _close(move: Move) -> Change:
    """返工 and 错派 are counted here, as the standard has it."""
    units = Task.objects.filter(case_id=move.thing.pk, kind=Task.Kind.HANDLE).values("unit_id").distinct()
    fields: dict[str, Any] = {"misdispatches": max(units.count() - 1, 0)}
    if "outcome" in move.facts:
        fields["outcome"] = move.facts["outcome"][:40]
    return Change(fields)


def _ask(kind: str) -> Callable[[Move], Change]:
    def own(move: Move) -> Change:
        case = move.thing
        values = {
            "case_id": case.pk, "district_id": case.district_id, "kind": kind, "unit_id": case.unit_id,
            "asked_by": move.by.account_id, "asked_at": move.on, "reason": move.facts["reason"],
            "until": move.facts.get("until"),
        }  # fmt: skip
        return Change({}, (RowOp(CaseRequest, values),))

    return own


def _decided(move: Move, kind: str, decision: str, fields: dict[str, Any] | None = None) -> Change:
    asked = look.open_request(move, kind)
    assert asked is not None  # a need of every step that decides
    values = {
        "decision": decision, "decided_by": move.by.account_id, "decided_at": move.on,
        "decision_reason": move.facts.get("reason", ""),
    }  # fmt: skip
    notes = {"until": asked.until.isoformat()} if asked.until else {}
    return Change(fields or {}, (RowOp(CaseRequest, values, asked.pk),), notes)


def _refuse(kind: str) -> Callable[[Move], Change]:
    return lambda move: _decided(move, kind, CaseRequest.Decision.REFUSED)


def _grant_extension(move: Move) -> Change:
    fields = clocks.extended(move.thing, move.on)
    done = _decided(move, Kind.EXTENSION, CaseRequest.Decision.GRANTED, fields)
    return Change(done.fields, done.rows, {**done.notes, **_due(fields)})


def _grant_suspension(move: Move) -> Change:
    asked = look.open_request(move, Kind.SUSPENSION)
    assert asked is not None
    fields = {
        "suspended_at": move.on,
        "suspended_until": asked.until,
        "suspensions": move.thing.suspensions + 1,
    }
    return _decided(move, Kind.SUSPENSION, CaseRequest.Decision.GRANTED, fields)


def _resume(move: Move) -> Change:
    ended = {"suspended_at": None, "suspended_until": None}
    return Change({**ended, **clocks.resumed(move.thing, move.on)})


def _grant_return(move: Move) -> Change:
    fields = {"returns": move.thing.returns + 1}
    done = _decided(move, Kind.RETURN, CaseRequest.Decision.GRANTED, fields)
    return Change(done.fields, done.rows, {**done.notes, "unit": move.thing.unit_id})


def _grant_void(move: Move) -> Change:
    asked = look.open_request(move, Kind.VOID)
    assert asked is not None
    return _decided(move, Kind.VOID, CaseRequest.Decision.GRANTED, {"end_reason": asked.reason})


def _forward_appeal(move: Move) -> Change:
    asked = look.open_request(move, Kind.APPEAL)
    assert asked is not None
    values = {"level": 2, "first_by": move.by.account_id, "first_at": move.on}
    return Change({}, (RowOp(CaseRequest, values, asked.pk),))


def _grant_appeal(move: Move) -> Change:
    return _decided(move, Kind.APPEAL, CaseRequest.Decision.GRANTED, {"overdue_excused": True})


_ALIVE: dict[str, Any] = {"closed_at": None, "closed_by": None, "end_reason": ""}


def _reopen(move: Move) -> Change:
    again = {"reopened": move.thing.reopened + 1, "overdue_excused": False}
    return Change({**_ALIVE, **again, "handled_at": None, "checked_at": None, "check_sent_at": None})


def _merge(move: Move) -> Change:
    return Change({"merged_into_id": move.facts["other"]}, notes={"other": move.facts["other"]})


def _other(move: Move) -> Change:
    return Change({}, notes={"other": move.facts["other"]})


def _link(move: Move) -> Change:
    values = {
        "case_id": move.thing.pk, "other_id": move.facts["other"], "kind": "duplicate",
        "made_by": move.by.account_id, "made_at": move.on,
    }  # fmt: skip
    return Change({}, (RowOp(CaseLink, values),), {"other": move.facts["other"]})


def _corrected(move: Move, fields: dict[str, Any], cause: str, notes: dict[str, Any]) -> Change:
    """Corrected facts, and the handling clock they may change."""
    case = _as_if(move.thing, fields)
    clock = clocks.reclocked(case, move.on, look.area_class(case.area_id), cause)
    if clock:
        notes = {**notes, "reclocked": True, **_due(clock)}
    return Change({**fields, **clock}, notes=notes)


def _change_type(move: Move) -> Change:
    found = look.case_type(move)
    assert found is not None  # need "type_of_district"
    condition = move.facts.get("condition", "default")[:40]
    fields = {"type_id": found.pk, "domain": found.domain, "condition": condition}
    return _corrected(move, fields, "type", {"type": found.pk})


def _change_condition(move: Move) -> Change:
    return _corrected(move, {"condition": move.facts["condition"][:40]}, "condition", {})


def _change_place(move: Move) -> Change:
    address = move.facts.get("address", move.thing.address)[:250]
    fields = placed_fields(move.thing, move.facts["lon"], move.facts["lat"], address)
    return _corrected(move, fields, "place", {})


_OWN: dict[str, Callable[[Move], Change]] = {
    "register": _who("taken_by"),
    "send_verify": _send_verify,
    "verify": _when("verified_at"),
    "file": _file,
    "dispatch": _dispatch,
    "redispatch": _dispatch,
    "rework": _rework,
    "assign": _assign,
    "unassign": _assign,
    "add_cohandler": _add_cohandler,
    "remove_cohandler": _end_cohandling,
    "cohandled": _end_cohandling,
    "reply": _reply,
    "refuse_reply": lambda move: Change({"handled_at": None}),
    "send_check": _send_check,
    "check_pass": _when("checked_at"),
    "check_fail": _when("checked_at"),
    "close": _close,
    "force_close": _close,
    "grant_extension": _grant_extension,
    "grant_suspension": _grant_suspension,
    "resume": _resume,
    "grant_return": _grant_return,
    "grant_void": _grant_void,
    "forward_appeal": _forward_appeal,
    "grant_appeal": _grant_appeal,
    "reopen": _reopen,
    "reconsider": lambda move: Change(dict(_ALIVE)),
    "merge": _merge,
    "absorb": _other,
    "unmerge": lambda move: Change({**_ALIVE, "merged_into_id": None}),
    "split": _other,
    "set_parent": lambda move: Change(
        {"parent_id": move.facts["other"]}, notes={"other": move.facts["other"]}
    ),
    "clear_parent": lambda move: Change({"parent_id": None}),
    "link_duplicate": _link,
    "change_type": _change_type,
    "change_condition": _change_condition,
    "change_urgency": lambda move: Change({"urgent": move.facts["urgent"]}),
    "change_place": _change_place,
    **{f"ask_{kind}": _ask(kind) for kind in Kind.values},
    **{f"refuse_{kind}": _refuse(kind) for kind in Kind.values},
}
