"""Every shipped rule is complete and was checked lately."""

from datetime import date

import pytest

from chengzhi.law.rules import RULES

WRITTEN = date(2026, 11, 23)
# Move this forward with each release, never back: a rule unchecked for a year is to be read again.
CHECKED_SINCE = date(2025, 11, 23)


@pytest.mark.parametrize("path", sorted(RULES))
def test_rule_file(path):
    rule = RULES[path]
    days = [value.first_day for value in rule.values]
    assert days == sorted(set(days))
    for value in rule.values:
        assert value.article
        assert value.unit
        assert value.checked_on >= CHECKED_SINCE


def test_weights_add_to_one():
    weights = [path for path in RULES if path.endswith("_weights")]
    assert len(weights) >= 8
    for path in weights:
        value = RULES[path].at(WRITTEN)
        chosen = value.choice() if "choices" in value.value else value.value
        assert sum(chosen.values()) == pytest.approx(1.0), path


def test_point_bands_ascend_from_nothing():
    area = RULES["evaluation/area_filed_points"].at(WRITTEN).value
    bands = [*area.values(), RULES["evaluation/department_filed_points"].at(WRITTEN).value]
    bands.append(RULES["evaluation/post_count_points"].at(WRITTEN).value)
    for band in bands:
        starts = [step["from"] for step in band]
        assert starts == sorted(set(starts))
        assert starts[0] == 0
