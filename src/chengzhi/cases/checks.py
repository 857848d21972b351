"""The needs of a case's steps, by name: what must hold, what is said when it does not, and why."""

import math
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from chengzhi.cases import context as look
from chengzhi.cases.models import Case, CaseLimit, CaseLink, CaseRequest, Task
from chengzhi.cases.states import ENDS, OPEN_STATES
from chengzhi.lifecycle.workings import Check, Move

Kind = CaseRequest.Kind


def _verified_true(move: Move) -> bool:
    """The last verification confirmed it, there was none, or a reason is given against it."""
    if move.thing.verified_at is None or "reason" in move.facts:
        return True
    last = (
        Task.objects.filter(case_id=move.thing.pk, kind=Task.Kind.VERIFY, done_at__isnull=False)
        .order_by("-done_at", "-id")
        .first()
    )
    return last is None or last.result == "true"


def _condition_known(move: Move) -> bool:
    case = move.thing
    condition = move.facts.get("condition", case.condition)
    if condition == "default" or case.type_id is None:
        return True
    return CaseLimit.objects.filter(type_id=case.type_id, condition=condition).exists()


def _task_is_yours(move: Move) -> bool:
    """A task given to a person is done by that person, or by the desk that sent it out."""
    kind = Task.Kind.VERIFY if move.step.name == "verify" else Task.Kind.CHECK
    task = look.task(move, kind)
    if task is None or task.account_id in (None, move.by.account_id):
        return True
    return "case.register" in move.by.permissions


def _account_works_here(move: Move) -> bool:
    return "account" not in move.facts or bool(look.posts(move))


def _account_in_unit(move: Move) -> bool:
    units = look.below(move.thing.unit_id)
    return any(post.unit_id in units for post in look.posts(move))


def _unit_handles(move: Move) -> bool:
    unit = look.unit(move)
    fits = unit is not None and unit.active and unit.handles_cases
    return fits and unit is not None and unit.district_id == move.thing.district_id


def _leads(move: Move) -> bool:
    wide = "case.handle" in move.by.district_wide
    return bool(wide or move.thing.unit_id in move.by.unit_ids)


def _cohandler_units(move: Move) -> set[int | None]:
    return {t.unit_id for t in look.open_tasks(move) if t.kind == Task.Kind.COHANDLE}


def _you_cohandle(move: Move) -> bool:
    units = _cohandler_units(move)
    return bool(units) and ("case.handle" in move.by.district_wide or bool(units & set(move.by.unit_ids)))


def _not_same_after_check(move: Move) -> bool:
    return bool(move.thing.state != "check_failed" or move.facts["unit"] != move.thing.unit_id)


def _not_overdue(move: Move) -> bool:
    return bool(move.thing.due_at is None or move.on <= move.thing.due_at)


def _asked_in_time(move: Move) -> bool:
    asked, due = look.open_request(move, Kind.EXTENSION), move.thing.due_at
    return asked is None or due is None or asked.asked_at <= due


def _years_later(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year + years)
    except ValueError:  # 29 February
        return at.replace(year=at.year + years, day=28)


def _until_allowed(move: Move) -> bool:
    until: datetime = move.facts["until"]
    years = look.of(move).policy("suspension_years", move.on)
    return move.on < until <= _years_later(move.on, years)


def _until_ahead(move: Move) -> bool:
    asked = look.open_request(move, Kind.SUSPENSION)
    return asked is None or asked.until is None or asked.until > move.on


def _was_overdue(move: Move) -> bool:
    case = move.thing
    ended = case.handled_at or case.closed_at
    return bool(case.due_at is not None and ended is not None and ended > case.due_at)


def _appeals_left(move: Move) -> bool:
    most: int = look.of(move).policy("appeal_max", move.on)
    return sum(request.kind == Kind.APPEAL for request in look.requests(move)) < most


