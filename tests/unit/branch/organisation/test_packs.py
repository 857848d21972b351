"""The rules of practice as data: read, checked, loaded again, changed locally; another organisation."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from chengzhi.branch.organisation import practice
from chengzhi.branch.organisation.formulas import BadCount
from chengzhi.branch.organisation.models import Body, Duty, PracticePack, PracticeRule
from chengzhi.branch.organisation.packs import BadBranchPack, BranchRows, load_branch, read_branch
from chengzhi.branch.organisation.practice import NoRule, NotSet
from chengzhi.places.tables import BadTable
from tests.unit.cases.town import Town, build

ROOT = Path(__file__).resolve().parents[4]
SAMPLE, COUNCIL = ROOT / "packs" / "sample", ROOT / "tests" / "data" / "works-council"
UNITS = {"bureau", "squad-1", "squad-2", "patrol", "command", "sanitation"}
TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def town() -> Town:
    return build()


def rows_of(folder: Path) -> BranchRows:
    rows = read_branch(folder, UNITS)
    assert rows is not None
    return rows


def load(town: Town, folder: Path = SAMPLE) -> dict[str, int]:
    return load_branch(rows_of(folder), town.district, today=TODAY, since=date(2025, 1, 1))


def rule(town: Town, key: str, day: date = TODAY) -> PracticeRule:
    return practice.rule(town.district.pk, key, day)


def test_all_40_rules_are_there_and_none_claims_more_than_was_seen(town: Town) -> None:
    load(town)
    keys = set(PracticeRule.objects.values_list("key", flat=True))
    assert keys == {f"B-{n:02}" for n in range(1, 29)} | {f"M-{n:02}" for n in range(1, 11)} | {
        "S-01",
        "S-02",
    }
    assert set(PracticeRule.objects.filter(status="unverified").values_list("key", flat=True)) == {
        "M-07",
        "M-08",
    }
    assert rule(town, "B-10").status == "secondary"  # the quarterly number was not seen
    assert rule(town, "B-16").parameters["rounding_status"] == "unverified"
    assert not PracticeRule.objects.filter(source="").exists()
    assert Body.objects.get(code="01010101").parent == Body.objects.get(code="010101")


def test_loading_again_changes_nothing(town: Town) -> None:
    load(town)
    before = list(PracticeRule.objects.order_by("pk").values())
    assert load(town)["branch_rules"] == 0
    assert list(PracticeRule.objects.order_by("pk").values()) == before
    assert Duty.objects.count() == 6


def test_a_day_before_the_text_is_not_judged_by_it(town: Town) -> None:
    load(town)
    assert rule(town, "B-03", date(2018, 10, 31)).article == "第11条"
    with pytest.raises(NoRule, match="B-03"):
        rule(town, "B-03", date(2018, 6, 1))
    with pytest.raises(NoRule):  # the text of 2019 does not reach back to 2018
        rule(town, "B-24", date(2018, 12, 31))


def test_quorum_keeps_expected_and_present_apart_and_is_stricter_for_admission(town: Town) -> None:
    load(town)
    usual = practice.quorum(rule(town, "B-04"), expected=8, present=4)
    strict = practice.quorum(rule(town, "B-04"), expected=8, present=4, purpose="admission")
    assert usual.holds
    assert not strict.holds
    assert "expected to attend 8, present 4" in str(usual.says)
    assert "第11条" in str(usual.says)
    assert "that is 5" in str(strict.says)
    assert "第20、33条" in str(strict.says)
    assert "secondary page only" in str(strict.says)
    assert practice.quorum(rule(town, "B-04"), expected=8, present=5, purpose="admission").holds
    assert not practice.quorum(rule(town, "B-04"), expected=0, present=0).holds
    assert not practice.quorum(rule(town, "B-06"), expected=10, present=7).holds
    assert practice.quorum(rule(town, "M-02"), expected=9, present=6).holds


def test_a_resolution_needs_more_than_half_of_those_expected_not_of_those_present(town: Town) -> None:
    load(town)
    assert not practice.passes(rule(town, "B-05"), expected=8, present=4, yes=4).holds
    assert practice.passes(rule(town, "B-05"), expected=8, present=5, yes=5).holds
    with pytest.raises(BadCount):
        practice.passes(rule(town, "B-05"), expected=8, present=5, yes=6)
    with pytest.raises(BadCount):
        practice.quorum(rule(town, "B-04"), expected=8, present=9)


@pytest.mark.parametrize(("whole", "most"), [(0, 0), (2, 0), (3, 1), (8, 2), (9, 3)])
def test_the_top_grade_is_capped_with_declared_rounding(town: Town, whole: int, most: int) -> None:
    load(town)
    assert practice.top_share(rule(town, "B-16"), whole=whole, given=most).holds
    over = practice.top_share(rule(town, "B-16"), whole=whole, given=most + 1)
    assert not over.holds
    assert "unverified" in str(over.says)


def test_hours_are_met_or_not_met_and_not_asked_of_the_exempt(town: Town) -> None:
    load(town)
    found = rule(town, "B-24")
    assert practice.hours(found, done=32).holds
    assert not practice.hours(found, done=31.5).holds
    assert practice.hours(found, done=0, exempt="ill").holds is None
    assert practice.hours(found, done=0, exempt="away").holds is False


def test_the_other_kinds_judge_at_their_borders(town: Town) -> None:
    load(town)
    assert practice.establishment(rule(town, "B-01"), formal=3).holds
    assert not practice.establishment(rule(town, "B-01"), formal=2).holds
    committee = rule(town, "B-02")
    assert practice.committee(committee, formal=6, seats=0).holds
    assert not practice.committee(committee, formal=7, seats=2).holds
    assert practice.committee(committee, formal=7, seats=3).holds
    assert not practice.committee(committee, formal=40, seats=8).holds
    assert practice.term(rule(town, "B-22"), months=12).holds
    assert not practice.term(rule(town, "B-22"), months=13).holds
    assert practice.alert(rule(town, "B-23"), months=5).holds is True
    assert practice.alert(rule(town, "B-23"), months=6).holds is None
    after = rule(town, "M-08")
    assert practice.notice(after, event=date(2026, 11, 1), told=date(2026, 11, 16)).holds
    late = practice.notice(after, event=date(2026, 11, 1), told=date(2026, 11, 17))
    assert not late.holds
    assert "unverified" in str(late.says)
    with pytest.raises(NotSet):
        practice.notice(rule(town, "M-07"), event=date(2026, 11, 20), told=date(2026, 11, 1))


def test_a_local_value_survives_loading_again(town: Town) -> None:
    load(town)
    old = rule(town, "B-10")
    PracticeRule.objects.filter(pk=old.pk).update(valid_to=date(2026, 11, 22))
    old.pk, old.changed_by, old.status, old.valid_from = None, 7, "local", TODAY
    old.parameters = old.parameters | {"times": 2}
    old.save()
    load(town)
    assert rule(town, "B-10").parameters["times"] == 2
    assert rule(town, "B-10", date(2026, 11, 22)).parameters["times"] == 1


def test_a_works_council_runs_on_the_same_code(town: Town) -> None:
    load(town)
    load(town, COUNCIL)
    old, new = rule(town, "W-01", date(2020, 12, 31)), rule(town, "W-01")
    assert practice.quorum(old, expected=9, present=3).holds
    assert not practice.quorum(new, expected=9, present=6).holds
    assert practice.quorum(new, expected=9, present=7).holds
    assert not practice.frequency(rule(town, "W-02"), held=1).holds
    assert practice.hours(rule(town, "W-03"), done=0, exempt="away").holds is None
    assert PracticePack.objects.get(key="works-council").kinds["shift"]["name_en"] == "Shift"
    assert PracticeRule.objects.filter(pack="party").count() == 40


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("text: 支条, article: 第11条", "text: none, article: 第11条", "B-03"),
     ("kind: cap", "kind: podium", "B-16"),
     ("per: quarter, form: assembly", "per: hour, form: assembly", "B-03"),
     ("over: 4, under: 5", "over: 4, under: 0", "B-06")],
)  # fmt: skip
def test_a_bad_rule_is_refused_by_its_key(tmp_path: Path, old: str, new: str, named: str) -> None:
    shutil.copytree(SAMPLE / "branch", tmp_path / "branch")
    path = tmp_path / "branch" / "rules.yaml"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(BadBranchPack) as refused:
        read_branch(tmp_path, UNITS)
    assert named in refused.value.what


def test_a_body_of_an_unknown_unit_is_refused() -> None:
    with pytest.raises(BadTable, match=r"bodies\.csv: 01 "):
        read_branch(SAMPLE, set())
