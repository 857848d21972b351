"""Telephone numbers as people write them."""

import re
import unicodedata

_PHONE = re.compile(r"\+?\d{5,15}")
_MARKS = re.compile(r"[\s().\-‐‑–—/]")
_CHINA = re.compile(r"^(?:\+|00)86(?=1\d{10}$)")


def normal_phone(text: str) -> str:
    """Digits only (full-width ones too), a leading + kept; the Chinese country code of a mobile dropped."""
    return _CHINA.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", text)))


def is_phone(number: str) -> bool:
    """Whether a normalised number can be called: 5 to 15 digits."""
    return _PHONE.fullmatch(number) is not None
