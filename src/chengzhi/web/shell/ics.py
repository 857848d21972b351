"""A calendar file (RFC 5545): one all-day entry for each thing that falls on a day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST = 75  # octets of a line, RFC 5545 section 3.1


@dataclass(frozen=True, slots=True)
class Event:
    """One all-day entry; `uid` stays the same whenever the file is fetched again."""

    uid: str
    day: date
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""


def calendar_file(events: Iterable[Event], *, name: str, on: datetime) -> bytes:
    """The whole file, CRLF and folded."""
    stamp = f"{on.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    head = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chengzhi//Calendar//ZH", "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]  # fmt: skip
    lines = [*head, *(line for one in events for line in _lines(one, stamp)), "END:VCALENDAR"]
    return b"".join(folded(line) for line in lines)


def _lines(event: Event, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    beside = {"DESCRIPTION": event.description, "LOCATION": event.location}
    yield from (f"{name}:{escaped(text)}" for name, text in beside.items() if text)
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Text as a value: no line break or separator breaks the file."""
    plain = "".join(sign for sign in text.replace("\r", "") if sign >= " " or sign == "\n")
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> bytes:
    """One line cut into pieces of at most 75 octets, never inside a character."""
    parts, part = [], b""
    for sign in line:
        piece = sign.encode()
        if len(part) + len(piece) > LONGEST:
            parts.append(part)
            part = b" "
        part += piece
    return b"\r\n".join([*parts, part]) + b"\r\n"
