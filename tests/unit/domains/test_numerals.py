"""A comma that could mean ten times as much or as little is no number."""

from decimal import Decimal

import pytest

from chengzhi.domains.kinds import Field, UnreadableError, read_value
from chengzhi.domains.numerals import read_decimal


@pytest.mark.parametrize(
    ("written", "number"),
    [("12,500", "12500"), ("1,234,567.5", "1234567.5"), ("-3", "-3"), ("１２", "12"), (4.25, "4.25"), ("12，500", "12500"),
     ("0,5", None), ("1,23", None), ("12,5000", None), ("1.234,5", None), ("", None), ("nan", None), ("inf", None),
     (True, None), ("一", None)],
)  # fmt: skip
def test_thousands_are_grouped_and_nothing_is_guessed(written: object, number: str | None) -> None:
    assert read_decimal(written) == (Decimal(number) if number else None)


def test_a_fact_with_a_doubtful_comma_is_refused() -> None:
    area = Field("area", "面积", "Area", "number", "m2", least=0, most=100_000)
    assert read_value(area, "12,500") == 12500
    with pytest.raises(UnreadableError):
        read_value(area, "0,5")
