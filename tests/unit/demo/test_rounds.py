"""Rounds of the simulated year: drawn by the program's own lot, so that every draw can be proved."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chengzhi.demo import objects, rounds, year
from chengzhi.domains import DOMAINS
from chengzhi.inspections.models import Approval, Finding, Reading, Round, Visit
from chengzhi.inspections.rounds import redraw_check
from chengzhi.people.actor import Actor
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import District

NOW = datetime(2026, 10, 20, 2, 30, tzinfo=UTC)
SAMPLE = Path(__file__).parents[3] / "packs" / "sample"


@pytest.fixture
def sample(db: None) -> District:
    load_pack(SAMPLE, by=Actor.system(), on=NOW, demo=True)
    district = District.objects.get(slug="sample")
    for stated in rounds.said()["rounds"]:
        if "kind" in stated["frame"]:
            objects.fill(district, stated["frame"]["kind"], now=NOW)
    return district


def test_every_domain_is_inspected() -> None:
    known = {one.key: {each.key for each in one.checklists} for one in DOMAINS}
    stated = {one["checklist"] for one in rounds.said()["rounds"]}
    assert all(stated & lists for lists in known.values())


def test_a_month_is_drawn_worked_through_and_written_once(sample: District) -> None:
    september = year.months(sample, NOW)[-2]
    made = rounds.simulate(sample, september, now=NOW)
    assert made > 200
    assert rounds.simulate(sample, september, now=NOW) == 0
    found = list(Round.objects.filter(district=sample))
    assert {one.state for one in found} == {"closed"}
    assert all(redraw_check(one.pk).holds for one in found)
    visits = Visit.objects.filter(recheck_of=None)
    assert visits.count() == made
    assert 15 < Visit.objects.filter(recheck_of__isnull=False).count() < made // 3
    assert not [one for one in Visit.objects.exclude(recheck_of=None).select_related("recheck_of")
                if one.account_id == one.recheck_of.account_id]  # type: ignore[union-attr]  # fmt: skip
    _values(sample)


def _values(sample: District) -> None:
    grams = [float(one.value) for one in Reading.objects.filter(measurement="dust", visit__recheck_of=None)]
    assert len(grams) > 30
    assert 2.5 < sum(grams) / len(grams) < 6
    assert Reading.objects.filter(measurement="dust", instrument=None).count() == 0
    answers = Counter(Finding.objects.values_list("answer", flat=True))
    assert 0.01 < answers["failed"] / (answers["ok"] + answers["failed"]) < 0.15
    business = Visit.objects.filter(object__kind="grill_shop", recheck_of=None)
    assert business.count() == Approval.objects.filter(object__kind="grill_shop").count() > 5


def test_the_running_month_is_still_at_work(sample: District) -> None:
    october = year.months(sample, NOW)[-1]
    rounds.simulate(sample, october, now=NOW)
    assert {one.state for one in Round.objects.filter(district=sample)} <= {"in_work", "closed", "drawn"}
    assert not Visit.objects.filter(visited_at__gt=NOW).exists()
