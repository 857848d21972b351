"""上级转办: orders of the city platform or 12345, taken on as cases and answered in their form.

The order keeps the upper level's number and deadline beside the case's own; taking the same
number again changes nothing but what the upper level has changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.cases.birth import NewCase, open_case
from chengzhi.cases.models import Case, CaseType
from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.places.placement import locate
from chengzhi.reports.intake import place_by_text
from chengzhi.reports.models import UpperOrder
from chengzhi.reports.upper_replies import FIELDS

Became = Literal["new", "matched", "changed", "same"]


class BadOrder(Problem):
    """An order that cannot be taken or answered as stated."""

    code: ClassVar[str] = "upper.bad_order"
    status: ClassVar[int] = 422


class NoSuchOrder(Problem):
    """No order of this number in the district."""

    code: ClassVar[str] = "upper.no_such_order"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Listed:
    """One line of the upper level's list. Coordinates are WGS-84 degrees, times aware."""

    number: str
    text: str = ""
    address: str = ""
    type_id: int | None = None
    type_text: str = ""
    lon: float | None = None
    lat: float | None = None
    due_at: datetime | None = None
    state: str = ""
    reply_form: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Taken:
    """What became of a line: a new case, one that was there, a changed deadline or state, nothing."""

    order_id: int
    case_id: int
    became: Became


@transaction.atomic
def take(listed: Listed, system: str, *, district_id: int, by: Actor, on: datetime) -> Taken:
    """Take one line of the list on; the same number a second time makes no second case."""
    require(by, "upper.manage")
    if not listed.number or len(listed.number) > 60 or not 0 < len(system) <= 40:
        raise BadOrder(_("The order has no number, or one too long."), "", _("Look at the number column."))
    known = (
        UpperOrder.objects.select_for_update()
        .filter(district_id=district_id, system=system, number=listed.number)
        .first()
    )
    if known is not None:
        return _seen_again(known, listed, by, on)
    case_id, became = _case_of(listed, system, district_id, by, on)
    order = UpperOrder.objects.create(
        district_id=district_id, system=system, number=listed.number, case_id=case_id, due_at=listed.due_at,
        reply_form=[list(pair) for pair in listed.reply_form], received_at=on, upper_state=listed.state[:20],
        upper_seen_at=on,
    )  # fmt: skip
    _note(order, "take", by, on, due=listed.due_at, became=became, case=case_id)
    return Taken(order.pk, case_id, became)


def _case_of(listed: Listed, system: str, district_id: int, by: Actor, on: datetime) -> tuple[int, Became]:
    """The case that came earlier by another way with the same number, or a new one, filed directly."""
    there = Case.objects.filter(
        district_id=district_id, source_system=system, source_number=listed.number
    ).exclude(source_number="").first()  # fmt: skip
    if there is not None:
        return there.pk, "matched"
    return open_case(_new_case(listed, system, district_id), by=by, on=on, step="take_order").id, "new"


def _new_case(listed: Listed, system: str, district_id: int) -> NewCase:
    kind = (
        CaseType.objects.filter(pk=listed.type_id, district_id=district_id).first()
        if listed.type_id
        else None
    )
    text = listed.text or listed.type_text
    new = NewCase(
        district_id=district_id, channel="upper", text=text[:4000], address=listed.address[:250],
        type_id=kind.pk if kind else None, domain=kind.domain if kind else "", source_system=system,
        source_number=listed.number,
    )  # fmt: skip
    if listed.lon is not None and listed.lat is not None:
        placed = locate(district_id, listed.lon, listed.lat)
        new.flags = placed.flags
        if "bad_coordinates" not in placed.flags:
            new.lon, new.lat, new.zkey = listed.lon, listed.lat, placed.zkey
        new.cell_id, new.area_id = placed.cell_id, placed.area_id
        new.street_area_id, new.road_kind = placed.street_area_id, placed.road_kind
    else:
        place_by_text(new)
    if kind is None and listed.type_text:
        new.flags = (*new.flags, "unknown_type")
    return new


