"""How long the contact of a party and what it said on its own page are kept, and their erasure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from chengzhi.files.actions import forget
from chengzhi.files.models import StoredFile
from chengzhi.ledger.actions import Line, record_many
from chengzhi.people.actor import Actor
from chengzhi.people.sealing import current_key_number, key_number_of
from chengzhi.places.models import District
from chengzhi.registers.contact import opened
from chengzhi.registers.models import Party, PartyBefore, PartySaid
from chengzhi.registers.policies import policy

BATCH = 1_000

# A party answers for nothing since its last object ended; one that never had any, since its entry.
_ERASE = """
UPDATE registers_party SET contact = NULL, phone_mark = NULL, page_hash = NULL, version = version + 1,
  updated_at = %(on)s, flags = array_append(flags, 'contact_erased')
WHERE id IN (
  SELECT p.id FROM registers_party p
  WHERE p.district_id = %(district)s AND p.contact IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM registers_registeredobject o WHERE o.party_id = p.id AND o.live)
    AND coalesce(
      (SELECT max(coalesce(o.ended_on, o.updated_at::date)) FROM registers_registeredobject o
        WHERE o.party_id = p.id),
      p.updated_at::date) < %(day)s
  ORDER BY p.id LIMIT %(batch)s)
RETURNING id
"""


def erase_due(*, on: datetime) -> int:
    """Erase every contact whose day has come; for the worker, daily. Returns how many.

    The party and what it answered for stay; each erasure stands in the record.
    """
    return sum(_erase(district, on) for district in District.objects.all())


def _erase(district: District, on: datetime) -> int:
    days = int(policy(district.pk, "registers/contact_days", on))
    last: date = on.astimezone(ZoneInfo(district.zone)).date() - timedelta(days=days)
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_ERASE, {"on": on, "district": district.pk, "day": last, "batch": BATCH})
            rows = cursor.fetchall()
            record_many(
                Line(district.pk, "party", number, "erase", Actor.system(), on, rule="registers/contact_days")
                for (number,) in rows
            )
        total += len(rows)
        if len(rows) < BATCH:
            return total


def erase_said(*, on: datetime) -> int:
    """Erase the words and photos of what parties said once the answer is old enough. Returns how many.

    That it was said, of what, when and with which result stays. What nobody has answered waits.
    """
    return sum(_erase_said(district, on) for district in District.objects.all())


def _erase_said(district: District, on: datetime) -> int:
    days, total = int(policy(district.pk, "registers/said_days", on)), 0
    rows = PartySaid.objects.filter(
        district=district, erased_at=None, answered_at__lt=on - timedelta(days=days)
    )
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(skip_locked=True).order_by("answered_at", "pk")[:BATCH])
            numbers = [one.pk for one in found]
            _forget_photos(numbers)
            PartySaid.objects.filter(pk__in=numbers).update(text="", answer="", erased_at=on)
            record_many(
                Line(district.pk, "party", one.party_id, "erase_said", Actor.system(), on,
                     rule="registers/said_days", facts={"said": one.pk})
                for one in found
            )  # fmt: skip
        total += len(found)
        if len(found) < BATCH:
            return total


def _forget_photos(numbers: list[int]) -> None:
    """The photos sent along; one that another answer shows too stays until that one goes."""
    links = PartySaid.files.through.objects
    photos = set(links.filter(partysaid__in=numbers).values_list("storedfile_id", flat=True))
    links.filter(partysaid__in=numbers).delete()
    shared = set(links.filter(storedfile__in=photos).values_list("storedfile_id", flat=True))
    for file in StoredFile.objects.filter(pk__in=photos - shared):
        forget(file)


def drop_before(*, on: datetime) -> int:
    """Remove what corrections and mergers of parties replaced; a day later nothing can be taken back."""
    gone, _tables = PartyBefore.objects.filter(taken_at__lt=on - timedelta(days=1)).delete()
    return gone


def reseal() -> int:
    """After a key rotation: contacts under older keys are sealed with the newest. Returns how many."""
    newest, changed, last = current_key_number(), 0, 0
    while True:
        rows = list(Party.objects.filter(contact__isnull=False, pk__gt=last).order_by("pk")[:BATCH])
        old = [row for row in rows if key_number_of(bytes(row.contact or b"")) != newest]
        for row in old:
            row.contact = opened(row).columns(row.district_id)["contact"]
        changed += Party.objects.bulk_update(old, ["contact"], batch_size=BATCH) if old else 0
        if len(rows) < BATCH:
            return changed
        last = rows[-1].pk
