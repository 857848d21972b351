"""The checks of a party's objects, as the party reads them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chengzhi.domains import DOMAINS
from chengzhi.inspections.checklists import UNIT_WORDS
from chengzhi.inspections.models import Visit
from chengzhi.web.registers.words import local_name


@dataclass(frozen=True)
class Check:
    """One check: what was looked at, where, when, and what did not pass."""

    visit: Visit
    name: str
    failed: tuple[str, ...]


def checks_of(visits: Iterable[Visit]) -> list[Check]:
    """The checks in words; who came stands nowhere."""
    return [_check(one) for one in visits]


def _check(visit: Visit) -> Check:
    domain = next((one for one in DOMAINS if one.key == visit.domain), None)
    found = domain.checklist(visit.checklist) if domain else None
    items: dict[str, Any] = {item.key: item for item in found.items} if found else {}
    failed = [_item(items, one) for one in visit.findings.all() if one.answer == "failed"]
    failed += [_reading(domain, one) for one in visit.readings.all() if one.passed is False]
    return Check(visit, local_name(found) if found else visit.checklist, tuple(failed))


def _item(items: dict[str, Any], finding: Any) -> str:
    return local_name(items[finding.item]) if finding.item in items else str(finding.item)


def _reading(domain: Any, reading: Any) -> str:
    one = domain.measurement(reading.measurement) if domain else None
    name = local_name(one) if one else reading.measurement
    unit = str(UNIT_WORDS.get(reading.unit, reading.unit))
    limit = f" (≤ {reading.limit.normalize():f})" if reading.limit is not None else ""
    return f"{name} {reading.value.normalize():f} {unit}{limit}".strip()
