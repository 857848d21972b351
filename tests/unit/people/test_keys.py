"""Staff keys: of a unit where the role needs one, with the day of the last use, ended at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor
from chengzhi.people.keys import (
    BadKeyRequest,
    KeyRefused,
    caller_of,
    create_key,
    forget_callers,
    revoke_key,
)
from chengzhi.people.models import ApiKey
from tests.people_builders import NOON, district, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db):
    forget_callers()
    return district()


def make(here, role="handler", **more):
    facts = {"name": "考核平台", "scopes": ("cases:read",), "by": Actor.system(), "on": NOON, **more}
    return create_key(district=here, role=role, **facts)


def test_a_handlers_key_works_in_its_unit_and_those_below(here):
    office = unit(here, "01")
    squad, other = unit(here, "011", office), unit(here, "02")
    _row, key = make(here, unit=office)
    actor = caller_of(f"Bearer {key}", on=NOON).actor
    assert actor.unit_ids == {office.pk, squad.pk}
    assert other.pk not in actor.unit_ids
    assert ("case.handle" in actor.permissions, actor.district_wide) == (True, frozenset())


def test_a_role_of_its_own_unit_is_refused_without_one_and_others_need_none(here):
    with pytest.raises(BadKeyRequest):
        make(here)
    stranger = unit(district("there"), "01")
    with pytest.raises(BadKeyRequest):
        make(here, unit=stranger)
    assert not ApiKey.objects.exists()
    _row, key = make(here, "dispatcher")
    assert "case.dispatch" in caller_of(f"Bearer {key}", on=NOON).actor.district_wide


def test_the_day_of_the_last_use_is_noted_once_a_day_on_the_districts_wall(here):
    row, key = make(here, "dispatcher")
    late = NOON.replace(hour=17)  # Saturday 01:00 in the district
    for on, day in ((NOON, "2026-04-03"), (late, "2026-04-04")):
        forget_callers()
        caller_of(f"Bearer {key}", on=on)
        row.refresh_from_db()
        assert str(row.last_used_on) == day
    forget_callers()
    with CaptureQueriesContext(connection) as asked:
        caller_of(f"Bearer {key}", on=late)
    assert len(asked) == 1


def test_an_ended_key_is_refused_at_once_and_both_acts_are_in_the_ledger(here):
    row, key = make(here, "dispatcher", valid_to=NOON + timedelta(days=1))
    caller_of(f"Bearer {key}", on=NOON)
    revoke_key(row, by=Actor.system(), on=NOON)
    revoke_key(row, by=Actor.system(), on=NOON)
    with pytest.raises(KeyRefused):
        caller_of(f"Bearer {key}", on=NOON)
    entries = Entry.objects.filter(thing="api_key", thing_id=row.pk).order_by("id")
    assert [entry.step for entry in entries] == ["key_made", "key_revoked"]
    assert entries[0].facts["role"] == "dispatcher"
    assert key not in str([entry.facts for entry in entries])
