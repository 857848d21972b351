"""What a person entered at a visit, read against the checklist. All that is wrong is told at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.domains.domain import Checklist, Domain, Item, Measurement
from chengzhi.domains.numerals import read_decimal
from chengzhi.files.models import StoredFile
from chengzhi.inspections.checklists import named, photo_reason, unit_words
from chengzhi.inspections.instruments import fault
from chengzhi.inspections.limits import FoundLimit, Spot, limits_for
from chengzhi.inspections.models import Finding, Instrument
from chengzhi.inspections.problems import (
    BadPhoto,
    EmptyEntry,
    EntryProblem,
    ImpossibleValue,
    MissingAnswer,
    NotANumber,
    PhotoMissing,
    SeveralProblems,
    UnknownAnswer,
    UnknownItem,
    UnknownMeasurement,
)

PLACES = Decimal("0.0001")
"""Measured values are kept to four decimal places."""
LONGEST_NOTE = 500
Answer = tuple[str, str, int | None]
Stated = tuple[Any, int | None]


@dataclass(frozen=True, slots=True)
class Found:
    """One line of the checklist with its answer: ok, failed or na."""

    item: Item
    answer: str
    note: str
    photo_id: int | None

    @property
    def failed(self) -> bool:
        """Whether it is not in order."""
        return self.answer == Finding.Answer.FAILED


@dataclass(frozen=True, slots=True)
class Measured:
    """One value, held against its limit. `doubtful` is kept, but to be measured again."""

    measurement: Measurement
    value: Decimal
    instrument_id: int | None
    doubtful: bool
    limit: FoundLimit | None

    @property
    def passed(self) -> bool | None:
        """Whether it keeps to the limit; None without a limit or with nothing to pass."""
        return self.limit.passed(self.measurement, self.value) if self.limit else None


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole entry, read."""

    found: tuple[Found, ...]
    measured: tuple[Measured, ...]

    @property
    def passed(self) -> bool | None:
        """False if anything failed, True if something was in order, None if nothing was judged."""
        judged = [one.answer == Finding.Answer.OK for one in self.found if one.answer != "na"]
        judged += [one.passed for one in self.measured if one.passed is not None]
        return all(judged) if judged else None


def read(
    *,
    domain: Domain,
    checklist: Checklist,
    answers: Mapping[str, Answer],
    readings: Mapping[str, Stated],
    district_id: int,
    day: date,
    spot: Spot,
) -> Entry:
    """The entry in its own types, with limits. Raises an EntryProblem, SeveralProblems for more."""
    problems: list[EntryProblem] = []
    found = list(_answers(checklist, answers, district_id, problems))
    limits = limits_for(
        district_id=district_id,
        keys=[key for key in readings if key in checklist.measures],
        spot=spot,
        day=day,
    )
    measured = list(_readings(domain, checklist, readings, limits, district_id, day, problems))
    if not answers and not readings:
        problems.append(EmptyEntry(_("Nothing was answered and nothing measured.")))
    raise_all(problems)
    return Entry(tuple(found), tuple(measured))


