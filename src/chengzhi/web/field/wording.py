"""Domains, checklists, quantities and facts of objects in the words of the page's language."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import Domain, Measurement
from chengzhi.domains.kinds import Field, Kind
from chengzhi.inspections.checklists import unit_words
from chengzhi.places.models import RoadKind


def language() -> str:
    """Language of the page for bilingual data."""
    return get_language() or "zh-hans"


def local(thing: Any) -> str:
    """The name of a bilingual thing in the page's language."""
    native, english = str(getattr(thing, "name", "") or ""), str(getattr(thing, "name_en", "") or "")
    return (native or english) if language().startswith("zh") else (english or native)


def domain_named(key: str) -> Domain | None:
    """A domain by key."""
    return next((one for one in DOMAINS if one.key == key), None)


def plain_number(value: float | Decimal | None) -> str:
    """A number without needless zeros: 5, 0.3, 12.5."""
    if value is None:
        return "—"
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float | Decimal | None, unit: str) -> str:
    """A number with its unit: 5 g/m²."""
    return f"{plain_number(value)} {unit_words(unit)}".strip()


def bound(measurement: Measurement, value: float | Decimal | None) -> str:
    """A limit in words: ≤ 5 g/m², ≥ 2.5; empty without one."""
    if value is None or not measurement.passes:
        return ""
    sign = "≤" if measurement.passes == "below" else "≥"
    return f"{sign} {amount(value, measurement.unit)}"


def facts_of(kind: Kind, facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the register knows of an object: label and value, in the order of its declaration."""
    for field in kind.fields:
        value = facts.get(field.key)
        if value not in (None, ""):
            yield field.words(language()), fact_words(field, value)


def fact_words(field: Field, value: Any) -> str:
    """One fact in words."""
    if field.type == "flag":
        return _("yes") if value else _("no")
    if field.type == "choice":
        word = next((one for one in field.choices if one.key == value), None)
        return local(word) if word else str(value)
    if field.type == "number":
        return amount(value, field.unit)
    return str(value)


def road_words(road: str) -> str:
    """A road kind in words."""
    return str(dict(RoadKind.choices).get(road, road))


def month_words(day: date) -> str:
    """A month: 2026年11月, November 2026."""
    if language().startswith("zh"):
        return f"{day.year}年{day.month}月"
    return f"{day:%B %Y}"
