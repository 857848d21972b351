"""What a domain of governance may declare. Data only: behaviour has a name and lives elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import ClassVar, Literal

from chengzhi.domains.beside import Alarm, Balance, Beside, Demand
from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2026, OWN
from chengzhi.domains.entries import read_table, read_yaml
from chengzhi.domains.kinds import Kind
from chengzhi.domains.words import Word
from chengzhi.errors import Problem
from chengzhi.law.units import Limit

SET_BY_DISTRICT = "unverified: set by the district"


class BadDomain(Problem):
    """A domain file that names something that does not exist, or something twice."""

    code: ClassVar[str] = "bad_domain"
    status: ClassVar[int] = 500


@dataclass(frozen=True)
class Condition:
    """A filing condition: when a case is filed, how long its handling may take, how it ends.

    `limits` has a limit per area class, None standing for every class; it is empty where no limit was
    seen, and `status` then says that the district sets it.
    """

    key: str
    name: str
    name_en: str
    limits: Mapping[str | None, Limit]
    outcome: str
    evidence: tuple[str, ...]
    status: str
    source: str

    def limit(self, area_class: str | None = None) -> Limit | None:
        """The limit in an area class, else that of every class, else None."""
        return self.limits.get(area_class, self.limits.get(None))


@dataclass(frozen=True)
class CaseType:
    """A matter of the catalogue as the bureau handles it."""

    code: str
    name: str
    name_en: str
    code_set: str
    conditions: tuple[Condition, ...]

    def condition(self, key: str) -> Condition:
        """A filing condition by key. Raises BadDomain."""
        for condition in self.conditions:
            if condition.key == key:
                return condition
        raise BadDomain(f"{self.code} {self.name} has no filing condition {key!r}.")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist, worded so that "yes" is good.

    `opens` is the case type and filing condition of the case a failed item opens; None where a
    failed item is only noted. `hand_over` is the key of the authority a failed item is handed over to
    (a gas hazard is not the bureau's to mend). `photo` and `photo_en` say why a photo is wanted; empty: none is.
    """

    key: str
    name: str
    name_en: str
    opens: tuple[str, str] | None = None
    photo: str = ""
    photo_en: str = ""
    hand_over: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What an inspection round looks at: items, and quantities measured with it, by key."""

    key: str
    name: str
    name_en: str
    items: tuple[Item, ...]
    measures: tuple[str, ...] = ()

    def item(self, key: str) -> Item | None:
        """An item by key."""
        return next((item for item in self.items if item.key == key), None)


@dataclass(frozen=True, slots=True)
class Measurement:
    """A quantity measured on the spot.

    Attributes
    ----------
    rule : names the file of its limits, where one was seen.
    most, least : what an instrument can show at all; a value beyond is a mistake and refused.
    doubtful : from here on a value is kept but flagged, to be measured again.
    instrument : kind of instrument it needs, which must be calibrated; empty for none.
    passes : "below" when a value at or below the limit passes, "above" when at or above,
        "" where there is no limit to pass.
    opens : case type and condition of the case a failed value opens.
    """

    key: str
    name: str
    name_en: str
    unit: str
    rule: str | None = None
    least: float | None = 0.0
    most: float | None = None
    doubtful: float | None = None
    instrument: str = ""
    passes: Literal["below", "above", ""] = "below"
    opens: tuple[str, str] | None = None


@dataclass(frozen=True)
class Domain:
    """One domain of governance, whole.

    `number_types` are matters whose texts name a telephone number: one number is one file.
    """

    key: str
    number: int
    name: str
    name_en: str
    lead: str
    lead_en: str
    types: tuple[CaseType, ...]
    checklists: tuple[Checklist, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    violations: tuple[str, ...] = ()
    indicators: tuple[str, ...] = field(default=())
    registers: tuple[Kind, ...] = ()
    beside: tuple[Beside, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    demand: Demand | None = None
    balance: Balance | None = None
    number_types: tuple[str, ...] = ()

    def checklist(self, key: str) -> Checklist | None:
        """A checklist by key."""
        return next((one for one in self.checklists if one.key == key), None)

    def measurement(self, key: str) -> Measurement | None:
        """A measurement by key."""
        return next((one for one in self.measurements if one.key == key), None)


@cache
def outcomes() -> Mapping[str, Word]:
    """How a case may end, by key."""
    return _words("outcomes")


@cache
def evidence() -> Mapping[str, Word]:
    """What evidence may be asked for, by key."""
    return _words("evidence")


def _words(group: str) -> Mapping[str, Word]:
    said = read_yaml("words.yaml")[group]
    return MappingProxyType({key: Word(key, *names) for key, names in said.items()})


PHOTOS = ("photo_before", "photo_after", "place")


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing condition as a domain file writes it, before its limits are looked up."""

    key: str
    name: str
    name_en: str
    outcome: str
    evidence: tuple[str, ...] = PHOTOS


def case_type(code: str, *filings: Filing, code_set: str = NATIONAL_2026) -> CaseType:
    """A case type with names from the catalogue and limits from `limits.csv`.

    Without a filing condition the matter itself is the condition. Raises UnknownCode or BadDomain.
    """
    entry = CATALOGUE.entry(code_set, "matter", code)
    written = filings or (Filing("found", entry.name, entry.name_en, "corrected"),)
    keys = [filing.key for filing in written]
    if len(set(keys)) != len(keys):
        raise BadDomain(f"{code} {entry.name} has a filing condition twice.")
    conditions = tuple(_condition(code, filing) for filing in written)
    return CaseType(entry.code, entry.name, entry.name_en, code_set, conditions)


def own_type(code: str, *filings: Filing) -> CaseType:
    """A case type of this program's local codes, for matters the national list leaves out."""
    return case_type(code, *filings, code_set=OWN)


def _condition(code: str, filing: Filing) -> Condition:
    wrong = {filing.outcome} - set(outcomes()) | set(filing.evidence) - set(evidence())
    if wrong:
        raise BadDomain(f"{code} {filing.key}: {', '.join(sorted(wrong))} is no known word.")
    rows = _limits().get((code, filing.key), ())
    return Condition(
        key=filing.key,
        name=filing.name,
        name_en=filing.name_en,
        limits=MappingProxyType({row["area_class"] or None: _limit(row) for row in rows}),
        outcome=filing.outcome,
        evidence=filing.evidence,
        status=rows[0]["status"] if rows else SET_BY_DISTRICT,
        source=rows[0]["source"] if rows else "",
    )


def _limit(row: Mapping[str, str]) -> Limit:
    return Limit(row["amount"], row["unit"])


@cache
def _limits() -> Mapping[tuple[str, str], tuple[dict[str, str], ...]]:
    found: dict[tuple[str, str], tuple[dict[str, str], ...]] = {}
    for row in read_table("limits.csv"):
        key = (row["code"], row["condition"])
        found[key] = (*found.get(key, ()), row)
    return found


def limit_keys() -> frozenset[tuple[str, str]]:
    """(code, condition) of every row of `limits.csv`, so that none is left unused."""
    return frozenset(_limits())
