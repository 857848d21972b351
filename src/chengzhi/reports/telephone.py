"""Drafts of a call: sealed, one per clerk and district, gone when the report is sent."""

import json
from collections.abc import Mapping
from datetime import datetime

from chengzhi.people.actor import Actor
from chengzhi.people.sealing import SealBroken
from chengzhi.reports.models import TelephoneDraft
from chengzhi.reports.sealing import open_sealed, seal

FIELDS = ("text", "type", "address", "area", "cell", "lon", "lat", "name", "phone", "email", "key")


def _binding(district_id: int, account_id: int) -> str:
    return f"telephone:{district_id}:{account_id}"


def save_draft(values: Mapping[str, str], *, by: Actor, on: datetime) -> bool:
    """Keep what was typed; an empty form forgets the draft. Whether something is kept now."""
    assert by.district_id is not None
    assert by.account_id is not None
    said = {name: values[name][:4000] for name in FIELDS if values.get(name)}
    if not set(said) - {"key"}:
        forget_draft(by=by)
        return False
    sealed = seal(json.dumps(said, ensure_ascii=False), bound_to=_binding(by.district_id, by.account_id))
    TelephoneDraft.objects.update_or_create(
        district_id=by.district_id,
        account_id=by.account_id,
        defaults={"sealed": sealed, "updated_at": on},
    )
    return True


def read_draft(*, by: Actor) -> dict[str, str]:
    """What this clerk had typed; empty when there is nothing or its key is gone."""
    if by.district_id is None or by.account_id is None:
        return {}
    found = TelephoneDraft.objects.filter(district_id=by.district_id, account_id=by.account_id).first()
    if found is None:
        return {}
    try:
        text = open_sealed(bytes(found.sealed), bound_to=_binding(by.district_id, by.account_id))
    except SealBroken:
        return {}
    values: dict[str, str] = json.loads(text)
    return values


def forget_draft(*, by: Actor) -> None:
    """The call is over."""
    if by.district_id is not None and by.account_id is not None:
        TelephoneDraft.objects.filter(district_id=by.district_id, account_id=by.account_id).delete()
