"""Writing what a district has settled for itself: one change, one ledger row, nothing else touched."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chengzhi.cases import habits
from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.places.models import District

Settings = Mapping[str, Any]


@transaction.atomic
def change_settings(
    *, district_id: int, change: Callable[[Settings], Settings], step: str, facts: Mapping[str, Any], by: Actor,
    on: datetime,
) -> None:  # fmt: skip
    """Apply `change` to the settings as they stand now, and record `facts`; other keys stay as they are."""
    district = District.objects.select_for_update().only("settings").get(pk=district_id)
    district.settings = dict(change(district.settings or {}))
    district.save(update_fields=["settings"])
    record(
        district_id=district_id, thing="district_settings", thing_id=district_id, step=step, by=by, on=on,
        facts=dict(facts),
    )  # fmt: skip
    transaction.on_commit(lambda: habits.forget(district_id))
