"""Merge what a pack says today into a dated table, leaving what was changed on a page alone."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import models

ModelT = TypeVar("ModelT", bound=models.Model)


def merge_dated(
    model: type[ModelT],
    held: Iterable[ModelT],
    new: Iterable[ModelT],
    *,
    key: Callable[[ModelT], Hashable],
    values: tuple[str, ...],
    today: date,
    since: date,
) -> int:
    """Bring the open rows of a dated table (`valid_from`, `valid_to`) to what `new` says.

    An equal row stays; a different one ends yesterday and a new one begins today; a missing one
    ends yesterday. Rows with `changed_by` are local and stay. With nothing held, all begin
    on `since`. Returns the number of rows that began.
    """
    rows = list(held)
    open_rows = {key(row): row for row in rows if getattr(row, "valid_to", None) is None}
    first_day = today if rows else since
    begun: list[ModelT] = []
    ended: list[ModelT] = []
    for row in new:
        old = open_rows.pop(key(row), None)
        if old is not None and (_local(old) or _same(old, row, values)):
            continue
        if old is not None:
            ended.append(old)
        row.valid_from = first_day  # type: ignore[attr-defined]
        begun.append(row)
    ended += [row for row in open_rows.values() if not _local(row)]
    for row in ended:
        row.valid_to = today - timedelta(days=1)  # type: ignore[attr-defined]
    model._default_manager.bulk_update(ended, ["valid_to"], batch_size=1000)
    model._default_manager.bulk_create(begun, batch_size=2000)
    return len(begun)


def _local(row: Any) -> bool:
    return getattr(row, "changed_by", None) is not None


def _same(old: Any, new: Any, values: tuple[str, ...]) -> bool:
    return all(_plain(getattr(old, name)) == _plain(getattr(new, name)) for name in values)


def _plain(value: Any) -> Any:
    return round(float(value), 4) if hasattr(value, "as_tuple") else value
