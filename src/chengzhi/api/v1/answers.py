"""The same request once: an Idempotency-Key makes a repeated write answer as the first time."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from chengzhi.api.models import Answer
from chengzhi.errors import Problem

KEPT = timedelta(days=7)

# A second request with the key waits here until the first one has committed or failed.
_CLAIM = """
INSERT INTO api_answer (key_id, idempotency_key, digest, body, answered_at)
VALUES (%(key)s, %(name)s, %(digest)s, '{}', %(on)s)
ON CONFLICT (key_id, idempotency_key) DO NOTHING RETURNING id"""


class KeyReused(Problem):
    """An Idempotency-Key was sent again with another request."""

    code: ClassVar[str] = "api.key_reused"
    status: ClassVar[int] = 422


def once(
    key_id: int,
    name: str | None,
    asked: Mapping[str, Any],
    act: Callable[[], dict[str, Any]],
    *,
    on: datetime,
) -> dict[str, Any]:
    """What `act` answers, or what it answered when the key and name were first sent with `asked`.

    The answer commits together with what `act` writes, so a refusal leaves nothing and may be
    tried again. Raises KeyReused, and as `act`.
    """
    if name is None:
        return {**act(), "repeated": False}
    digest = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
    with transaction.atomic():
        claimed = _claim({"key": key_id, "name": name, "digest": digest, "on": on})
        if claimed is None:
            return _repeated(Answer.objects.get(key_id=key_id, idempotency_key=name), digest)
        body = act()
        Answer.objects.filter(pk=claimed).update(body=json.loads(json.dumps(body, default=_plain)))
    return {**body, "repeated": False}


def _claim(values: Mapping[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, dict(values))
        row = cursor.fetchone()
    return row[0] if row else None


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _repeated(answer: Answer, digest: str) -> dict[str, Any]:
    if answer.digest != digest:
        raise KeyReused(
            _("This Idempotency-Key was used for another request."),
            _("The first one is kept for %(days)s days.") % {"days": KEPT.days},
            _("Send a new key with a new request."),
        )
    return {**answer.body, "repeated": True}


def sweep(*, before: datetime) -> int:
    """Delete answers older than a moment; returns how many."""
    return Answer.objects.filter(answered_at__lt=before).delete()[0]
