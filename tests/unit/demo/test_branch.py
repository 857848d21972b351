"""The branch part of the demo: entered once, through the real doors, on days of the simulated year."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chengzhi.branch.commitments.models import Commitment
from chengzhi.branch.lectures.models import Lecture
from chengzhi.branch.organisation.models import Member
from chengzhi.branch.organisation.queries import expected
from chengzhi.branch.rectification.models import Item
from chengzhi.demo import accounts, branch
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import District

NOW = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)
SAMPLE = Path(__file__).parents[3] / "packs" / "sample"


@pytest.fixture
def sample(db: None) -> District:
    load_pack(SAMPLE, by=Actor.system(), on=NOW - timedelta(days=400), demo=True)
    accounts.ensure(on=NOW)
    return District.objects.get(slug="sample")


def test_it_is_entered_once_and_every_state_is_one_of_the_life(sample: District) -> None:
    assert branch.simulate(sample, now=NOW)
    assert not branch.simulate(sample, now=NOW)
    assert list(Commitment.objects.order_by("start").values_list("state", flat=True)) == [
        "public", "public", "proposed",
    ]  # fmt: skip
    assert list(Item.objects.order_by("pk").values_list("state", flat=True)) == [
        "struck_off",
        "in_work",
        "found",
    ]
    assert Lecture.objects.get().state == "held"
    assert Entry.objects.filter(thing="commitment", happened_at__lt=NOW).count() >= 9


def test_a_branch_is_large_enough_for_a_secret_ballot(sample: District) -> None:
    branch.simulate(sample, now=NOW)
    body = Member.objects.get(name="演示党员丙").memberships.get().body
    assert len(expected(body.pk, NOW.date())) >= 6
    assert len(expected(body.pk, NOW.date(), exempt=["aged"])) == len(expected(body.pk, NOW.date())) - 1
