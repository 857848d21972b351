"""Finds the domain files and checks that they agree with each other and with the data they name."""

import pkgutil
from collections.abc import Iterable, Mapping
from importlib.machinery import FileFinder
from importlib.util import module_from_spec
from types import ModuleType

from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2026, OWN
from chengzhi.domains.domain import BadDomain, CaseType, Domain, Filing, case_type
from chengzhi.domains.entries import read_table
from chengzhi.domains.holding import check_registers
from chengzhi.law.rules import RULES
from chengzhi.law.violations import violations


def discover(paths: Iterable[str]) -> tuple[Domain, ...]:
    """The domains declared in the modules of some folders, by number.

    A domain file is a module with a `DOMAIN`. Raises BadDomain for duplicates and unknown names.
    """
    found = [domain for path in paths for domain in _declared(path)]
    ordered = tuple(sorted(found, key=lambda domain: domain.number))
    check(ordered)
    return ordered


def _declared(path: str) -> Iterable[Domain]:
    for info in pkgutil.iter_modules([path]):
        if info.ispkg or not isinstance(info.module_finder, FileFinder):
            continue
        spec = info.module_finder.find_spec(info.name)
        if spec is None or spec.origin is None or not _says_domain(spec.origin):
            continue
        assert spec.loader is not None
        module: ModuleType = module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module.DOMAIN


def _says_domain(file: str) -> bool:
    with open(file, encoding="utf-8") as text:
        return any(line.startswith("DOMAIN = ") for line in text)


def check(domains: Iterable[Domain]) -> None:
    """Refuse what is declared twice and what names a rule or violation that does not exist."""
    listed = tuple(domains)
    _unique("key", [domain.key for domain in listed])
    _unique("number", [str(domain.number) for domain in listed])
    _unique("code", [each.code for domain in listed for each in domain.types])
    _unique("register", [kind.key for domain in listed for kind in domain.registers])
    _unique("register prefix", [kind.prefix for domain in listed for kind in domain.registers])
    _unique("checklist", [each.key for domain in listed for each in domain.checklists])
    for domain in listed:
        _check_names(domain)


def _unique(what: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise BadDomain(f"Two domains declare the {what} {', '.join(twice)}.")


def _check_names(domain: Domain) -> None:
    check_registers(domain)
    rules = [one.rule for one in domain.measurements if one.rule and one.rule not in RULES]
    unknown = [*rules, *(code for code in domain.violations if code not in violations())]
    if unknown:
        raise BadDomain(
            f"The domain {domain.key} names {', '.join(unknown)}.",
            "There is no such rule or violation.",
        )


def general_types(domains: Iterable[Domain]) -> tuple[CaseType, ...]:
    """Every matter outside the given domains, national and our own: any report can be routed."""
    taken = {each.code for domain in domains for each in domain.types}
    filings: dict[str, list[Filing]] = {}
    for row in read_table("general.csv"):
        filing = Filing(row["key"], row["name"], row["name_en"], row["outcome"])
        filings.setdefault(row["code"], []).append(filing)
    listed = (*CATALOGUE.of(NATIONAL_2026, "matter"), *CATALOGUE.of(OWN, "matter"))
    free = (entry for entry in listed if entry.code not in taken)
    return tuple(
        case_type(entry.code, *filings.get(entry.code, ()), code_set=entry.code_set) for entry in free
    )


def types_by_code(
    domains: Iterable[Domain], general: Iterable[CaseType]
) -> Mapping[str, tuple[Domain | None, CaseType]]:
    """Each case type with its domain, None for a general one, by code."""
    found: dict[str, tuple[Domain | None, CaseType]] = {each.code: (None, each) for each in general}
    found.update({each.code: (domain, each) for domain in domains for each in domain.types})
    return found
