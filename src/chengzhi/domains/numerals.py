"""Numbers as people write them: with thousands grouped, never guessed."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def read_decimal(value: Any) -> Decimal | None:
    """The number a text, integer or float states; None where it states none, or not for sure.

    A comma groups thousands (12,500); any other comma (0,5) could mean ten times as much or as
    little, so it is no number here.
    """
    if isinstance(value, bool):
        return None
    text = str(value).strip().replace("，", ",")
    if "," in text:
        text = text.replace(",", "") if _GROUPED.fullmatch(text) else "?"
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
