"""What a checked model found wrong with its data, in the reader's language instead of pydantic's English."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

_NUMBER = _("is not a number")
_WHOLE = _("is not a whole number")
_DATE = _("is not a date such as 2026-04-03")
_LIST = _("is not a list")
_CHOICE = _("must be one of: %(expected)s")

#: Pydantic's kind of error -> words; the names in them are those of its context.
WORDS: dict[str, Promise] = {
    "missing": _("is missing"),
    "extra_forbidden": _("is not known here"),
    "int_parsing": _WHOLE, "int_type": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "float_parsing": _NUMBER, "float_type": _NUMBER, "decimal_parsing": _NUMBER, "decimal_type": _NUMBER,
    "finite_number": _NUMBER,
    "bool_parsing": _("is neither true nor false"), "bool_type": _("is neither true nor false"),
    "string_type": _("is not text"),
    "string_too_long": _("has more than %(max_length)s characters"),
    "string_too_short": _("has fewer than %(min_length)s characters"),
    "string_pattern_mismatch": _("does not have the form %(pattern)s"),
    "greater_than": _("must be greater than %(gt)s"),
    "greater_than_equal": _("must be %(ge)s or more"),
    "less_than": _("must be less than %(lt)s"),
    "less_than_equal": _("must be %(le)s or less"),
    "literal_error": _CHOICE, "enum": _CHOICE,
    "date_parsing": _DATE, "date_type": _DATE, "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "too_short": _("has too few values"), "too_long": _("has too many values"),
    "list_type": _LIST, "tuple_type": _LIST,
    "dict_type": _("is not a group of fields"), "model_type": _("is not a group of fields"),
}  # fmt: skip


def words(fault: Mapping[str, Any]) -> str:
    """One of the entries of `ValidationError.errors()` as the end of a sentence.

    What our own validators say is taken over; a kind not listed keeps pydantic's English.
    """
    about = fault.get("ctx") or {}
    if fault["type"] == "value_error" and "error" in about:
        return str(about["error"])
    known = WORDS.get(fault["type"])
    return str(known) % about if known is not None else str(fault["msg"])


def listed(faults: Sequence[str], *, most: int = 100) -> str:
    """The first faults as one sentence; how many more there are is said."""
    text = pgettext("between faults", "; ").join(faults[:most])
    if len(faults) > most:
        text += str(_(" … and %(n)d more")) % {"n": len(faults) - most}
    return text + pgettext("after faults", ".")