def raise_all(problems: Sequence[EntryProblem]) -> None:
    """Nothing for none; the one itself; several together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise SeveralProblems(problems)


def _answers(
    checklist: Checklist, answers: Mapping[str, Answer], district_id: int, problems: list[EntryProblem]
) -> Iterable[Found]:
    problems += [_unknown_item(checklist, key) for key in answers if checklist.item(key) is None]
    photos = _photos(answers, district_id)
    for item in checklist.items:
        if item.key not in answers:
            problems.append(
                MissingAnswer(_("“%(item)s” has no answer.") % {"item": named(item)}, field=item.key)
            )
            continue
        one = _found(item, answers[item.key])
        wrong = _wrong(one, photos)
        problems += [wrong] if wrong else []
        yield one


def _found(item: Item, said: Answer) -> Found:
    answer, note, photo_id = (*said, "", None)[:3] if len(said) < 3 else said
    return Found(item, str(answer), " ".join(str(note or "").split())[:LONGEST_NOTE], photo_id or None)


def _wrong(one: Found, photos: frozenset[int]) -> EntryProblem | None:
    names = {"item": named(one.item)}
    if one.answer not in Finding.Answer.values:
        return UnknownAnswer(
            _("“%(item)s”: this is no answer.") % names,
            "",
            _("Answer: in order, not in order, does not apply."),
            field=one.item.key,
        )
    if one.photo_id is not None and one.photo_id not in photos:
        return BadPhoto(_("“%(item)s”: the file is no photo of this district.") % names, field=one.item.key)
    if one.failed and one.item.photo and one.photo_id is None:
        return PhotoMissing(
            _("“%(item)s” is not in order: a photo is wanted.") % names,
            _("It is to show: %(why)s.") % {"why": photo_reason(one.item)},
            _("Take the photo and send the entry again."),
            field=one.item.key,
        )
    return None


def _photos(answers: Mapping[str, Answer], district_id: int) -> frozenset[int]:
    numbers = [said[2] for said in answers.values() if len(said) > 2 and said[2]]
    if not numbers:
        return frozenset()
    known = StoredFile.objects.filter(
        pk__in=numbers, district_id=district_id, content_type__startswith="image/"
    )
    return frozenset(known.values_list("pk", flat=True))


def _unknown_item(checklist: Checklist, key: str) -> UnknownItem:
    return UnknownItem(
        _("The checklist “%(list)s” has no line “%(key)s”.") % {"list": named(checklist), "key": key[:60]},
        _("The phone may hold an older checklist."),
        _("Open the page again so that it reads the checklist in force."),
        field=key[:60],
    )


def _readings(
    domain: Domain,
    checklist: Checklist,
    readings: Mapping[str, Stated],
    limits: Mapping[str, FoundLimit],
    *where: Any,
) -> Iterable[Measured]:
    district_id, day, problems = where
    numbers = [said[1] for said in readings.values() if said[1]]
    instruments = Instrument.objects.filter(district_id=district_id).in_bulk(numbers) if numbers else {}
    for key, (stated, instrument_id) in readings.items():
        one = domain.measurement(key) if key in checklist.measures else None
        if one is None:
            problems.append(_unknown_measurement(checklist, key))
            continue
        value = _value(one, stated, problems)
        wrong = fault(one, instruments.get(instrument_id or 0), day)
        problems += [wrong] if wrong else []
        if value is not None:
            doubtful = one.doubtful is not None and value >= Decimal(str(one.doubtful))
            known = instrument_id if instrument_id in instruments else None
            yield Measured(one, value, known, doubtful, limits.get(key))


def _unknown_measurement(checklist: Checklist, key: str) -> UnknownMeasurement:
    return UnknownMeasurement(
        _("The checklist “%(list)s” does not measure “%(key)s”.")
        % {"list": named(checklist), "key": key[:60]},
        field=key[:60],
    )


def _value(one: Measurement, stated: Any, problems: list[EntryProblem]) -> Decimal | None:
    value = read_decimal(stated)
    if value is None:
        problems.append(
            NotANumber(
                _("%(name)s: “%(value)s” is no number.") % {"name": named(one), "value": str(stated)[:40]},
                field=one.key,
            )
        )
        return None
    if _beyond(one, value):
        problems.append(_impossible(one, value))
        return None
    return value.quantize(PLACES)


def _beyond(one: Measurement, value: Decimal) -> bool:
    below = one.least is not None and value < Decimal(str(one.least))
    return below or (one.most is not None and value > Decimal(str(one.most)))


def _impossible(one: Measurement, value: Decimal) -> ImpossibleValue:
    names = {
        "name": named(one), "value": plain(value), "unit": unit_words(one.unit), "least": one.least,
        "most": one.most,
    }  # fmt: skip
    return ImpossibleValue(
        _("%(name)s: %(value)s %(unit)s cannot be.") % names,
        _("What it is measured with shows %(least)s to %(most)s %(unit)s.") % names,
        _("Look whether a point or a zero slipped in, and enter the value again."),
        field=one.key,
    )


def plain(value: Decimal) -> str:
    """A number without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
