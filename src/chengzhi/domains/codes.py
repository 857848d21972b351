"""Identifiers made from codes: components (17 digits, 16 before 2026) and matters (11 digits)."""

import re
from dataclasses import dataclass
from typing import ClassVar

from chengzhi.domains.catalogue import CATALOGUE, NATIONAL_2013, NATIONAL_2026, Catalogue, Entry
from chengzhi.errors import Problem, Sentence
from chengzhi.errors import sentence as _

_DISTRICT = 6
_BIG = 2
# Length of the whole identifier -> (code set, digits of the small code).
_COMPONENT_FORMS = {17: (NATIONAL_2026, 3), 16: (NATIONAL_2013, 2)}
_MATTER_LENGTH = 11


class BadIdentifier(Problem):
    """An identifier of the wrong length, with letters, or with an impossible part."""

    code: ClassVar[str] = "bad_identifier"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class ComponentId:
    """The parts of a component's identifier."""

    district: str
    code: str
    sequence: int
    code_set: str
    entry: Entry

    def __str__(self) -> str:
        return f"{self.district}{self.code}{self.sequence:06}"


def parse_component_id(text: str, catalogue: Catalogue = CATALOGUE) -> ComponentId:
    """Read a component identifier: 6 district, 2 big, 3 (before 2026: 2) small, 6 sequence.

    Raises BadIdentifier for a wrong form, and UnknownCode or WithdrawnCode for its class.
    """
    digits = _digits(text, tuple(_COMPONENT_FORMS), _("component identifier"))
    code_set, small = _COMPONENT_FORMS[len(digits)]
    code = digits[_DISTRICT : _DISTRICT + _BIG + small]
    sequence = int(digits[_DISTRICT + _BIG + small :])
    if not sequence:
        raise BadIdentifier(
            _("%(digits)s ends in the number 000000.", digits=digits), _("Components count from 000001.")
        )
    entry = catalogue.entry(code_set, "component", code)
    return ComponentId(_district(digits[:_DISTRICT]), code, sequence, code_set, entry)


def component_id(
    district: str,
    code: str,
    sequence: int,
    *,
    code_set: str = NATIONAL_2026,
    catalogue: Catalogue = CATALOGUE,
) -> str:
    """Write a component identifier. Raises as `parse_component_id` does."""
    entry = catalogue.entry(code_set, "component", code)
    if not 1 <= sequence <= 999_999:
        raise BadIdentifier(
            _("%(number)s is no running number.", number=sequence), _("It has six digits, from 000001.")
        )
    return f"{_district(district)}{entry.code}{sequence:06}"


def full_matter_code(district: str, code: str, catalogue: Catalogue = CATALOGUE) -> str:
    """The 11 digits of a matter in a district: a class, not one occurrence."""
    return _district(district) + catalogue.entry(NATIONAL_2026, "matter", code).code


def parse_matter_code(text: str, catalogue: Catalogue = CATALOGUE) -> tuple[str, Entry]:
    """District and matter of an 11-digit code. Raises BadIdentifier, UnknownCode, WithdrawnCode."""
    digits = _digits(text, (_MATTER_LENGTH,), _("matter code"))
    entry = catalogue.entry(NATIONAL_2026, "matter", digits[_DISTRICT:])
    return _district(digits[:_DISTRICT]), entry


def _digits(text: str, lengths: tuple[int, ...], what: Sentence) -> str:
    bare = text.strip()
    if len(bare) not in lengths or not re.fullmatch(r"[0-9]+", bare):
        raise BadIdentifier(
            _("“%(text)s” is no %(what)s.", text=text, what=what),
            _("It must have %(lengths)s digits and no letters.", lengths="/".join(map(str, lengths))),
        )
    return bare


def _district(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{5}", text):
        raise BadIdentifier(
            _("“%(text)s” is no district code.", text=text),
            _("It has six digits and does not begin with 0."),
        )
    return text
