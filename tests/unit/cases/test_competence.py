"""权责清单: the most particular line counts; it drives routing; the officer sees whose act it is."""

from datetime import date
from typing import Any

import pytest

from chengzhi.cases import competence, routing
from chengzhi.cases.competence import BadCompetence, Line, Place
from chengzhi.cases.models import Authority, Competence
from chengzhi.ledger.queries import history
from chengzhi.people.rules import NotAllowed

from .town import FRIDAY, LONG_AGO, Town, case_in


@pytest.fixture
def police(town: Town) -> Authority:
    return Authority.objects.create(
        district=town.district, key="police", name="公安交管", name_en="Traffic police",
        receipt_amount=2, receipt_unit="working_days", answer_amount=10, answer_unit="working_days",
    )  # fmt: skip


def set_line(town: Town, **said: Any) -> Competence:
    line = Line(**({"act": "handle", "basis": "第一条"} | said))
    return competence.set_line(
        line, district_id=town.district.pk, valid_from=LONG_AGO, by=town.administrator, on=FRIDAY
    )


def who(town: Town, area_id: int | None = None) -> Any:
    found = competence.competent(
        district_id=town.district.pk, type_id=town.litter.pk, domain="appearance", act="handle",
        place=Place(area_id), on=FRIDAY,
    )  # fmt: skip
    return found and (found.unit or found.authority)


def test_the_most_particular_line_counts(town: Town, police: Authority) -> None:
    assert who(town) is None
    set_line(town, domain="appearance", unit_id=town.sanitation.pk)
    assert who(town) == town.sanitation
    set_line(town, type_id=town.litter.pk, area_id=town.area.pk, authority_id=police.pk)
    assert who(town) == town.sanitation
    assert who(town, town.area.pk) == police


def test_a_line_counts_until_the_day_before_the_next(town: Town) -> None:
    old = set_line(town, domain="appearance", unit_id=town.sanitation.pk)
    line = Line(act="handle", basis="第二条", domain="appearance", unit_id=town.squad.pk)
    competence.set_line(
        line, district_id=town.district.pk, valid_from=date(2026, 4, 4), replaces=old.pk,
        by=town.administrator, on=FRIDAY,
    )  # fmt: skip
    old.refresh_from_db()
    assert old.valid_to == date(2026, 4, 3)
    assert who(town) == town.sanitation
    assert [entry.step for entry in history("competence", old.pk)] == ["competence_set", "competence_ended"]


def test_the_list_drives_routing_after_the_rules(town: Town, police: Authority) -> None:
    asked: dict[str, Any] = {"district_id": town.district.pk, "type_id": town.litter.pk, "area_id": town.area.pk,
                             "domain": "appearance", "on": FRIDAY}  # fmt: skip
    set_line(town, domain="appearance", unit_id=town.sanitation.pk, basis="三定方案")
    said = routing.propose_unit(**asked)
    assert said is not None
    assert said.unit_id == town.sanitation.pk
    assert "三定方案" in said.why
    assert routing.propose_authority(**asked) is None
    case = case_in(town, "pending_dispatch")
    assert routing.units_by_rules([], [case], town.district.pk, FRIDAY.date()) == {case.pk: said.unit_id}
    set_line(town, type_id=town.litter.pk, authority_id=police.pk)
    assert routing.propose_unit(**asked) is None
    assert routing.propose_authority(**asked).authority == police  # type: ignore[union-attr]


def test_the_card_says_whose_act_it_is(town: Town, police: Authority) -> None:
    set_line(town, act="inspect", domain="five_vehicles", unit_id=town.squad.pk)
    set_line(town, act="seize", domain="five_vehicles", authority_id=police.pk)
    (section,) = competence.card(town.handler, place=Place(), on=FRIDAY, language="zh")
    assert section.name == "“五车”治理" or section.domain == "five_vehicles"
    assert [(one.act.key, one.ours, one.who) for one in section.entries] == [
        ("inspect", True, "启明中队"), ("seize", False, "公安交管"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [{}, {"act": "fly"}, {"basis": " "}, {"unit_id": 987654321}],
    ids=["nobody", "unknown act", "no basis", "another district's unit"],
)
def test_a_line_that_says_nothing_is_refused(town: Town, said: dict[str, Any]) -> None:
    if said and "unit_id" not in said:
        said = {**said, "unit_id": town.squad.pk}
    with pytest.raises(BadCompetence):
        set_line(town, **said)
    assert not Competence.objects.exists()


def test_only_who_may_changes_the_list(town: Town) -> None:
    line = Line(act="inspect", basis="x", unit_id=town.squad.pk)
    with pytest.raises(NotAllowed):
        competence.set_line(
            line, district_id=town.district.pk, valid_from=LONG_AGO, by=town.handler, on=FRIDAY
        )


def test_other_cases_are_not_touched(town: Town, police: Authority) -> None:
    case = case_in(town, "pending_dispatch")
    set_line(town, type_id=town.manhole.pk, authority_id=police.pk)
    said = routing.propose_authority(
        district_id=case.district_id,
        type_id=case.type_id,
        area_id=case.area_id,
        domain=case.domain,
        on=FRIDAY,
    )
    assert said is None
