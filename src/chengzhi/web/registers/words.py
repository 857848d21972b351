"""What a kind's facts, states and places are called on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import PARTY_KINDS, Field, Kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.shell import wording

UNITS = {"m2": "m²", "m3": "m³", "count": ""}
PLACE_KINDS = {
    "point": pgettext_lazy("place", "point"),
    "line": pgettext_lazy("place", "line"),
    "area": pgettext_lazy("place", "area"),
    "body": pgettext_lazy("place", "building"),
}
ROADS = {
    "main": gettext_lazy("main street"),
    "back": gettext_lazy("back lane"),
    "unknown": gettext_lazy("not known"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One fact of an object as a page shows it."""

    label: str
    text: str
    missing: bool = False


def language() -> str:
    """The language of the page."""
    return get_language() or "zh-hans"


def unit_of(field: Field) -> str:
    """The unit as written; empty for counts and texts."""
    return UNITS.get(field.unit, field.unit)


def label_of(field: Field) -> str:
    """The label with its unit."""
    unit = unit_of(field)
    return f"{field.words(language())} ({unit})" if unit else field.words(language())


def fact_text(field: Field, value: Any) -> str:
    """A stored value in words; empty for nothing."""
    if value is None or value == "":
        return ""
    if field.type == "flag":
        return _("yes") if value else _("no")
    if field.type == "choice":
        return choice_text(field, str(value))
    if field.type == "number":
        return _number(value)
    return day_text(value) if field.type == "date" else str(value)


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def choice_text(field: Field, key: str) -> str:
    """A choice in words; one that is no longer declared as it was stored."""
    word = next((one for one in field.choices if one.key == key), None)
    if word is None:
        return key
    return word.name if wording.chinese() else word.name_en


def day_text(value: Any) -> str:
    """A day given as a date or ISO text; the last day of all means that no end is named."""
    if value == date.max:
        return _("without end")
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
    return wording.day_words(day, weekday=False)


def facts_of(kind: Kind, facts: Mapping[str, Any], *, public: bool = False) -> list[Said]:
    """The declared facts of an object in their order; only the public ones when asked."""
    shown: Iterable[Field] = (one for one in kind.fields if one.public or not public)
    found = [(one, fact_text(one, facts.get(one.key))) for one in shown]
    return [Said(label_of(one), text, one.required and not text) for one, text in found if text or not public]


def kind_name(kind: Kind) -> str:
    """The kind in the page's language."""
    return kind.words(language())


def party_kind_name(key: str | None) -> str:
    """The kind of party in the page's language."""
    word = PARTY_KINDS.get(key or "")
    if word is None:
        return _("Responsible party")
    return word.name if wording.chinese() else word.name_en


def permit_name(kind: Kind) -> str:
    """What its permit or agreement is called; empty when it needs none."""
    if kind.permit is None:
        return ""
    return kind.permit.name if wording.chinese() else kind.permit.name_en


def place_name(thing: RegisteredObject) -> str:
    """The address, else the area it lies in."""
    if thing.address:
        return thing.address
    area = thing.area or thing.street_area
    return "" if area is None else local_name(area)


def local_name(thing: Any) -> str:
    """The name of a bilingual thing in the page's language."""
    pair = (getattr(thing, "name", ""), getattr(thing, "name_en", ""))
    return str((pair[0] or pair[1]) if wording.chinese() else (pair[1] or pair[0]))
