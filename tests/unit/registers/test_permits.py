"""Permits: given, renewed once each, ended early; the calendar's day follows them."""

from datetime import date, timedelta

import pytest

from chengzhi.lifecycle.problems import NeedsNotMet
from chengzhi.registers import actions, queries
from chengzhi.registers.models import Permit, RegisteredObject
from chengzhi.registers.policies import OPEN_ENDED
from chengzhi.registers.problems import AlreadyRenewed, BadPermitDates, NeedsNoPermit, PermitEnded

from ..cases.town import FRIDAY
from .things import party, thing

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign(town):
    return thing(town, "sign", party_id=party(town, "advertiser").pk)


def until(row):
    return RegisteredObject.objects.values_list("permit_until", flat=True).get(pk=row.pk)


def grant(town, row, start, end, **more):
    actions.grant_permit(row.pk, starts_on=start, ends_on=end, by=town.shift_leader, on=FRIDAY, **more)
    return Permit.objects.filter(object=row).order_by("-pk").first()


def test_an_expired_permit_is_renewed_once_and_its_renewal_again(town, sign):
    old = grant(town, sign, date(2024, 1, 1), date(2025, 12, 31), number="许2024-1")
    assert until(sign) == date(2025, 12, 31)
    actions.renew_permit(old.pk, ends_on=date(2027, 12, 31), by=town.shift_leader, on=FRIDAY)
    new = Permit.objects.get(renews=old)
    assert (new.starts_on, new.number, new.party_id) == (date(2026, 4, 3), "许2024-1", sign.party_id)
    assert until(sign) == date(2027, 12, 31)
    with pytest.raises(AlreadyRenewed):
        actions.renew_permit(old.pk, ends_on=date(2028, 12, 31), by=town.shift_leader, on=FRIDAY)
    with pytest.raises(NeedsNotMet):  # nor by the step itself
        actions.advance_object(
            sign.pk, "renew_permit", by=town.shift_leader, on=FRIDAY, permit=old.pk, ends_on=date(2028, 1, 1)
        )
    assert Permit.objects.count() == 2
    actions.renew_permit(new.pk, ends_on=date(2029, 12, 31), by=town.shift_leader, on=FRIDAY)
    last = Permit.objects.get(renews=new)
    assert last.starts_on == date(2028, 1, 1)
    assert [one.pk for one in queries.permits_of(sign.pk)] == [last.pk, new.pk, old.pk]


def test_impossible_days_are_refused(town, sign):
    with pytest.raises(BadPermitDates):
        grant(town, sign, date(2026, 5, 1), date(2026, 4, 1))
    old = grant(town, sign, date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(BadPermitDates):
        actions.renew_permit(old.pk, ends_on=date(2026, 12, 31), by=town.shift_leader, on=FRIDAY)
    with pytest.raises(NeedsNotMet):
        grant(town, sign, date(2026, 1, 1), None, file_id=999)
    with pytest.raises(NeedsNotMet):
        grant(town, sign, date(2026, 1, 1), None, party_id=party(town, "shop").pk)
    with pytest.raises(NeedsNoPermit):
        grant(town, thing(town, "bin"), date(2026, 1, 1), None)
    assert until(sign) == date(2026, 12, 31)


def test_ending_one_leaves_the_last_day_of_the_others(town, sign):
    short, open_ended = grant(town, sign, date(2026, 1, 1), date(2026, 9, 30)), grant(town, sign, date(2026, 2, 1), None)  # fmt: skip
    assert until(sign) == OPEN_ENDED
    done = actions.end_permit(open_ended.pk, reason="撤回", by=town.shift_leader, on=FRIDAY)
    assert until(sign) == date(2026, 9, 30)
    with pytest.raises(PermitEnded):
        actions.end_permit(open_ended.pk, reason="再撤", by=town.shift_leader, on=FRIDAY)
    with pytest.raises(PermitEnded):
        actions.renew_permit(open_ended.pk, ends_on=date(2030, 1, 1), by=town.shift_leader, on=FRIDAY)
    actions.undo_step(sign.pk, done.event_id, by=town.shift_leader, on=FRIDAY + timedelta(minutes=5))
    assert until(sign) == OPEN_ENDED
    actions.end_permit(short.pk, reason="撤回", by=town.shift_leader, on=FRIDAY)
    assert until(sign) == OPEN_ENDED


def test_a_grant_taken_back_leaves_nothing(town, sign):
    done = actions.grant_permit(sign.pk, starts_on=date(2026, 1, 1), by=town.shift_leader, on=FRIDAY)
    actions.undo_step(sign.pk, done.event_id, by=town.shift_leader, on=FRIDAY)
    assert (Permit.objects.count(), until(sign)) == (0, None)
