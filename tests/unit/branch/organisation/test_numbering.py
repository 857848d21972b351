"""Running numbers: the year begins anew, one taken meanwhile is passed over, other faults are told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from chengzhi.branch.lectures.models import Lecture
from chengzhi.branch.organisation import numbering
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 3)


@pytest.fixture
def home() -> House:
    return house()


def lecture(home: House, **more: object) -> Lecture:
    values = {"state": "planned", "form": "ten_minutes", "theme": "x", "aim": "y", "domain": "barbecue", "seed": "ab",
              "planned_for": DAY, "made_at": FRIDAY, "updated_at": FRIDAY, **more}  # fmt: skip
    return Lecture(district=home.town.district, body=home.first, **values)


def numbered(home: House, day: date) -> str:
    made = lecture(home)
    numbering.save_numbered(made, "DK", day)
    return made.number


def test_numbers_run_on_and_begin_anew_with_the_year(home: House) -> None:
    days = [DAY, DAY + timedelta(days=200), DAY + timedelta(days=300)]
    assert [numbered(home, day) for day in days] == ["DK2026-00001", "DK2026-00002", "DK2027-00001"]


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_moment_get_a_number_each(home: House) -> None:
    def five(_n: int) -> list[str]:
        try:
            return [numbered(home, DAY) for _again in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [one for some in pool.map(five, range(4)) for one in some]
    assert sorted(found) == [f"DK2026-{n:05d}" for n in range(1, 21)]


def test_another_fault_is_no_taken_number(home: House) -> None:
    with pytest.raises(IntegrityError):
        numbering.save_numbered(lecture(home, form="on_site"), "DK", DAY)  # its spot is missing
