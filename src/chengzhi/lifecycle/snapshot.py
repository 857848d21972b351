"""What a step changed, in plain values, so that the ledger can hold it and undo can restore it."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from chengzhi.ledger.actions import personal
from chengzhi.ledger.queries import personal_values
from chengzhi.lifecycle.workings import Change, RowOp, Workings

# Bookkeeping of the row itself, the same in every change: it would only swell the record.
_OWN = frozenset({"state", "version", "updated_at"})


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def lively(model: type[models.Model], name: str, value: Any) -> Any:
    """The value of a field back from JSON."""
    column = model._meta.get_field(name)
    if isinstance(column, models.JSONField) and isinstance(value, str):
        return json.loads(value)  # a hidden mapping lies as text
    return column.to_python(value)  # type: ignore[union-attr]


def hidden(value: Any, erase_after: date | None) -> Any:
    """A free text (or a mapping with some) as the ledger may hold it: its HMAC; an empty one as it is."""
    if not value:
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return personal(text, erase_after=erase_after)


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with their hidden texts looked up; an erased one is None."""
    marks = [v["hmac"] for v in values.values() if isinstance(v, dict) and "hmac" in v]
    texts = personal_values(marks) if marks else {}
    return {
        name: texts.get(v["hmac"]) if isinstance(v, dict) and "hmac" in v else v for name, v in values.items()
    }


def changed_fields(
    workings: Workings, thing: Any, change: Change, erase_after: date | None
) -> dict[str, list[Any]]:
    """Field → [before] or [before, after], for the fields that really change."""
    found = {}
    for name, after in change.fields.items():
        before = getattr(thing, name)
        if name in _OWN or name in workings.derived or before == after:
            continue
        if name in workings.private:
            found[name] = [hidden(before, erase_after)]
        else:
            found[name] = [plain(before)] if name in workings.quiet else [plain(before), plain(after)]
    return found


def former_fields(model: type[models.Model], changed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What the fields held before, to be written back."""
    before = shown({name: pair[0] for name, pair in changed.items()})
    return {name: lively(model, name, "" if value is None and _text(model, name) else value)
            for name, value in before.items()}  # fmt: skip


def _text(model: type[models.Model], name: str) -> bool:
    # An erased text comes back empty where the column does not take null.
    column = model._meta.get_field(name)
    return isinstance(column, models.TextField | models.CharField) and not column.null


def write_row(row: RowOp, private: frozenset[str], erase_after: date | None) -> dict[str, Any]:
    """Insert or change one row beside the thing; returns what undo needs to know."""
    label = row.model._meta.label
    if row.pk is None:
        made = row.model._default_manager.create(**row.values)
        return {"table": label, "id": made.pk, "before": None}
    target = row.model._default_manager.filter(pk=row.pk)
    before = target.values(*row.values).get()
    target.update(**row.values)
    held = {name: hidden(v, erase_after) if name in private and v else plain(v) for name, v in before.items()}
    return {"table": label, "id": row.pk, "before": held}
