"""小广告: one telephone number found anywhere is one file with all its sightings.

Numbers are read out of the texts of the cases whose type says so (`Domain.number_types`), or
noted by hand. The file is a party of the kind advertiser; its number is sealed like any contact
and looked at for a stated purpose only. What the lists show is masked.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _

from chengzhi.cases.models import Case
from chengzhi.cases.sighting_tables import Sighting, SightingMark
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.ledger.actions import record
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
    return _noted(case, found[0], by, on)


def _noted(case: Case, number: str, by: Actor, on: datetime) -> Sighting:
    party = _party(case.district_id, number, on)
    values = {"seen_at": case.reported_at, "noted_by": by.account_id, "noted_at": on}
    sighting, new = Sighting.objects.get_or_create(party=party, case=case, defaults=values)
    if new:
        record(district_id=case.district_id, thing="party", thing_id=party.pk, step="sighted", by=by, on=on,
               facts={"case": case.pk})  # fmt: skip
    return sighting


def _party(district_id: int, number: str, on: datetime) -> Party:
    mark = same_phone_mark(number)
    known = Party.objects.filter(district_id=district_id, kind=KIND, phone_mark=mark, state="active").first()
    if known is not None:
        return known
    name = _("Posted number %(number)s") % {"number": masked(number)}
    return Party.objects.create(
        district_id=district_id, kind=KIND, name=name, bigrams=bigrams(name), flags=[FLAG], created_at=on,
        updated_at=on, **Contact(phone=number).columns(district_id),
    )  # fmt: skip


def scan(district: District, *, on: datetime) -> int:
    """Read the numbers out of the cases that came in since the last time; returns the sightings."""
    codes = [code for domain in DOMAINS for code in domain.number_types]
    made = 0
    while True:
        with transaction.atomic():
            mark, _new = SightingMark.objects.select_for_update().get_or_create(district=district)
            cases = list(_waiting(district.pk, codes, mark.case_id))
            for case in cases:
                made += len([_noted(case, number, Actor.system(), on) for number in numbers_in(case.text)])
            if cases:
                mark.case_id = cases[-1].pk
                mark.save(update_fields=["case_id"])
        if len(cases) < CHUNK:
            return made


def _waiting(district_id: int, codes: Iterable[str], after: int) -> Any:
    rows = Case.objects.filter(district_id=district_id, type__code__in=list(codes), pk__gt=after)
    # Only texts with seven digits in a row of digits and gaps can hold a number.
    rows = rows.filter(text__regex=r"[0-9][0-9 .\-–—·]{6,}").order_by("pk")
    return rows.only("pk", "district_id", "text", "reported_at")[:CHUNK]


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


def sightings_of(party_id: int) -> Any:
    """The cases that show a number, the newest first."""
    rows = Sighting.objects.filter(party_id=party_id).select_related(
        "case", "case__street_area", "case__type"
    )
    return rows.order_by("-seen_at", "-id")
