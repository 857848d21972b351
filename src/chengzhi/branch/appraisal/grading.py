"""Grades, cap and display limit of a round, frozen from data when it is planned."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from chengzhi.branch.organisation.models import PracticeRule
from chengzhi.branch.organisation.rules import in_force

ABSTAIN = "abstain"
SELF = "self"


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Any]:
    """The declarations of `grades.yaml`."""
    text = files("chengzhi.branch.appraisal").joinpath("grades.yaml").read_text("utf-8")
    said: Mapping[str, Any] = yaml.safe_load(text)
    return said


def rules_for(district_id: int, pack: str, day: date) -> dict[str, Any]:
    """What a round planned today follows: the shipped data, the district's rules of practice over it."""
    rules = {key: _plain(value) for key, value in shipped().items()}
    keys = [rules["cap"]["rule"], rules["exempt"]["rule"]]
    rows = PracticeRule.objects.filter(in_force(day), district_id=district_id, pack=pack, key__in=keys)
    for row in rows.order_by("valid_from"):
        name = "cap" if row.key == rules["cap"]["rule"] else "exempt"
        rules[name] |= _known(row, name) | {"status": row.status, "source": row.source or row.text_version}
    return rules


def _known(row: PracticeRule, name: str) -> dict[str, Any]:
    if name == "exempt":
        return {"reasons": list(row.exemptions)}
    return {key: row.parameters[key] for key in ("over", "under", "rounding") if key in row.parameters}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def grade_keys(rules: Mapping[str, Any]) -> tuple[str, ...]:
    """The grades of a round in the order of the printed ballot."""
    return tuple(one["key"] for one in rules["grades"])


def grade_words(rules: Mapping[str, Any], key: str, language: str) -> str:
    """A grade's name in Chinese for `zh…`, else in English."""
    if key == ABSTAIN:
        return "弃权" if language.startswith("zh") else "Abstention"
    found = next((one for one in rules["grades"] if one["key"] == key), None)
    return str(found["name" if language.startswith("zh") else "name_en"]) if found else key
