"""Changing a dated table: the old row ends the day before, the new one begins."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)


def replace_from(
    model: type[Row], *, keys: Mapping[str, Any], values: Mapping[str, Any] | None, first_day: date
) -> Row | None:
    """From `first_day` on the rows found by `keys` are replaced by one with `values` (None: by none).

    Rows planned for that day or later give way; the row in force ends the day before. The model
    has `valid_from` and `valid_to`, first and last day. What stood there before is in the ledger.
    """
    rows = model._default_manager.filter(**keys)
    rows.filter(valid_from__gte=first_day).delete()
    open_then = Q(valid_to=None) | Q(valid_to__gte=first_day)
    rows.filter(open_then).update(valid_to=first_day - timedelta(days=1))
    if values is None:
        return None
    return model._default_manager.create(**_plain(keys), **values, valid_from=first_day)


def _plain(keys: Mapping[str, Any]) -> dict[str, Any]:
    """`area_class__isnull=True` finds a row; as a value of the new one it is `area_class=None`."""
    return {
        (key.removesuffix("__isnull")): (None if key.endswith("__isnull") else value)
        for key, value in keys.items()
    }
