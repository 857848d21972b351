"""Change how a district evaluates; every change is dated and stays on record."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from chengzhi.ledger import actions as ledger
from chengzhi.outcomes.models import EvaluationSetting
from chengzhi.outcomes.scheme import check
from chengzhi.people.actor import Actor
from chengzhi.places.models import District


def decide(
    *, district: District, key: str, value: Any, valid_from: date, reason: str, by: Actor, on: datetime
) -> EvaluationSetting:
    """Set one key from a day on; None goes back to the rules. Raises BadSetting."""
    check(key, value)
    with transaction.atomic():
        row = EvaluationSetting.objects.create(
            district=district, key=key, value=value, valid_from=valid_from,
            reason=reason[:200], changed_by=by.account_id, changed_at=on,
        )  # fmt: skip
        ledger.record(
            district_id=district.pk, thing="evaluation_setting", thing_id=row.pk, step="decide",
            by=by, on=on, rule=key, facts={"value": value, "from": str(valid_from), "reason": reason[:200]},
        )  # fmt: skip
    return row
