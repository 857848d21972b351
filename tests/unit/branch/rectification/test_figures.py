"""An item whose gap is a figure reads it from real cases, and comes back when the figure does."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from chengzhi import clock
from chengzhi.analytics.refresh import refresh
from chengzhi.branch.rectification import figure, nightly
from chengzhi.branch.rectification.actions import advance_item, find
from chengzhi.branch.rectification.figure import Figure
from chengzhi.branch.rectification.models import Item, Reading
from chengzhi.branch.rectification.problems import BadFigure
from chengzhi.cases.models import Case
from chengzhi.lifecycle.problems import NeedsNotMet
from tests.unit.branch.house import House, house
from tests.unit.branch.rectification.ledger import GAP, LATER, facts_for, item_in
from tests.unit.cases.town import FRIDAY, case_in

pytestmark = pytest.mark.django_db(transaction=True)
RATE = "area_on_time_closing_rate"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    (tmp_path / "keys").mkdir()
    return house()


def cases(home: House, count: int, late: int) -> None:
    """Cases due and closed days ago, as the clock of the snapshot sees it; `late` of them too late."""
    now = clock.now()
    for place in range(count):
        due = now - timedelta(days=5)
        ended = due + timedelta(days=1) if place < late else due - timedelta(hours=2)
        case_in(
            home.town, "closed", on=due - timedelta(days=3), due_at=due, handled_at=ended, closed_at=ended,
            check_due_at=None, close_due_at=None,
        )  # fmt: skip
    refresh(home.town.district, full=True)


def carried(home: House) -> Item:
    figure_of = Figure(RATE, 0.9, "at_least", 30, area_id=home.town.area.pk)
    return find(GAP, body=home.first, by=home.actor("丙"), on=FRIDAY, carries=figure_of)


def test_the_item_reads_its_figure_and_cannot_be_struck_off_outside_it(home: House) -> None:
    cases(home, 12, late=6)
    item = carried(home)
    first = Reading.objects.get(item=item)
    assert (first.above, first.below, first.value, first.within) == (6, 12, 0.5, False)
    for step, name in (("own", "甲"), ("plan", "甲"), ("begin", "甲")):
        advance_item(item.number, step, by=home.actor(name), on=FRIDAY, **facts_for(home, step))
    with pytest.raises(NeedsNotMet):
        advance_item(item.number, "ask", by=home.actor("甲"), on=LATER, evidence="已装 12 台")
    Case.objects.filter(closed_at__gt=FRIDAY).update(handled_at=FRIDAY, closed_at=FRIDAY)
    refresh(home.town.district, full=True)
    assert [one.item_id for one in nightly.read_figures(home.town.district, on=LATER)] == [item.pk]
    assert Reading.objects.filter(item=item).count() == 1, "a second reading of a day replaces the first"
    stored = Reading.objects.get(item=item)
    assert (stored.above, stored.below, stored.within) == (12, 12, True)
    advance_item(item.number, "ask", by=home.actor("甲"), on=LATER, evidence="已装 12 台")
    advance_item(item.number, "strike_off", by=home.actor("纪检"), on=LATER, **facts_for(home, "strike_off"))
    assert Item.objects.get(pk=item.pk).state == "struck_off"


def test_an_explained_exception_is_not_undone_by_the_same_days(home: House) -> None:
    cases(home, 12, late=6)
    now = clock.now()
    item = item_in(home, "in_work", metric=RATE, bound=0.9, bound_kind="at_least")
    nightly.read_figures(home.town.district, on=now)
    asked = {"evidence": "好", "exception": "施工围挡期间"}
    advance_item(item.number, "ask", by=home.actor("甲"), on=now, **asked)
    said = {"finding": "属实", "recheck": date(2099, 1, 1)}
    advance_item(item.number, "strike_off", by=home.actor("纪检"), on=now, **said)
    nightly.read_figures(home.town.district, on=now + timedelta(days=1))
    assert Reading.objects.filter(item=item, within=False).count() == 2
    assert not Item.objects.filter(earlier=item).exists()


def test_a_figure_over_its_bound_again_reopens_the_item_once(home: House) -> None:
    cases(home, 12, late=6)
    item = item_in(home, "struck_off", metric=RATE, bound=0.9, bound_kind="at_least")
    for days in (10, 11):
        nightly.read_figures(home.town.district, on=FRIDAY + timedelta(days=days))
    again = Item.objects.get(earlier=item)
    assert (again.state, again.metric, again.found_by) == ("found", RATE, None)
    assert Reading.objects.filter(item=item).count() == 2


def test_too_few_cases_say_nothing(home: House) -> None:
    cases(home, 3, late=3)
    item = carried(home)
    one = Reading.objects.get(item=item)
    assert (one.below, one.within) == (3, None)
    assert not figure.is_within(item)


@pytest.mark.parametrize(
    "change",
    [{"metric": "inspector_missed_rate"}, {"metric": "no"}, {"bound": 1.5}, {"bound": float("nan")}, {"days": 0},
     {"kind": "near"}, {"area_id": 99999999}, {"domain": "x' OR 1=1"}],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(home: House, change: dict[str, object]) -> None:
    said = replace(Figure(RATE, 0.9, "at_least"), **change)  # type: ignore[arg-type]
    with pytest.raises(BadFigure):
        find(GAP, body=home.first, by=home.actor("丙"), on=FRIDAY, carries=said)
    assert not Item.objects.exists()
