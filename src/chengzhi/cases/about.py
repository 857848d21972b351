"""What a case is about: objects of the registers, and the cases of an object."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases import queries
from chengzhi.cases.models import Case, CaseObject
from chengzhi.cases.rules import may
from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import refusal
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.queries import family, object_of


class OtherDistrict(Problem):
    """A case and an object of two districts."""

    code = "cases.other_district"
    status = 409


@transaction.atomic
def link(case_id: int, object_id: int, *, by: Actor, on: datetime) -> bool:
    """Say that a case is about an object; False when that was said before.

    Raises NoSuchCase, NoSuchObject, NotAllowed, OtherDistrict.
    """
    case, thing = queries.case(case_id, by=by), object_of(object_id, by=by)
    _require(by, case)
    if case.district_id != thing.district_id:
        raise OtherDistrict(_("The case and the object lie in different districts."))
    _row, made = CaseObject.objects.get_or_create(
        case=case, object=thing, defaults={"linked_by": by.account_id, "linked_at": on}
    )
    if made:
        _note(thing, "link_case", case, by, on)
    return made


@transaction.atomic
def unlink(case_id: int, object_id: int, *, by: Actor, on: datetime) -> bool:
    """The case is not about the object after all; False when nobody said it was.

    Raises NoSuchCase, NoSuchObject, NotAllowed.
    """
    case, thing = queries.case(case_id, by=by), object_of(object_id, by=by)
    _require(by, case)
    gone, _tables = CaseObject.objects.filter(case=case, object=thing).delete()
    if gone:
        _note(thing, "unlink_case", case, by, on)
    return bool(gone)


def _require(by: Actor, case: Case) -> None:
    # Who opens a case says what it is about, though the case is not yet anybody's.
    if not (may(by, "case.note", case) or may(by, "case.report")):
        raise refusal("case.note")


def _note(thing: RegisteredObject, step: str, case: Case, by: Actor, on: datetime) -> None:
    record(
        district_id=thing.district_id, thing="object", thing_id=thing.pk, step=step, by=by, on=on,
        before=thing.state, after=thing.state, facts={"case": case.pk, "number": case.number},
    )  # fmt: skip


def cases_of(object_id: int, *, limit: int | None = None, open_only: bool = False) -> Sequence[Case]:
    """The cases about an object or a double merged into it, the newest first, with type and unit."""
    numbers = CaseObject.objects.filter(object_id__in=family(object_id)).values("case_id")
    rows = Case.objects.filter(pk__in=numbers).select_related("type", "unit").defer("bigrams", "due_why")
    rows = rows.filter(closed_at=None) if open_only else rows
    return list(rows.order_by("-reported_at", "-pk")[:limit])


def objects_of(case_id: int) -> Sequence[RegisteredObject]:
    """What a case is about, by register and number."""
    rows = RegisteredObject.objects.filter(case_links__case_id=case_id).select_related("party")
    return list(rows.defer("bigrams", "shape").order_by("kind", "pk"))
