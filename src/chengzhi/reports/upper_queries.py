"""Reading orders of the upper level: nearest deadline first, of one case, and against its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from chengzhi.cases.states import ENDS
from chengzhi.reports.models import UpperOrder
from chengzhi.reports.upper import GONE, Listed

SOON = timedelta(days=1)


def lamp(order: UpperOrder, now: datetime) -> str:
    """Green, amber (within a day) or red for the upper level's clock; "" when answered or undated."""
    if order.replied_at is not None or order.due_at is None:
        return ""
    if now > order.due_at:
        return "red"
    return "amber" if order.due_at - now <= SOON else "green"


def orders_of(case_id: int) -> list[UpperOrder]:
    """The orders that a case answers, the first received first."""
    return list(UpperOrder.objects.filter(case_id=case_id).order_by("received_at", "pk"))


def open_orders(district_id: int, system: str = "") -> "QuerySet[UpperOrder]":
    """Orders not yet answered and still listed above, nearest deadline first."""
    rows = UpperOrder.objects.filter(district_id=district_id, replied_at=None).exclude(upper_state=GONE)
    rows = rows.filter(system=system) if system else rows
    return rows.select_related("case", "case__unit", "case__type", "district").order_by(
        F("due_at").asc(nulls_last=True), "pk"
    )


def to_send(district_id: int, *, system: str = "", again_since: datetime | None = None) -> list[UpperOrder]:
    """Orders whose reply is confirmed and has not gone out; with `again_since` also what went out since."""
    rows = UpperOrder.objects.filter(district_id=district_id, reply__isnull=False)
    rows = rows.filter(system=system) if system else rows
    fresh = rows.filter(replied_at=None)
    found = fresh | rows.filter(replied_at__gte=again_since) if again_since else fresh
    return list(found.select_related("case", "case__unit", "district").order_by("system", "number"))


def systems(district_id: int) -> list[str]:
    """The names of the upper systems that sent orders so far."""
    rows = UpperOrder.objects.filter(district_id=district_id).order_by("system")
    return list(rows.values_list("system", flat=True).distinct())


@dataclass(frozen=True)
class Difference:
    """One number on which the two sides do not agree, and what can be done about it."""

    kind: str  # only_theirs, only_ours, deadline, state, ended_here
    number: str
    listed: Listed | None
    order: UpperOrder | None


def compare(listed: Sequence[Listed], district_id: int, system: str) -> list[Difference]:
    """Their list of open orders against ours, by kind and number.

    ``ended_here``: we have ended the case, they still list it: the reply has not reached them.
    """
    theirs = {one.number: one for one in listed}
    known = UpperOrder.objects.filter(district_id=district_id, system=system, number__in=list(theirs))
    ours = {order.number: order for order in known.select_related("case", "district")}
    found = [
        Difference("only_theirs", number, one, None) for number, one in theirs.items() if number not in ours
    ]
    for order in open_orders(district_id, system):
        if order.number not in theirs:
            found.append(Difference("only_ours", order.number, None, order))
    for number, order in ours.items():
        one = theirs[number]
        if one.due_at is not None and one.due_at != order.due_at:
            found.append(Difference("deadline", number, one, order))
        if one.state and one.state[:20] != order.upper_state:
            found.append(Difference("state", number, one, order))
        if order.replied_at is not None or order.case.state in ENDS:
            found.append(Difference("ended_here", number, one, order))
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.number))


KINDS = ("only_theirs", "deadline", "state", "ended_here", "only_ours")
