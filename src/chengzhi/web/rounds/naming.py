"""Names of people and things behind the numbers of a row."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from chengzhi.inspections.rules import PERMIT
from chengzhi.people.models import Account, RolePermission
from chengzhi.people.queries import in_force
from chengzhi.places.models import Area
from chengzhi.web.field.wording import local, road_words

AREAS = ("area", "street_area")
UNKNOWN = pgettext_lazy("stratum", "not known")
PLACE_KINDS = {
    "point": pgettext_lazy("place kind", "point"),
    "line": pgettext_lazy("place kind", "line"),
    "area": pgettext_lazy("place kind", "area"),
    "body": pgettext_lazy("place kind", "body"),
}
COLUMNS = {
    "street_area": gettext_lazy("street"),
    "area": gettext_lazy("community"),
    "road_kind": gettext_lazy("main street or back lane"),
    "place_kind": gettext_lazy("point, line, area, body"),
    "grade": gettext_lazy("class or grade"),
}


def people_named(numbers: Iterable[int | None]) -> dict[int, str]:
    """Account number → name, in one query; nothing for None."""
    wanted = {number for number in numbers if number}
    return {account.pk: str(account) for account in Account.objects.filter(pk__in=wanted)} if wanted else {}


def inspectors(district_id: int, day: date) -> list[Account]:
    """Who may make visits in the district on a day, by name."""
    grants = RolePermission.objects.filter(in_force(day), district_id=district_id, permission=PERMIT)
    rows = Account.objects.filter(
        in_force(day, "posts__"), is_active=True, posts__district_id=district_id,
        posts__role__in=grants.values("role"),
    )  # fmt: skip
    return list(rows.distinct().order_by("name", "pk")[:500])


def strata_words(keys: Iterable[Mapping[str, Any]]) -> list[str]:
    """Strata in words, in the same order; areas are looked up at once."""
    known = list(keys)
    numbers = {key[name] for key in known for name in AREAS if key.get(name)}
    areas = {area.pk: local(area) for area in Area.objects.filter(pk__in=numbers)} if numbers else {}
    return [" · ".join(_part(name, value, areas) for name, value in key.items()) or _("all") for key in known]


def _part(name: str, value: Any, areas: Mapping[int, str]) -> str:
    if value in (None, ""):
        return str(UNKNOWN)
    if name in AREAS:
        return areas.get(value, str(value))
    if name == "road_kind":
        return road_words(value)
    if name == "place_kind":
        return str(PLACE_KINDS.get(value, value))
    return _("class or grade %(grade)s") % {"grade": value}


def stratum_column(name: str) -> str:
    """What a frame may be stratified by, in words."""
    return str(COLUMNS.get(name, name))