def _appeal_at(level: int) -> "Check":
    def test(move: Move) -> bool:
        asked = look.open_request(move, Kind.APPEAL)
        return asked is not None and asked.level == level

    name = {1: "appeal_at_first", 2: "appeal_at_second"}[level]
    says = (
        _("No appeal waits for its first review.")
        if level == 1
        else _("No appeal waits for its second review.")
    )
    return Check(name, test, says, "超期申诉两级审核")


def _another_reviewer(move: Move) -> bool:
    asked = look.open_request(move, Kind.APPEAL)
    return asked is None or asked.first_by is None or asked.first_by != move.by.account_id


def _reopen_in_time(move: Move) -> bool:
    days = look.of(move).policy("reopen_days", move.on)
    ended = move.thing.closed_at
    return ended is not None and move.on <= ended + timedelta(days=days)


def _same_district(move: Move) -> bool:
    other = look.other(move)
    return other is not None and other.pk != move.thing.pk and other.district_id == move.thing.district_id


def _other_takes_in(move: Move) -> bool:
    other = look.other(move)
    return _same_district(move) and other is not None and other.state in OPEN_STATES


def _other_may_be_parent(move: Move) -> bool:
    other = look.other(move)
    fits = _other_takes_in(move) and other is not None and other.parent_id is None
    return fits and not Case.objects.filter(parent_id=move.thing.pk).exists()


def _not_linked(move: Move) -> bool:
    pair = (move.thing.pk, move.facts["other"])
    ways = CaseLink.objects.filter(case_id__in=pair, other_id__in=pair, kind="duplicate")
    return not ways.exists()


def _type_of_district(move: Move) -> bool:
    found = look.case_type(move)
    return found is not None and found.district_id == move.thing.district_id


def _point_possible(move: Move) -> bool:
    lon, lat = move.facts["lon"], move.facts["lat"]
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90


def _children_ended(move: Move) -> bool:
    return not Case.objects.filter(parent_id=move.thing.pk).exclude(state__in=ENDS).exists()


def _asked(kind: str) -> "Check":
    words = {
        Kind.EXTENSION: ("extension_asked", _("No extension has been asked for.")),
        Kind.SUSPENSION: ("suspension_asked", _("No suspension has been asked for.")),
        Kind.RETURN: ("return_asked", _("No return has been asked for.")),
        Kind.VOID: ("void_asked", _("No voiding has been asked for.")),
        Kind.APPEAL: ("appeal_open", _("No appeal waits for a review.")),
    }
    name, says = words[Kind(kind)]
    return Check(name, lambda move: look.open_request(move, kind) is not None, says)


def _left(name: str, field: str, rule: str, says: object, article: str) -> Check:
    def test(move: Move) -> bool:
        return bool(getattr(move.thing, field) < look.of(move).policy(rule, move.on))

    return Check(name, test, says, article)


EXTENSION, SUSPENSION = "延期最多批准两次，超期后不得申请", "挂账一次，不超过一年"

