"""Key rotation: what older keys sealed is sealed anew, so that an old key can be destroyed."""

from django.db import transaction

from chengzhi.reports.contact import Contact
from chengzhi.reports.models import Reporter
from chengzhi.reports.sealing import current_key_number, key_number_of

BATCH = 500


def reseal() -> int:
    """Seal every contact with the newest key; returns how many were changed."""
    newest, last, changed = current_key_number(), 0, 0
    while True:
        with transaction.atomic():
            rows = list(
                Reporter.objects.select_for_update(skip_locked=True)
                .filter(pk__gt=last, erased_at=None)
                .order_by("pk")[:BATCH]
            )
            old = [row for row in rows if key_number_of(row.contact) not in (0, newest)]
            for row in old:
                row.contact = Contact.opened(row.contact, row.district_id).sealed(row.district_id)
            Reporter.objects.bulk_update(old, ["contact"])
        changed += len(old)
        if len(rows) < BATCH:
            return changed
        last = rows[-1].pk
