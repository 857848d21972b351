"""Dates as people write them in registers: text, spreadsheet serials, Chinese notation."""

import re
from datetime import date, datetime, timedelta
from typing import Any

_PARTS = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets


def read_date(value: Any) -> date | None:
    """A date from a date, a text (2026-03-01, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301) or a
    spreadsheet's serial number. None where it is none of these or no day of the calendar."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if len(text) == 8 and text.isdigit():
        return _day(text[:4], text[4:6], text[6:])
    if _SERIAL.fullmatch(text):
        return _EPOCH + timedelta(days=int(float(text)))
    found = _PARTS.fullmatch(text)
    return _day(*found.groups()) if found else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
