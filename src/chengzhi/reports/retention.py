"""How long reporter data is kept, and its erasure when the day has come."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from chengzhi.ledger.actions import Line, record_many
from chengzhi.people.actor import Actor
from chengzhi.places.models import District

# 个人信息保护法 art. 19 asks for the shortest time the purpose needs. A district states its own
# number of days in its settings (`reporter_retention_days`); a year covers re-opened cases.
DEFAULT_DAYS = 365
BATCH = 1000

_ERASE = """
UPDATE reports_reporter SET contact = ''::bytea, phone_hmac = NULL, erased_at = %(on)s
WHERE id IN (SELECT id FROM reports_reporter WHERE erase_after <= %(day)s AND erased_at IS NULL
             ORDER BY erase_after LIMIT %(batch)s)
RETURNING id, district_id
"""


def erase_after(district: District, on: datetime) -> date:
    """The day on which the contact of a report of this moment is erased."""
    days = int(district.settings.get("reporter_retention_days", DEFAULT_DAYS))
    return (on.astimezone(ZoneInfo(district.zone)) + timedelta(days=days)).date()


def erase_due(*, on: datetime) -> int:
    """Erase every contact whose day has come; for the worker, daily. Returns how many.

    What goes: name, telephone, mail address and the telephone's mark. The report stays, as
    words about a place. Each erasure stands in the ledger, without what was erased.
    """
    total = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_ERASE, {"on": on, "day": on.date(), "batch": BATCH})
            rows = cursor.fetchall()
        record_many(
            Line(district_id, "reporter", reporter_id, "erase", Actor.system(), on, rule="retention")
            for reporter_id, district_id in rows
        )
        total += len(rows)
        if len(rows) < BATCH:
            return total
