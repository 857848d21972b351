"""Reading what somebody typed, or a file holds, into the facts of a kind; all faults are told at once."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Field, Kind, UnreadableError, read_value
from chengzhi.registers.problems import BadFields, FieldFault


def read_facts(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in their types; nothing for empty ones. Raises BadFields naming every fault."""
    values, faults = try_facts(kind, given)
    if faults:
        raise BadFields(faults)
    return values


def try_facts(kind: Kind, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldFault]]:
    """The readable facts in their types, and what is wrong with the others."""
    values: dict[str, Any] = {}
    faults: list[FieldFault] = []
    for key, raw in given.items():
        declared = kind.field(key)
        if declared is None:
            faults.append(
                FieldFault(key, "unknown", _("The register knows nothing of “%(field)s”.") % {"field": key})
            )
            continue
        try:
            value = read_value(declared, raw)
        except UnreadableError as error:
            faults.append(FieldFault(key, error.why, says(declared, error, raw)))
            continue
        if value is not None:
            values[key] = value
    return values, faults


def missing(kind: Kind, facts: Mapping[str, Any]) -> list[Field]:
    """The required fields without a value."""
    return [one for one in kind.fields if one.required and one.key not in facts]


def missing_faults(kind: Kind, facts: Mapping[str, Any]) -> list[FieldFault]:
    """The same as faults."""
    language = get_language() or "zh"
    return [
        FieldFault(one.key, "missing", _("%(field)s is missing.") % {"field": one.words(language)})
        for one in missing(kind, facts)
    ]


def says(declared: Field, error: UnreadableError, raw: Any) -> str:
    """What is wrong with a value, in one sentence."""
    values = {"field": declared.words(get_language() or "zh"), "value": str(raw)[:60], **error.names}
    if error.why == "range":
        return _range(declared, values)
    return _SAYS[error.why]() % values


def _range(declared: Field, values: dict[str, Any]) -> str:
    values |= {"unit": declared.unit}
    if declared.least is None:
        return _("%(field)s cannot be %(value)s: at most %(most)g %(unit)s.") % values
    if declared.most is None:
        return _("%(field)s cannot be %(value)s: at least %(least)g %(unit)s.") % values
    return _("%(field)s cannot be %(value)s: between %(least)g and %(most)g %(unit)s.") % values


_SAYS = {
    "number": lambda: _("%(field)s: “%(value)s” is no number."),
    "date": lambda: _("%(field)s: “%(value)s” is no date; write 2026-03-01."),
    "choice": lambda: _("%(field)s: “%(value)s” is none of %(known)s."),
    "flag": lambda: _("%(field)s: “%(value)s” is neither yes nor no."),
    "long": lambda: _("%(field)s is longer than %(longest)s signs."),
    "control": lambda: _("%(field)s holds signs that no text has."),
}