def _seen_again(order: UpperOrder, listed: Listed, by: Actor, on: datetime) -> Taken:
    """Note what the upper level has changed since; a deadline it no longer gives is kept."""
    before = (order.due_at, order.upper_state)
    order.due_at = listed.due_at or order.due_at
    order.upper_state = listed.state[:20] or order.upper_state
    order.upper_seen_at = on
    if not order.reply_form and listed.reply_form:
        order.reply_form = [list(pair) for pair in listed.reply_form]
    order.save(update_fields=["due_at", "upper_state", "upper_seen_at", "reply_form"])
    changed = before != (order.due_at, order.upper_state)
    if changed:
        _note(order, "change", by, on, due_before=before[0], due=order.due_at,
              state_before=before[1], state=order.upper_state)  # fmt: skip
    return Taken(order.pk, order.case_id, "changed" if changed else "same")


@transaction.atomic
def confirm_reply(order_id: int, values: Mapping[str, str], *, by: Actor, on: datetime) -> UpperOrder:
    """Keep the answer as the person confirmed it; it goes out with the next file of replies.

    `values` holds a text for each column of the order's reply form. An answer that has
    gone out is not changed: the upper level has it.
    """
    require(by, "upper.manage")
    order = own_order(order_id, by=by, lock=True)
    if order.replied_at is not None:
        raise BadOrder(
            _("The reply has been sent already."), "",
            _("Write to the upper level; the order is taken up again when it lists it anew."),
        )  # fmt: skip
    names = [name for name, _field in order.reply_form]
    blank = not any(values.get(name, "").strip() for name in names)
    if blank or set(values) - set(names):
        raise BadOrder(
            _("The reply is empty or has other columns than the form."), "", _("Fill in the form.")
        )
    order.reply = {name: values.get(name, "").strip()[:4000] for name in names}
    order.save(update_fields=["reply"])
    _note(order, "confirm_reply", by, on, columns=names)
    return order


@transaction.atomic
def mark_replied(orders: Sequence[UpperOrder], *, by: Actor, on: datetime) -> int:
    """Note that these replies went out; returns how many were not marked before."""
    require(by, "upper.manage")
    count = 0
    for order in orders:
        touched = UpperOrder.objects.filter(pk=order.pk, replied_at=None).update(replied_at=on)
        if touched:
            _note(order, "reply", by, on, due=order.due_at)
        count += touched
    return count


@transaction.atomic
def note_gone(order_id: int, *, by: Actor, on: datetime) -> None:
    """The upper level no longer lists the order: it counts as ended there. The case stays as it is."""
    require(by, "upper.manage")
    order = own_order(order_id, by=by, lock=True)
    before, order.upper_state, order.upper_seen_at = order.upper_state, GONE, on
    order.save(update_fields=["upper_state", "upper_seen_at"])
    _note(order, "gone", by, on, state_before=before)


GONE = "-"
"""State of an order that the upper level no longer lists."""


def own_order(order_id: int, *, by: Actor, lock: bool = False) -> UpperOrder:
    """An order of the actor's district. Raises NoSuchOrder."""
    rows = UpperOrder.objects.select_for_update() if lock else UpperOrder.objects.select_related(
        "case", "case__unit", "case__type", "district"
    )  # fmt: skip
    found = rows.filter(pk=order_id, district_id=by.district_id or 0).first()
    if found is None:
        raise NoSuchOrder(_("There is no such order."), "", _("Look at the number again."))
    return found


def known_field(name: str) -> bool:
    """Whether a column of the reply form can be filled from the case."""
    return name in FIELDS


def _note(order: UpperOrder, step: str, by: Actor, on: datetime, **facts: Any) -> None:
    said = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in facts.items()}
    record(
        district_id=order.district_id, thing="upper_order", thing_id=order.pk, step=step, by=by, on=on,
        facts={"system": order.system, "number": order.number, **said},
    )  # fmt: skip