_ALL: tuple[Check, ...] = (
    Check("typed", lambda m: m.thing.type_id is not None, _("The case has no type yet.")),
    Check(
        "placed",
        lambda m: m.thing.cell_id is not None or bool(m.thing.flags) or bool(m.thing.address),
        _("The case has neither a cell nor an address."),
    ),
    Check("condition_known", _condition_known, _("The filing condition does not exist for this type.")),
    Check(
        "verified_true", _verified_true,
        _("The verification did not confirm it: give a reason for filing it all the same."),
        "立案前核实", of_facts=True,
    ),
    Check("task_is_yours", _task_is_yours, _("The task was given to somebody else.")),
    Check(
        "account_works_here", _account_works_here,
        _("This person holds no post in the district today."), of_facts=True,
    ),
    Check(
        "account_in_unit", _account_in_unit,
        _("This person holds no post in the department today."), of_facts=True,
    ),
    Check("assigned", lambda m: m.thing.handler_id is not None, _("Nobody is assigned.")),
    Check(
        "unit_handles", _unit_handles,
        _("This unit does not handle cases of the district."), of_facts=True,
    ),
    Check(
        "other_unit", lambda m: m.facts["unit"] != m.thing.unit_id,
        _("The department has the case already."), of_facts=True,
    ),
    Check(
        "not_same_after_check", _not_same_after_check,
        _("After a failed check the same department gets it as rework."), "返工单独计数", of_facts=True,
    ),
    Check("was_dispatched", lambda m: m.thing.unit_id is not None, _("No department had the case.")),
    Check("leads_case", _leads, _("Only the department in charge may do this."), "主办部门"),
    Check(
        "not_yet_cohandler", lambda m: m.facts["unit"] not in _cohandler_units(m),
        _("The unit helps already."), of_facts=True,
    ),
    Check(
        "is_cohandler", lambda m: m.facts["unit"] in _cohandler_units(m),
        _("The unit does not help with this case."), of_facts=True,
    ),
    Check("you_cohandle", _you_cohandle, _("Your unit does not help with this case.")),
    Check("cohandlers_done", lambda m: not _cohandler_units(m), _("A co-handler has not finished yet.")),
    Check("has_due", lambda m: None not in (m.thing.due_at, m.thing.limit_amount), _("The case has no handling limit.")),
    Check("not_overdue", _not_overdue, _("The case is overdue."), EXTENSION),
    Check("asked_in_time", _asked_in_time, _("It was asked for after the limit."), EXTENSION),
    _left(
        "extensions_left", "extensions", "extension_max",
        _("The case has been extended as often as allowed."), EXTENSION,
    ),
    _left(
        "suspensions_left", "suspensions", "suspension_max",
        _("The case has been suspended as often as allowed."), SUSPENSION,
    ),
    Check(
        "until_allowed", _until_allowed,
        _("The end must lie ahead and within the longest suspension."), SUSPENSION, of_facts=True,
    ),
    Check("until_ahead", _until_ahead, _("The end that was asked for has passed."), SUSPENSION),
    Check("nothing_asked", lambda m: look.open_request(m) is None, _("A request waits for its decision.")),
    Check(
        "assignment_revoked", lambda m: m.thing.handler_id is None,
        _("The department must take back its own assignment first."), "回退前先撤回本单位分派",
    ),
    *(_asked(kind) for kind in Kind.values),
    Check("was_overdue", _was_overdue, _("The case was not overdue."), "超期申诉"),
    Check("appeals_left", _appeals_left, _("The case has been appealed already."), "超期申诉一案一次"),
    _appeal_at(1),
    _appeal_at(2),
    Check(
        "another_reviewer", _another_reviewer,
        _("The second review is for somebody else than the first."), "超期申诉两级审核",
    ),
    Check(
        "no_appeal_open", lambda m: look.open_request(m, Kind.APPEAL) is None,
        _("An appeal waits for its review."),
    ),
    Check("reopen_in_time", _reopen_in_time, _("The time in which it could be reopened has passed.")),
    Check("children_ended", _children_ended, _("A child of the case is still open.")),
    Check("has_parent", lambda m: m.thing.parent_id is not None, _("The case has no parent.")),
    Check(
        "other_takes_in", _other_takes_in,
        _("The other case must be an open one of the same district."), of_facts=True,
    ),
    Check(
        "other_may_be_parent", _other_may_be_parent,
        _("The other case must be open and without parent, and this one without children."), of_facts=True,
    ),
    Check(
        "other_same_district", _same_district,
        _("The other case must be another one of the same district."), of_facts=True,
    ),
    Check("not_linked", _not_linked, _("The two are linked already."), of_facts=True),
    Check("type_of_district", _type_of_district, _("This type is not one of the district."), of_facts=True),
    Check("point_possible", _point_possible, _("This is no place on earth."), of_facts=True),
)  # fmt: skip
CHECKS: dict[str, Check] = {check.name: check for check in _ALL}
