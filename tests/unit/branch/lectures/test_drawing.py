"""The draw of cases can be done again by anybody with the seed, and tells nothing about a person."""

import hashlib
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from chengzhi.branch.lectures import agenda
from chengzhi.branch.lectures.drawing import CASES, SQUARE_BITS, Drawn, draw, middle, population, squares
from chengzhi.branch.lectures.figures import quarter_of
from chengzhi.branch.lectures.models import Lecture
from chengzhi.cases.models import CaseType
from chengzhi.cases.tiles import tile_of
from chengzhi.people.actor import Actor
from tests.unit.branch.house import House, house
from tests.unit.branch.lectures.talks import DAY, planned
from tests.unit.cases.town import case_in

pytestmark = pytest.mark.django_db
FEBRUARY = datetime(2026, 2, 10, 4, tzinfo=UTC)


@pytest.fixture
def home() -> House:
    return house()


def test_the_lot_is_the_hash_of_seed_and_number(home: House) -> None:
    lecture = planned(home)
    numbers = [
        case_in(home.town, "closed", on=FEBRUARY, text="张三 13800138000 和平路12号").number for _ in range(9)
    ]
    for other in (datetime(2025, 12, 31, 15, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC)):
        case_in(
            home.town, "closed", on=other
        )  # the day before and after the quarter, by the wall of the district
    for state in ("void", "merged", "not_accepted"):
        case_in(home.town, state, on=FEBRUARY)
    case_in(home.town, "closed", on=FEBRUARY, domain="stalls")
    hidden = CaseType.objects.create(
        district=home.town.district,
        code_set="local:x",
        code="9",
        name="内部",
        domain="appearance",
        public=False,
    )
    case_in(home.town, "closed", on=FEBRUARY, type=hidden)
    lots = sorted(numbers, key=lambda one: hashlib.sha256(f"{lecture.seed}:{one}".encode()).digest())
    period = quarter_of(lecture, DAY)
    assert population(lecture, period).count() == 9
    found = draw(lecture, period, by=Actor.system())
    assert [one.number for one in found] == lots[:CASES]
    assert not any("张三" in str(one) or "138" in str(one) or "12号" in str(one) for one in found)
    assert {field.name for field in fields(Drawn)} == {
        "number", "type", "type_en", "month", "area", "street", "state", "hours", "in_time", "returns", "reworks",
    }  # fmt: skip


def test_the_number_is_told_to_who_may_open_the_case_alone(home: House) -> None:
    lecture, period = planned(home), quarter_of(planned(home), DAY)
    own = case_in(home.town, "closed", on=FEBRUARY, unit=home.town.squad)
    other = case_in(home.town, "closed", on=FEBRUARY, unit=home.town.sanitation)
    told = {one.number for one in draw(lecture, period, by=home.actor("甲"))}
    assert told == {own.number, ""}
    assert {one.number for one in draw(lecture, period, by=None)} == {""}, "nothing on paper"
    assert {one.number for one in draw(lecture, period, by=home.town.head)} == {own.number, other.number}


def test_the_map_has_squares_and_no_case_of_its_own(home: House) -> None:
    lecture, period = planned(home), quarter_of(planned(home), DAY)
    tile = tile_of(109.35, 24.35, SQUARE_BITS)
    lon, lat = middle(tile, SQUARE_BITS)
    assert tile_of(lon, lat, SQUARE_BITS) == tile
    assert (lon, lat) != (109.35, 24.35)
    from chengzhi.places.zorder import zkey

    for place in ((109.35, 24.35), (109.35, 24.35), (109.39, 24.39)):
        case_in(home.town, "closed", on=FEBRUARY, lon=place[0], lat=place[1], zkey=zkey(*place))
    case_in(home.town, "closed", on=FEBRUARY)  # without a place
    found = squares(lecture, period)
    assert sorted(one.count for one in found) == [1, 2]
    assert (lon, lat, 2) in [(one.lon, one.lat, one.count) for one in found]


def test_each_form_has_its_agenda_in_both_languages() -> None:
    assert sum(one.minutes for one in agenda.agenda(Lecture.Form.TEN_MINUTES, "zh")) == 10
    for form in Lecture.Form.values:
        chinese, english = agenda.agenda(form, "zh-hans"), agenda.agenda(form, "en")
        assert [one.minutes for one in chinese] == [one.minutes for one in english]
        assert all(
            one.words and other.words != one.words for one, other in zip(chinese, english, strict=True)
        )
    assert len(agenda.questions("zh")) == len(agenda.questions("en")) > 1
