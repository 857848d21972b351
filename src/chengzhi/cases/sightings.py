"""小广告: one telephone number found anywhere is one file with all its sightings.

Numbers are read out of the texts of the cases whose type says so (`Domain.number_types`), or
noted by hand. The file is a party of the kind advertiser; its number is sealed like any contact
and looked at for a stated purpose only. What the lists show is masked.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from chengzhi.cases.filters import visible
from chengzhi.cases.models import OPEN, Case
from chengzhi.cases.sighting_tables import Sighting, SightingMark
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.ledger.actions import Line, record_many
from chengzhi.people.actor import Actor
from chengzhi.people.phones import normal_phone
from chengzhi.people.rules import require
from chengzhi.people.sealing import same_phone_mark
from chengzhi.places.models import District
from chengzhi.places.words import bigrams
from chengzhi.registers.contact import Contact
from chengzhi.registers.models import Party

KIND = "advertiser"
FLAG = "advertised_number"
CHUNK = 2_000
LATE = timedelta(hours=1)
"""An import may write cases for that long under numbers it took at its beginning."""
DIGITS = r"[0-9][0-9 .\-–—·]{6,}"
"""Only texts with seven digits in a row of digits and gaps can hold a number."""
# Mobile numbers, 400 and 800 numbers, and area code with seven or eight digits; blanks, dots and
# dashes between the digits are how they are pasted up.
_GAP = r"[\s.\-–—·]?"
_NUMBER = re.compile(
    rf"(?<!\d)(?:1[3-9]\d(?:{_GAP}\d){{8}}|[48]00(?:{_GAP}\d){{7}}|0\d{{2,3}}{_GAP}\d(?:{_GAP}\d){{6,7}})(?!\d)"
)


class NoNumber(Problem):
    """What was typed is no telephone number."""

    code = "cases.no_number"
    status = 422


def numbers_in(text: str) -> list[str]:
    """The telephone numbers a text shows, in digits only, each once, in their order."""
    found = (re.sub(r"\D", "", hit) for hit in _NUMBER.findall(text))
    return list(dict.fromkeys(found))


def masked(number: str) -> str:
    """The number as a list may show it: 138****1234."""
    return f"{number[:3]}****{number[-4:]}"


@transaction.atomic
def note(case: Case, number: str, *, by: Actor, on: datetime) -> Sighting:
    """Note that a case shows a number; noting it again changes nothing. Raises NotAllowed, NoNumber."""
    require(by, "case.note", case)
    found = numbers_in(normal_phone(number))
    if len(found) != 1:
        raise NoNumber(
            _("“%(number)s” is no telephone number.") % {"number": number[:40]},
            _("A mobile number has 11 digits, a landline its area code and 7 or 8 digits."),
            _("Type one number as it is pasted up."),
        )
    _note_many([(case, found[0])], by, on)
    mark = same_phone_mark(found[0])
    return Sighting.objects.select_related("party").get(case=case, party__phone_mark=mark, party__kind=KIND)


def _note_many(seen: Sequence[tuple[Case, str]], by: Actor, on: datetime) -> int:
    """Note which case shows which number, in a handful of statements; returns what was new."""
    if not seen:
        return 0
    files = _files_of(seen[0][0].district_id, list(dict.fromkeys(number for _case, number in seen)), on)
    pairs = {(files[number], case.pk): case for case, number in seen}
    known = set(
        Sighting.objects.filter(case__in=[case for case, _number in seen]).values_list("party_id", "case_id")
    )
    fresh = [(party, case) for (party, pk), case in pairs.items() if (party, pk) not in known]
    Sighting.objects.bulk_create(
        Sighting(party_id=party, case=case, seen_at=case.reported_at, noted_by=by.account_id, noted_at=on)
        for party, case in fresh
    )
    return record_many(
        Line(case.district_id, "party", party, "sighted", by, on, facts={"case": case.pk})
        for party, case in fresh
    )


def _files_of(district_id: int, numbers: Sequence[str], on: datetime) -> dict[str, int]:
    """Number → its file; files that are missing are opened."""
    marks = {same_phone_mark(number): number for number in numbers}
    rows = Party.objects.filter(
        district_id=district_id, kind=KIND, phone_mark__in=list(marks), state="active"
    )
    found = {
        marks[bytes(mark or b"")]: pk for mark, pk in rows.order_by("-pk").values_list("phone_mark", "pk")
    }
    missing = [number for number in numbers if number not in found]
    made = Party.objects.bulk_create(_new_file(district_id, number, on) for number in missing)
    return found | {number: one.pk for number, one in zip(missing, made, strict=True)}


def _new_file(district_id: int, number: str, on: datetime) -> Party:
    name = _("Posted number %(number)s") % {"number": masked(number)}
    return Party(
        district_id=district_id, kind=KIND, name=name, bigrams=bigrams(name), flags=[FLAG], created_at=on,
        updated_at=on, **Contact(phone=number).columns(district_id),
    )  # fmt: skip


def scan(district: District, *, on: datetime) -> int:
    """Read the numbers out of what came in, and out of open cases that were typed later.

    Returns the new sightings. Reading a case twice notes nothing twice.
    """
    codes = [code for domain in DOMAINS for code in domain.number_types]
    here = Case.objects.filter(district=district, type__code__in=codes, text__regex=DIGITS)
    mark, _new = SightingMark.objects.get_or_create(district=district)
    settled = _settled(district.pk, mark.case_id, on)
    made = _scan(here.filter(OPEN, pk__lte=mark.case_id), 0, on) + _scan(here, mark.case_id, on)
    SightingMark.objects.filter(pk=mark.pk, case_id__lt=settled).update(case_id=settled)
    return made


def _scan(rows: Any, after: int, on: datetime) -> int:
    """Read the cases behind a number, chunk by chunk; each chunk is whole or not at all."""
    made = 0
    for cases in _chunks(rows, after):
        with transaction.atomic():
            seen = [(case, number) for case in cases for number in numbers_in(case.text)]
            made += _note_many(seen, Actor.system(), on)
    return made


def _chunks(rows: Any, after: int) -> Iterator[list[Case]]:
    rows = rows.order_by("pk").only("pk", "district_id", "text", "reported_at")
    while cases := list(rows.filter(pk__gt=after)[:CHUNK]):
        yield cases
        after = cases[-1].pk


def _settled(district_id: int, after: int, on: datetime) -> int:
    """The newest case that no running transaction can still put an older one before."""
    rows = Case.objects.filter(district_id=district_id, pk__gt=after, updated_at__lt=on - LATE)
    return rows.order_by("-pk").values_list("pk", flat=True).first() or after


def files(district_id: int, *, least: int = 1) -> Any:
    """The files of a district, the most seen first: parties with `sightings`, `first`, `last`."""
    counted = {
        "times": Count("sightings"),
        "first": Min("sightings__seen_at"),
        "last": Max("sightings__seen_at"),
    }
    rows: Any = Party.objects.filter(
        district_id=district_id, kind=KIND, flags__contains=[FLAG], state="active"
    )
    return rows.annotate(**counted).filter(times__gte=least).order_by("-times", "-last", "id")


def sightings_of(party_id: int, *, by: Actor) -> Any:
    """The cases a person may see that show a number, the newest first."""
    seen = Case.objects.filter(visible(by)).values("pk")
    rows = Sighting.objects.filter(party_id=party_id, case__in=seen)
    return rows.select_related("case", "case__street_area", "case__type").order_by("-seen_at", "-id")
