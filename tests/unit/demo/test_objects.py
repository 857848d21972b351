"""The invented registers: every kind, every fact readable, placed in the district, written once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chengzhi.demo import objects
from chengzhi.domains.kinds import read_value
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import District
from chengzhi.registers.courses import course_of
from chengzhi.registers.kinds import kind, kinds
from chengzhi.registers.models import Permit, RegisteredObject

NOW = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)
SAMPLE = Path(__file__).parents[3] / "packs" / "sample"


@pytest.fixture
def sample(db: None) -> District:
    load_pack(SAMPLE, by=Actor.system(), on=NOW, demo=True)
    return District.objects.get(slug="sample")


def test_every_kind_is_stated_and_about_twelve_thousand_stand() -> None:
    assert set(objects.said()["kinds"]) == set(kinds())
    assert 11_000 < objects.total() < 13_000


SMALL = sorted(key for key, one in objects.said()["kinds"].items() if one["count"] < 700)


def test_objects_are_such_as_the_register_itself_would_take(sample: District) -> None:
    for key in SMALL:
        assert objects.fill(sample, key, now=NOW) == objects.said()["kinds"][key]["count"]
        assert objects.fill(sample, key, now=NOW) == 0
        what, course = kind(key), course_of(kind(key))
        rows = list(RegisteredObject.objects.filter(district=sample, kind=key))
        for row in rows:
            for name, value in row.facts.items():
                field = what.field(name)
                assert field is not None
                assert read_value(field, value) == value, (key, name, value)
            needed = {field.key for field in what.fields if field.required}
            assert needed <= set(row.facts), (key, needed - set(row.facts))
            assert row.live == (row.state in course.live)
            assert "outside_district" not in row.flags
        assert sum(row.cell_id is not None for row in rows) > 0.97 * len(rows)
        assert len({row.number for row in rows}) == len(rows)
        assert Entry.objects.filter(thing="object", step="imported").count() >= len(rows)


def test_permits_end_when_the_calendar_says(sample: District) -> None:
    objects.fill(sample, "sign", now=NOW)
    permits = Permit.objects.select_related("object")
    assert permits.count() > 350
    assert all(permit.ends_on == permit.object.permit_until for permit in permits)
    overdue = [permit for permit in permits if permit.ends_on and permit.ends_on < NOW.date()]
    assert 10 < len(overdue) < 80
