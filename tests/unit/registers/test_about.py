"""Cases and the objects they are about."""

import pytest

from chengzhi.cases import about
from chengzhi.ledger.queries import history
from chengzhi.people.rules import NotAllowed
from chengzhi.registers import actions
from chengzhi.registers.problems import NoSuchObject

from ..cases.town import FRIDAY, build, case_in
from .things import thing

pytestmark = pytest.mark.django_db


def test_a_case_is_linked_once_and_found_from_both_sides(town):
    row, case = thing(town, "bin"), case_in(town, "handling")
    assert about.link(case.pk, row.pk, by=town.handler, on=FRIDAY)
    assert not about.link(case.pk, row.pk, by=town.handler, on=FRIDAY)
    assert [one.pk for one in about.cases_of(row.pk)] == [case.pk]
    assert [one.pk for one in about.objects_of(case.pk)] == [row.pk]
    assert [entry.step for entry in history("object", row.pk)] == ["register", "link_case"]
    assert about.unlink(case.pk, row.pk, by=town.handler, on=FRIDAY)
    assert not about.unlink(case.pk, row.pk, by=town.handler, on=FRIDAY)
    assert about.cases_of(row.pk) == []


def test_the_cases_of_a_merged_double_are_those_of_the_kept_one(town):
    keep, double = thing(town, "bin"), thing(town, "bin")
    old, new = case_in(town, "closed"), case_in(town, "handling")
    about.link(old.pk, double.pk, by=town.handler, on=FRIDAY)
    about.link(new.pk, keep.pk, by=town.handler, on=FRIDAY)
    actions.merge(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY)
    assert {one.pk for one in about.cases_of(keep.pk)} == {old.pk, new.pk}
    assert [one.pk for one in about.cases_of(keep.pk, open_only=True)] == [new.pk]


def test_nobody_links_across_districts_or_without_the_right(town):
    row, case = thing(town, "bin"), case_in(town, "handling")
    other = build("second")
    with pytest.raises(NoSuchObject):
        about.link(case_in(other, "handling").pk, row.pk, by=other.handler, on=FRIDAY)
    with pytest.raises(NotAllowed):
        about.link(case.pk, row.pk, by=town.administrator, on=FRIDAY)
