"""The areas and departments that an evaluation has rows for."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.models import Unit
from chengzhi.places.models import Area, Cell, District


class UnknownDistrict(Problem):
    """A district that is not loaded."""

    code: ClassVar[str] = "unknown_district"
    status: ClassVar[int] = 404


@dataclass(frozen=True)
class Place:
    """A unit of a table's rows. `always`: shown even without a case, since none is the best count."""

    id: int | None
    code: str | None
    name: str
    name_en: str
    area_class: int = 1
    always: bool = False


def places_of(district_id: int, by: str, *, code: str | None = None) -> list[Place]:
    """Streets, communities, cells or departments of a district by code; one of them with `code`."""
    only = {} if code is None else {"code": code}
    if by == "cell":
        cells = Cell.objects.filter(district_id=district_id, **only).order_by("code")
        values = cells.values_list("id", "code", "area__area_class")
        return [Place(pk, number, number, number, level) for pk, number, level in values]
    if by == "department":
        units = Unit.objects.filter(district_id=district_id, **only).order_by("code")
        found = units.values_list("id", "code", "name", "name_en", "handles_cases", "active")
        return [
            Place(pk, number, name, name_en or name, always=handles and active)
            for pk, number, name, name_en, handles, active in found
        ]
    areas = Area.objects.filter(district_id=district_id, level=by, **only).order_by("code")
    rows = areas.values_list("id", "code", "name", "name_en", "area_class")
    return [Place(pk, number, name, en or name, level, True) for pk, number, name, en, level in rows]


def district_called(slug: str) -> District:
    """A district by its short name. Raises UnknownDistrict."""
    found = District.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(District.objects.order_by("slug").values_list("slug", flat=True))
        raise UnknownDistrict(
            _("There is no district “%(slug)s”.") % {"slug": slug[:40]},
            _("Loaded are: %(known)s.") % {"known": known} if known else _("None is loaded."),
        )
    return found
