"""The cases around a case, as far and as many as the district has chosen."""

from datetime import timedelta

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.web.desk_case.nearby import nearby
from tests.unit.cases.town import build, case_in


def test_how_far_the_cases_nearby_reach_is_the_districts_choice(db):
    town, now = build(), clock.now()
    case = case_in(town, "handling", on=now)
    old = case_in(town, "handling", on=now - timedelta(days=20))
    others = [case_in(town, "handling", on=now - timedelta(hours=n)) for n in range(1, 4)]

    def listed() -> set[str]:
        habits.forget()
        return {one.number for one in nearby(case, town.shift_leader, on=now)}

    assert listed() == {old.number, *(one.number for one in others)}
    town.district.settings["rules"] = {"nearby_days": [{"from": "2020-01-01", "value": 10}]}
    town.district.save()
    assert listed() == {one.number for one in others}
    town.district.settings["rules"]["nearby_rows"] = [{"from": "2020-01-01", "value": 2}]
    town.district.save()
    assert len(listed()) == 2
