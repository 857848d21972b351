"""What a correction or merger of parties replaced, kept for as long as it may be taken back."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chengzhi.registers.models import Party, PartyBefore
from chengzhi.registers.policies import policy


def remember(
    step: str,
    party: Party,
    fields: Mapping[str, Any],
    *,
    on: datetime,
    other: Party | None = None,
    **more: Any,
) -> None:
    """Keep what a step just replaced; what an earlier step kept of these parties is gone with it."""
    both = [party.pk, *([other.pk] if other else [])]
    PartyBefore.objects.filter(party__in=both).delete()
    PartyBefore.objects.filter(other__in=both).delete()
    before = {
        "fields": packed(fields),
        **{k: packed(v) if isinstance(v, Mapping) else v for k, v in more.items()},
    }
    versions = {str(one.pk): one.version for one in (party, other) if one is not None}
    PartyBefore.objects.create(
        party=party, other=other, step=step, before=before, versions=versions, taken_at=on
    )


def packed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON; sealed bytes in base64."""
    return {
        name: {"b64": b64encode(bytes(value)).decode()} if isinstance(value, bytes | memoryview) else value
        for name, value in fields.items()
    }


def unpacked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same back again."""
    return {
        name: b64decode(value["b64"]) if isinstance(value, dict) and "b64" in value else value
        for name, value in fields.items()
    }


def period(district_id: int, on: datetime) -> timedelta:
    """For how long a step on a party may be taken back: as long as one on an object."""
    return timedelta(minutes=float(policy(district_id, "cases/undo_minutes", on)))


def undoable(party: Party, on: datetime) -> PartyBefore | None:
    """The last step on the party, if it may still be taken back and nothing has happened since."""
    found = PartyBefore.objects.filter(party=party).select_related("other").order_by("-id").first()
    if found is None or on > found.taken_at + period(party.district_id, on):
        return None
    now = {str(one.pk): one.version for one in (party, found.other) if one is not None}
    return found if now == found.versions else None
