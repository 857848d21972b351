"""Hours of study: met, not met, exempt; entered once, by oneself or by the secretary, and never summed up."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi.branch.lectures import study
from chengzhi.branch.lectures.models import StudyLine
from chengzhi.branch.lectures.problems import BadHours, NotNow, NotYourLine
from chengzhi.branch.organisation.models import Exemption, Member
from chengzhi.ledger.models import Entry
from tests.unit.branch.house import House, house
from tests.unit.branch.lectures.talks import DAY, held, planned, rules_of_hours
from tests.unit.cases.town import FRIDAY, LONG_AGO

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> House:
    made = house()
    rules_of_hours(made)
    return made


def line(
    home: House, who: str, hours: float, title: str = "网络培训班", by: str = "", on: date = DAY
) -> StudyLine:
    return study.enter(
        home.members[who],
        title=title,
        course_on=on,
        amount=Decimal(str(hours)),
        by=home.actor(by or who),
        on=FRIDAY,
    )


def said(home: House, who: str) -> dict[str, bool | None]:
    standings, _shares = study.of_body(home.first, DAY)
    found = next(one for one in standings if one.member == home.members[who])
    return {one.rule.key: one.holds for one in found.verdicts}


def test_the_rules_are_those_of_the_texts(home: House) -> None:
    rules = {one.key: one for one in study.rules_of_study(home.town.district.pk, "party", DAY)}
    assert {key: (one.parameters["least"], one.status) for key, one in rules.items()} == {
        "B-24": (32, "seen"), "S-01": (90, "seen"), "S-02": (550, "seen"),
    }  # fmt: skip
    assert study.span(rules["S-02"], DAY) == (date(2022, 1, 1), date(2026, 12, 31))
    assert study.span(rules["B-24"], DAY) == (date(2026, 1, 1), date(2026, 12, 31))


def test_met_at_the_number_itself_and_only_by_this_year(home: House) -> None:
    line(home, "甲", 31.5)
    assert said(home, "甲") == {"B-24": False}
    line(home, "甲", 20, on=date(2025, 12, 31), title="去年")
    assert said(home, "甲") == {"B-24": False}
    line(home, "甲", 0.5, title="讲座")
    assert said(home, "甲") == {"B-24": True}
    assert said(home, "乙") == {"B-24": False}


def test_staff_rules_ask_their_category_alone(home: House) -> None:
    Member.objects.filter(pk=home.members["乙"].pk).update(staff_category="section_level")
    Member.objects.filter(pk=home.members["丙"].pk).update(staff_category="county_level")
    line(home, "乙", 90)
    line(home, "丙", 300, on=date(2023, 5, 1))
    line(home, "丙", 250)
    assert said(home, "乙") == {"B-24": True, "S-01": True}
    assert said(home, "丙") == {"B-24": True, "S-02": True}


def test_the_exempt_are_in_no_denominator(home: House) -> None:
    Exemption.objects.create(member=home.members["丁"], reason="ill", valid_from=LONG_AGO)
    Exemption.objects.create(member=home.members["戊"], reason="away", valid_from=LONG_AGO)
    line(home, "甲", 32)
    assert said(home, "丁") == {"B-24": None}
    assert said(home, "戊") == {"B-24": False}, "the rule knows no such exemption"
    share = study.of_body(home.first, DAY)[1][0]
    assert (share.asked, share.met, share.exempt) == (8, 1, 1)  # nine members, one of them exempt


def test_by_name_and_never_with_a_sum(home: House) -> None:
    line(home, "戊", 50)
    standings, _shares = study.of_body(home.first, DAY)
    assert [one.member.name for one in standings] == sorted(one.member.name for one in standings)
    assert {field.name for field in fields(study.Standing)} == {"member", "verdicts"}
    assert not any("50" in str(one.says) for standing in standings for one in standing.verdicts)
    with CaptureQueriesContext(
        connection,
    ) as few:
        study.of_body(home.first, DAY)
    assert len(few) <= 6, "no question a person"


def test_oneself_or_the_secretary_enters_and_takes_out(home: House) -> None:
    own = line(home, "甲", 8)
    for other in ("乙", "委员", "庚"):
        with pytest.raises(NotYourLine):
            line(home, "甲", 8, title="别的", by=other)
        with pytest.raises(NotYourLine):
            study.take_out(own.pk, by=home.actor(other), on=FRIDAY)
    given = line(home, "甲", 4, title="书记代录", by="书记")
    assert list(study.entered_by(home.actor("书记"))) == [given]
    assert list(study.own_lines(home.actor("甲"))) == [given, own]
    assert not study.own_lines(home.actor("乙")).exists()
    study.take_out(given.pk, by=home.actor("甲"), on=FRIDAY)
    study.take_out(own.pk, by=home.actor("甲"), on=FRIDAY)
    facts = [one.facts for one in Entry.objects.filter(thing="study_line")]
    assert facts == [{"member": home.members["甲"].pk}] * 4, "neither hours nor names of courses"


def test_slips_of_the_pen_are_refused(home: House) -> None:
    line(home, "甲", 8)
    for wrong in ({"hours": 8}, {"hours": 0, "title": "a"}, {"hours": 1001, "title": "a"},
                  {"hours": 1, "title": " "}, {"hours": 1, "on": date(2026, 4, 4)}):  # fmt: skip
        with pytest.raises(BadHours):
            line(home, "甲", **wrong)
    assert StudyLine.objects.count() == 1


def test_a_held_lecture_counts_once(home: House) -> None:
    with pytest.raises(NotNow):
        study.credit(planned(home).number, [home.members["甲"]], by=home.actor("甲"), on=FRIDAY)
    number = held(home).number
    everyone = [home.members["甲"], home.members["乙"]]
    with pytest.raises(NotYourLine):
        study.credit(number, everyone, by=home.actor("甲"), on=FRIDAY)
    with pytest.raises(NotYourLine):
        study.credit(number, [home.members["庚"]], by=home.actor("书记"), on=FRIDAY)
    assert study.credit(number, everyone[:1], by=home.actor("甲"), on=FRIDAY) == 1
    assert study.credit(number, everyone, by=home.actor("书记"), on=FRIDAY) == 1
    assert [one.hours for one in StudyLine.objects.all()] == [2, 2]
    with pytest.raises(NotNow):
        study.credit(held(home, hours=0).number, everyone[:1], by=home.actor("甲"), on=FRIDAY)
