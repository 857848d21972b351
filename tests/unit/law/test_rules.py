"""Rules are dated and sourced; a file without that is refused."""

from datetime import date

import pytest

from chengzhi.law.rules import RULES, BadRule, NotYetInForce, UnknownRule, parse

GOOD = """
title: 期限
title_en: A limit
unit: days
source: a law
status: seen
checked_on: 2026-11-23
values:
  2020-01-01: {value: 5, article: art. 1}
  2024-01-01: {value: 7, article: art. 2}
"""


def test_the_value_in_force_on_a_day():
    rule = parse("x/y", GOOD)
    assert rule.at(date(2023, 12, 31)).value == 5
    assert rule.at(date(2024, 1, 1)).article == "art. 2"


def test_a_day_before_the_first_value_names_the_file():
    with pytest.raises(NotYetInForce, match=r"x/y\.yaml"):
        parse("x/y", GOOD).at(date(2019, 12, 31))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("unit: days\n", ""),
        ("checked_on: 2026-11-23\n", ""),
        (", article: art. 1", ""),
        ("status: seen", "status: certain"),
        ("2024-01-01:", "2019-01-01:"),
        ("value: 5, ", ""),
    ],
)
def test_a_file_that_lacks_something_is_refused(old, new):
    assert old in GOOD
    with pytest.raises(BadRule, match=r"x/y\.yaml"):
        parse("x/y", GOOD.replace(old, new))


def test_an_unknown_rule_is_refused():
    with pytest.raises(UnknownRule):
        RULES["cases/nothing"]
    assert "cases/nothing" not in RULES


def test_named_choices_of_a_disputed_value():
    value = RULES["evaluation/area_weights"].at(date(2026, 1, 1))
    assert sum(value.choice().values()) == pytest.approx(1.0)
    assert sum(value.choice("printed_10").values()) == pytest.approx(0.7)
    with pytest.raises(UnknownRule, match="printed_99"):
        value.choice("printed_99")
