"""What the domains declare for inspections, found by key."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from chengzhi.domains import DOMAINS, Domain
from chengzhi.domains.domain import Checklist, Item, Measurement
from chengzhi.domains.kinds import Kind
from chengzhi.inspections.problems import UnknownChecklist, UnknownMeasurement

INSTRUMENT_KINDS = MappingProxyType(
    {
        "balance": pgettext_lazy("instrument", "balance"),
        "gas_meter": gettext_lazy("gas meter"),
        "fume_meter": gettext_lazy("fume meter"),
        "silt_sampler": gettext_lazy("silt sampler"),
    }
)
"""Kinds of instrument that a measurement may need, with their words."""

UNIT_WORDS = MappingProxyType(
    {
        "g/m2": "g/m²",
        "mg/m3": "mg/m³",
        "m2": "m²",
        "m": "m",
        "minutes": gettext_lazy("minutes"),
        "pieces_per_1000_m2": gettext_lazy("pieces per 1000 m²"),
        "count": gettext_lazy("pieces"),
        "grade": gettext_lazy("grade"),
        "ratio": "",
        "share": "",
    }
)
"""Units of measurements in words of the page's language."""


@cache
def _checklists() -> Mapping[str, tuple[Domain, Checklist]]:
    return MappingProxyType({one.key: (domain, one) for domain in DOMAINS for one in domain.checklists})


@cache
def measurements() -> Mapping[str, tuple[Domain, Measurement]]:
    """Every measurement by key, with its domain."""
    return MappingProxyType({one.key: (domain, one) for domain in DOMAINS for one in domain.measurements})


@cache
def kinds() -> Mapping[str, tuple[Domain, Kind]]:
    """Every kind of object by key, with its domain."""
    return MappingProxyType({one.key: (domain, one) for domain in DOMAINS for one in domain.registers})


def checklist(key: str) -> tuple[Domain, Checklist]:
    """A checklist with its domain. Raises UnknownChecklist."""
    if key not in _checklists():
        raise UnknownChecklist(
            _("There is no checklist “%(key)s”.") % {"key": key[:60]},
            "",
            _("Known: %(known)s.") % {"known": ", ".join(_checklists())},
        )
    return _checklists()[key]


def measurement(key: str) -> Measurement:
    """A measurement by key. Raises UnknownMeasurement."""
    if key not in measurements():
        raise UnknownMeasurement(_("Nothing is measured under the name “%(key)s”.") % {"key": key[:60]})
    return measurements()[key][1]


def checklists_of(kind: str) -> tuple[Checklist, ...]:
    """The checklists that inspect objects of a kind; none for an unknown one."""
    found = kinds().get(kind)
    if found is None:
        return ()
    wanted = (found[0].checklist(key) for key in found[1].checklists)
    return tuple(one for one in wanted if one is not None)


def is_business(kind: str) -> bool:
    """Whether visits to objects of the kind are visits to a business."""
    return kind in kinds() and kinds()[kind][1].business


def named(one: Checklist | Item | Measurement) -> str:
    """Its name in the language of the page or call."""
    return one.name if (get_language() or "zh").startswith("zh") else one.name_en


def photo_reason(item: Item) -> str:
    """Why a photo is wanted, in the language of the page or call; empty: none is."""
    return item.photo if (get_language() or "zh").startswith("zh") else item.photo_en


def unit_words(unit: str) -> str:
    """A unit of measurement in words."""
    return str(UNIT_WORDS.get(unit, unit))
