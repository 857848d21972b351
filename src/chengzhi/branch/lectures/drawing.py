"""Cases for a lecture, drawn by lot from the domain's cases of a quarter, without anything about a person.

The lot is the SHA-256 of the seed and the number: whoever has both can draw again. A case is
told by its type, its month, community and street, and its course: no text of a report, no
house number, no reporter, no handler.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db.models import BinaryField, Count, F, Func, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast

from chengzhi.analytics.periods import Period
from chengzhi.branch.lectures.models import Lecture
from chengzhi.cases import rules as case_rules
from chengzhi.cases.models import Case
from chengzhi.cases.states import MERGED, NOT_ACCEPTED, VOID
from chengzhi.people.actor import Actor
from chengzhi.places.models import Area
from chengzhi.places.zorder import BITS

CASES = 3
"""How many cases are drawn: as many as a short lecture can speak of."""
SQUARE_BITS = 16
"""Bits an axis of a square on the map: about 600 m by 300 m, the width the work map uses too."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn case as a lecture may tell it. `number` is empty where the reader may not open the case."""

    number: str
    type: str
    type_en: str
    month: str
    area: Area | None
    street: str
    state: str
    hours: float | None
    in_time: bool | None
    returns: int
    reworks: int


def population(lecture: Lecture, period: Period) -> QuerySet[Case]:
    """The cases drawn from: of the domain (and area), reported in the quarter, of types that are public."""
    zone = ZoneInfo(lecture.district.zone)
    first, after = (datetime.combine(day, time(), zone) for day in (period.first, period.after))
    rows = Case.objects.filter(
        district_id=lecture.district_id, domain=lecture.domain, reported_at__gte=first, reported_at__lt=after,
        type__public=True,
    ).exclude(state__in=(VOID, MERGED, NOT_ACCEPTED))  # fmt: skip
    if lecture.area is None:
        return rows
    place = "street_area_id" if lecture.area.level == Area.Level.STREET else "area_id"
    return rows.filter(**{place: lecture.area.pk})


def draw(lecture: Lecture, period: Period, *, by: Actor | None, count: int = CASES) -> list[Drawn]:
    """The cases with the smallest lots. Without `by`, as for paper, no number is told."""
    lot = Func(
        Cast(Value(lecture.seed), CharField()), F("number"),
        template="sha256(convert_to(concat_ws(':', %(expressions)s), 'UTF8'))", output_field=BinaryField(),
    )  # fmt: skip
    rows = population(lecture, period).annotate(lot=lot).order_by("lot", "pk")
    found = rows.select_related("type", "area", "street").defer("area__outline", "text", "bigrams", "address")
    zone = ZoneInfo(lecture.district.zone)
    return [_told(one, by, zone) for one in found[:count]]


def _told(case: Case, by: Actor | None, zone: ZoneInfo) -> Drawn:
    done = case.handled_at or case.closed_at
    began = case.filed_at or case.reported_at
    opens = by is not None and case_rules.may(by, "case.view", case)
    return Drawn(
        number=case.number if opens else "", type=case.type.name if case.type else "",
        type_en=case.type.name_en if case.type else "", month=f"{case.reported_at.astimezone(zone):%Y-%m}",
        area=case.area, street=case.street.name if case.street else "", state=case.state,
        hours=max(0.0, (done - began).total_seconds() / 3600) if done else None,
        in_time=done <= case.due_at if done and case.due_at else None, returns=case.returns, reworks=case.reworks,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the map and how many cases lie in it; the point is its middle, never a case's own."""

    lon: float
    lat: float
    count: int


def squares(lecture: Lecture, period: Period) -> list[Square]:
    """The cases of the quarter on a grid, in one statement."""
    shift = 2 * (BITS - SQUARE_BITS)
    rows = population(lecture, period).filter(zkey__isnull=False)
    counted = (
        rows.annotate(tile=F("zkey").bitrightshift(shift))
        .values("tile")
        .annotate(n=Count("pk"))
        .order_by("tile")
    )
    return [Square(*middle(row["tile"], SQUARE_BITS), row["n"]) for row in counted]


def middle(tile: int, bits: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of a tile of so many bits an axis."""
    x, y = _every_second(tile), _every_second(tile >> 1)
    steps = 1 << bits
    return (x + 0.5) / steps * 360.0 - 180.0, (y + 0.5) / steps * 180.0 - 90.0


def _every_second(key: int) -> int:
    return sum(((key >> (2 * place)) & 1) << place for place in range(BITS))
