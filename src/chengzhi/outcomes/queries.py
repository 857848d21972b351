"""How a district evaluates on a day, and how that came about."""

from datetime import date
from typing import Any

from chengzhi.outcomes.models import EvaluationSetting
from chengzhi.outcomes.scheme import CHECKS, Scheme, scheme
from chengzhi.places.models import District


def chosen_at(district_id: int, day: date) -> dict[str, Any]:
    """The district's own decisions in force on a day."""
    rows = EvaluationSetting.objects.filter(district_id=district_id, valid_from__lte=day)
    found: dict[str, Any] = {}
    for row in rows.order_by("valid_from", "id"):
        found[row.key] = row.value
    return {key: value for key, value in found.items() if value is not None and key in CHECKS}


def scheme_of(district: District, day: date) -> Scheme:
    """How a district evaluates a period that ends on `day`."""
    return scheme(chosen_at(district.pk, day), day)


def history(district_id: int, limit: int = 200) -> list[EvaluationSetting]:
    """Every decision of a district, the latest first."""
    return list(EvaluationSetting.objects.filter(district_id=district_id).order_by("-id")[:limit])
