"""The tasks and requests that a step ends and begins, as rows to be written beside the case."""

from collections.abc import Mapping
from typing import Any

from chengzhi.cases import context as look
from chengzhi.cases.models import CaseRequest, Task
from chengzhi.cases.states import ENDS, TASK_OF, WITH_UNIT
from chengzhi.lifecycle.workings import Move, RowOp

_OF_PERSONS = frozenset({"verify", "check"})
_OF_UNIT = frozenset({CaseRequest.Kind.EXTENSION, CaseRequest.Kind.SUSPENSION, CaseRequest.Kind.RETURN})


def moved_tasks(move: Move, fields: Mapping[str, Any]) -> tuple[RowOp, ...]:
    """End the task of the stage that is left, begin that of the next, move the end of one that stays."""
    after = move.step.after
    left, next_ = TASK_OF.get(move.thing.state), TASK_OF.get(after or move.thing.state)
    if after is None or (left == next_ and not _again(move)):
        return _moved_due(move, fields)
    ended = tuple(_ended(move, task) for task in look.open_tasks(move) if _concerns(task, left))
    return ended if next_ is None else (*ended, RowOp(Task, new_task(move, next_, fields)))


def _again(move: Move) -> bool:
    """Whether the same stage begins anew: sent out again, or to another department."""
    return move.step.after == move.thing.state or move.step.name == "redispatch"


def _concerns(task: Task, left: str | None) -> bool:
    return task.kind == left or (left == "handle" and task.kind == Task.Kind.COHANDLE)


def _ended(move: Move, task: Task) -> RowOp:
    if task.kind != Task.Kind.COHANDLE and _completes(move):
        done = {
            "done_at": move.on,
            "account_id": task.account_id or move.by.account_id,
            "result": move.facts.get("result", move.step.name),
        }
        note = move.facts.get("note") or move.facts.get("reason")
        return RowOp(Task, {**done, "note": note} if note else done, task.pk)
    return RowOp(Task, {"cancelled_at": move.on}, task.pk)


def _completes(move: Move) -> bool:
    """Whether the step is what the stage's task asked for; else the task falls away."""
    if move.step.name == "send_verify":
        return bool(move.thing.state == "reported")
    return move.step.within is not None and not _again(move)


def new_task(move: Move, kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The task of the stage that begins."""
    case = move.thing
    return {
        "case_id": case.pk,
        "district_id": case.district_id,
        "kind": kind,
        "unit_id": fields.get("unit_id", case.unit_id) if kind == "handle" else None,
        "account_id": move.facts.get("account") if kind in _OF_PERSONS else None,
        "sent_by": move.by.account_id,
        "sent_at": move.on,
        "due_at": fields.get("stage_due_at"),
    }


def _moved_due(move: Move, fields: Mapping[str, Any]) -> tuple[RowOp, ...]:
    if "due_at" not in fields:
        return ()
    tasks = (t for t in look.open_tasks(move) if t.kind in (Task.Kind.HANDLE, Task.Kind.COHANDLE))
    return tuple(RowOp(Task, {"due_at": fields["due_at"]}, task.pk) for task in tasks)


def lapsed(move: Move) -> tuple[RowOp, ...]:
    """Requests that this step leaves behind undecided."""
    after = move.step.after
    gone = {"decision": CaseRequest.Decision.LAPSED, "decided_at": move.on}
    return tuple(
        RowOp(CaseRequest, gone, request.pk)
        for request in look.requests(move)
        if not request.decision and _leaves_behind(move, request.kind, after)
    )


def _leaves_behind(move: Move, kind: str, after: str | None) -> bool:
    if move.step.name in (f"grant_{kind}", f"refuse_{kind}"):
        return False  # this step decides it
    if kind in _OF_UNIT:
        return after not in WITH_UNIT or move.step.name == "redispatch"
    return kind == CaseRequest.Kind.VOID and after in ENDS
