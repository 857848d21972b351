"""The holding term of a seized vehicle: runs by law from its day, extended once, follows a correction."""

from datetime import date, timedelta

import pytest

from chengzhi.law.rules import RULES
from chengzhi.registers import queries
from chengzhi.registers.actions import correct, register, undo_step
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.permits import renew_permit
from chengzhi.registers.problems import AlreadyRenewed, TermTooLong

from ..cases.town import FRIDAY, Town
from .things import FACTS, thing
from .workbooks import load, xlsx

pytestmark = pytest.mark.django_db
HELD = date(2026, 4, 2)
TERM, MORE = (int(RULES[f"registers/{key}"].at(HELD).value) for key in ("held_days", "held_extension_days"))
LAST = HELD + timedelta(days=TERM)


def test_the_term_is_on_record_from_the_first_moment(town: Town) -> None:
    one = thing(town, "held_vehicle")
    permit = Permit.objects.get(object=one)
    assert (permit.starts_on, permit.ends_on, one.permit_until) == (HELD, LAST, LAST)
    assert [row.pk for row in queries.expiring(town.district.pk, LAST, since=LAST)] == [one.pk]


def test_it_is_extended_once_and_no_further_than_the_law_says(town: Town) -> None:
    permit = Permit.objects.get(object=thing(town, "held_vehicle"))
    most = LAST + timedelta(days=MORE)
    with pytest.raises(TermTooLong) as refused:
        renew_permit(permit.pk, ends_on=most + timedelta(days=1), by=town.shift_leader, on=FRIDAY)
    assert "行政强制法 25" in refused.value.why
    renew_permit(permit.pk, ends_on=most, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(AlreadyRenewed):
        renew_permit(permit.pk, ends_on=most, by=town.shift_leader, on=FRIDAY)
    again = Permit.objects.get(renews=permit)
    with pytest.raises(TermTooLong):
        renew_permit(again.pk, ends_on=most + timedelta(days=1), by=town.shift_leader, on=FRIDAY)


def test_a_corrected_day_moves_the_term_and_taking_it_back_moves_it_back(town: Town) -> None:
    one = thing(town, "held_vehicle")
    done = correct(
        one.pk, changes={"facts": {"held_on": "2026-04-01"}}, version=None, by=town.shift_leader, on=FRIDAY
    )
    one.refresh_from_db()
    assert Permit.objects.get(object=one).ends_on == one.permit_until == LAST - timedelta(days=1)
    undo_step(one.pk, done.event_id, by=town.shift_leader, on=FRIDAY)
    one.refresh_from_db()
    assert Permit.objects.get(object=one).ends_on == one.permit_until == LAST


def test_a_file_of_held_vehicles_gets_its_terms_and_a_sign_none(town: Town, tmp_path) -> None:  # type: ignore[no-untyped-def]
    head = ["名称", "车种", "暂扣单号", "暂扣日期", "暂扣机关", "依据条款"]
    row = ["三轮车一", "三轮车", "ZK-9", "2026-04-02", "城管", "示例条例 1"]
    load(town, xlsx(tmp_path / "held.xlsx", [head, row]), "held_vehicle")
    assert RegisteredObject.objects.get(kind="held_vehicle").permit_until == LAST
    sign = register(district_id=town.district.pk, kind="sign", name="牌", facts=FACTS["sign"], lon=109.35, lat=24.35,
                    by=town.shift_leader, on=FRIDAY)  # fmt: skip
    assert (sign.permit_until, Permit.objects.filter(object=sign).count()) == (None, 0)
