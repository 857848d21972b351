"""The nine domains of governance and the catalogue of codes. Imports nothing of the web.

A domain is one file in this folder with a `DOMAIN`; nothing else in the program names it.
"""

from collections.abc import Mapping

from chengzhi.domains import registry
from chengzhi.domains.domain import BadDomain, CaseType, Condition, Domain
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

__all__ = [
    "CASE_TYPES",
    "DOMAINS",
    "GENERAL_TYPES",
    "BadDomain",
    "CaseType",
    "Condition",
    "Domain",
    "UnknownCaseType",
    "case_type_of",
    "domain_of",
]


class UnknownCaseType(Problem):
    """A code that is neither a case type of a domain nor a general matter."""

    code = "unknown_case_type"
    status = 404


DOMAINS: tuple[Domain, ...] = registry.discover(__path__)
GENERAL_TYPES: tuple[CaseType, ...] = registry.general_types(DOMAINS)
CASE_TYPES: Mapping[str, tuple[Domain | None, CaseType]] = registry.types_by_code(DOMAINS, GENERAL_TYPES)


def case_type_of(code: str) -> CaseType:
    """The case type of a matter code. Raises UnknownCaseType."""
    return _known(code)[1]


def domain_of(code: str) -> Domain | None:
    """The domain a matter belongs to, None for a general matter. Raises UnknownCaseType."""
    return _known(code)[0]


def _known(code: str) -> tuple[Domain | None, CaseType]:
    if code not in CASE_TYPES:
        raise UnknownCaseType(
            _("There is no case type “%(code)s”.", code=code), cure=_("Look it up in the catalogue.")
        )
    return CASE_TYPES[code]
