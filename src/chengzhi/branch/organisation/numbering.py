"""Running numbers of what a district's branch work enters: letters, the year, five digits."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction


def save_numbered(row: Any, prefix: str, day: date) -> None:
    """Insert a row of a table with `district` and `number` under the next free number of the year.

    Another row may take the number at the same moment; then the one after it is tried. Any other
    fault of the row is raised as the database says it (IntegrityError).
    """
    head = f"{prefix}{day.year}-"
    known = type(row).objects.filter(district_id=row.district_id)
    while True:
        last = (
            known.filter(number__startswith=head).order_by("-number").values_list("number", flat=True).first()
        )
        row.number = f"{head}{(int(last[len(head) :]) if last else 0) + 1:05d}"
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                return
        except IntegrityError:
            if not known.filter(number=row.number).exists():
                raise
