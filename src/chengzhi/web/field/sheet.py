"""The sheet an inspector fills in: one line per item, one gauge per quantity, and what is wrong with each.

Made from the declaration of the checklist alone; a tenth domain needs nothing here. What is
wrong is said by `chengzhi.inspections`; the sheet puts each word beside its field.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from chengzhi.domains import CASE_TYPES
from chengzhi.domains.domain import Checklist, Domain, Item, Measurement
from chengzhi.inspections.checklists import named, photo_reason, unit_words
from chengzhi.inspections.instruments import fault
from chengzhi.inspections.limits import FoundLimit
from chengzhi.inspections.models import Finding, Instrument, Visit
from chengzhi.inspections.problems import EntryProblem
from chengzhi.web.field.photos import Kept
from chengzhi.web.field.wording import bound

ANSWERS = dict(Finding.Answer.choices)
"""The three answers in words; the first is the good one."""
LONGEST_KEY = 60
ON_THE_SPOT = frozenset({"stopped", "corrected"})
THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")


@dataclass
class Line:
    """One item of the checklist with what was answered."""

    item: Item
    answer: str = ""
    note: str = ""
    photo: Kept | None = None
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What is asked."""
        return named(self.item)

    @property
    def photo_why(self) -> str:
        """Why a photo is wanted when the item fails; empty where none is."""
        return photo_reason(self.item)

    @property
    def answers(self) -> list[tuple[str, str, bool]]:
        """The three buttons: key, words, pressed."""
        return [(key, str(words), key == self.answer) for key, words in ANSWERS.items()]


@dataclass(frozen=True)
class Tools:
    """Instruments of a kind: those one may use on the day, and the others with the reason."""

    usable: tuple[Instrument, ...] = ()
    barred: tuple[tuple[Instrument, str], ...] = ()


@dataclass
class Gauge:
    """One quantity with what was typed."""

    measurement: Measurement
    limit: FoundLimit | None = None
    tools: Tools | None = None
    typed: str = ""
    instrument: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What is measured."""
        return named(self.measurement)

    @property
    def unit(self) -> str:
        """Its unit in words."""
        return unit_words(self.measurement.unit)

    @property
    def held(self) -> str:
        """The limit in words; empty without one."""
        return bound(self.measurement, self.limit.value) if self.limit else ""


@dataclass
class Sheet:
    """A whole sheet: lines, gauges, and what is said once. `problem` is about the sheet as a whole."""

    domain: Domain
    checklist: Checklist
    lines: list[Line]
    gauges: list[Gauge]
    client_key: str = ""
    visited_at: str = ""
    result: str = ""
    weather: str = ""
    note: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """How many fields need another look."""
        lines = sum(1 for line in self.lines if line.errors)
        return lines + sum(1 for gauge in self.gauges if gauge.errors) + len(self.errors)

    @property
    def answers(self) -> dict[str, tuple[str, str, int | None]]:
        """Item → answer, note, photo; what has no answer yet is left out."""
        return {
            line.item.key: (line.answer, line.note, line.photo.file_id if line.photo else None)
            for line in self.lines
            if line.answer
        }

    @property
    def readings(self) -> dict[str, tuple[Decimal | str, int | None]]:
        """Measurement → value (as typed where it is no number), instrument; only what was measured."""
        return {
            one.measurement.key: (
                number(one.typed),
                int(one.instrument) if one.instrument.isdecimal() else None,
            )
            for one in self.gauges
            if one.typed
        }

    def blame(self, problem: EntryProblem) -> None:
        """Put each thing that is wrong beside its field; what belongs to none stands at the top."""
        places = {line.item.key: line.errors for line in self.lines}
        places |= {one.measurement.key: one.errors for one in self.gauges}
        for one in problem.problems:
            if one.field in places:
                places[one.field].append(str(one))
            else:
                self.errors[one.field or "sheet"] = str(one)


def number(typed: str) -> Decimal | str:
    """A number as people type it: full-width digits; 5,000 is five thousand, 0,5 is a half.

    What is no number comes back as it is, to be refused with its own words.
    """
    plain = unicodedata.normalize("NFKC", typed).replace("。", ".").replace(" ", "")
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    elif plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:
        return typed.replace(",", " ")  # commas anywhere else are no thousands either


def results_of(checklist: Checklist) -> list[tuple[str, str]]:
    """How a matter may end on the spot, where a person does it: persuaded, corrected or filed.

    Asked only where a failed line is an act that can be stopped or corrected at once.
    """
    ends = {
        condition.outcome
        for item in checklist.items
        if item.opens
        for condition in CASE_TYPES[item.opens[0]][1].conditions
        if condition.key == item.opens[1]
    }
    return [(key, str(words)) for key, words in Visit.Result.choices if key] if ends & ON_THE_SPOT else []


def measurements_of(domain: Domain, checklist: Checklist) -> Iterator[Measurement]:
    """The quantities measured with a checklist."""
    for key in checklist.measures:
        found = domain.measurement(key)
        if found is not None:
            yield found


def tools_of(measurement: Measurement, instruments: list[Instrument], day: date) -> Tools | None:
    """Which instruments may measure it on the day, and why not the others; None where it needs none."""
    if not measurement.instrument:
        return None
    own = [one for one in instruments if one.kind == measurement.instrument]
    barred = tuple((one, why.why or why.what) for one in own if (why := fault(measurement, one, day)))
    return Tools(tuple(one for one in own if fault(measurement, one, day) is None), barred)


def blank(
    domain: Domain,
    checklist: Checklist,
    limits: Mapping[str, FoundLimit],
    instruments: list[Instrument],
    day: date,
) -> Sheet:
    """An empty sheet with limits and instruments; a single usable instrument is chosen already."""
    gauges = []
    for one in measurements_of(domain, checklist):
        tools = tools_of(one, instruments, day)
        first = str(tools.usable[0].pk) if tools and len(tools.usable) == 1 else ""
        gauges.append(Gauge(one, limits.get(one.key), tools, instrument=first))
    return Sheet(domain, checklist, [Line(item) for item in checklist.items], gauges)


def fill(sheet: Sheet, data: Mapping[str, str], photos: Mapping[str, Kept]) -> None:
    """Put into the sheet what was typed, chosen and photographed."""
    sheet.client_key = data.get("client_key", "").strip()[:LONGEST_KEY]
    sheet.visited_at = data.get("visited_at", "").strip()
    sheet.result = data.get("result", "")
    sheet.weather = data.get("weather", "").strip()
    sheet.note = data.get("note", "").strip()
    for line in sheet.lines:
        line.answer = data.get(f"a.{line.item.key}", "")
        line.note = data.get(f"n.{line.item.key}", "").strip()
        line.photo = photos.get(line.item.key)
    for gauge in sheet.gauges:
        gauge.typed = data.get(f"v.{gauge.measurement.key}", "").strip()
        gauge.instrument = data.get(f"i.{gauge.measurement.key}", "")


def sent_photos(files: Mapping[str, Any]) -> Iterator[tuple[str, "UploadedFile[Any]"]]:
    """The photos sent along: item → upload."""
    for name, sent in files.items():
        if name.startswith("p.") and sent:
            yield name[2:], sent
