"""Files of registers as offices make them: nothing is lost, everything wrong is told."""

from datetime import datetime

import pytest

from chengzhi.ledger.queries import history
from chengzhi.pipeline import register_runs as runs
from chengzhi.pipeline.models import ImportReject
from chengzhi.registers import actions
from chengzhi.registers.models import RegisteredObject

from ..cases.town import FRIDAY
from .things import thing
from .workbooks import HEAD, counts, load, objects, rejects, signs, xlsx

pytestmark = pytest.mark.django_db


def test_a_plain_file_is_loaded_placed_numbered_and_recorded(town, tmp_path):
    path = signs(
        tmp_path,
        ["A1", "大牌一", 109.35, 24.35, "附属式", 12.5, datetime(2026, 3, 1)],
        ["A2", "大牌二", "109.36", "24.36", "attached", "1,200", "2026年3月2日"],
    )
    done = load(town, path)
    assert counts(done) == (2, 2, 0, 0, 0, 0)
    one, two = objects()["大牌一"], objects()["大牌二"]
    assert one.facts == {"form": "attached", "area": 12.5, "safety_checked_on": "2026-03-01"}
    assert two.facts == {"form": "attached", "area": 1200, "safety_checked_on": "2026-03-02"}
    assert (one.number, two.number) == ("GG-000001", "GG-000002")
    assert (one.area_id, one.cell_id, one.state, one.live) == (town.area.pk, town.cell.pk, "in_use", True)
    assert (one.source_system, one.source_number, one.import_run) == ("import", "A1", done["run"])
    assert one.zkey == thing(town, "sign").zkey
    entry = history("object", one.pk)[0]
    assert (entry.step, entry.after, entry.facts["run"]) == ("imported", "in_use", done["run"])
    assert thing(town, "sign").number == "GG-000004"


def test_the_same_file_again_changes_nothing_and_a_corrected_one_only_what_it_says(town, tmp_path):
    rows = [
        ["A1", "大牌一", 109.35, 24.35, "附属式", 12, None],
        ["A2", "大牌二", 109.36, 24.36, "附属式", 12, None],
    ]
    load(town, signs(tmp_path, *rows))
    assert counts(load(town, signs(tmp_path, *rows))) == (2, 0, 0, 2, 0, 0)
    rows[0][5], rows[1][1] = 30, "改名"
    rows[1][4] = None
    done = load(town, signs(tmp_path, *rows))
    assert counts(done) == (2, 0, 2, 0, 0, 0)
    one, two = objects()["大牌一"], objects()["改名"]
    assert (one.facts["area"], one.version) == (30, 1)
    assert two.facts["form"] == "attached"
    assert "改名" in two.bigrams
    entry = history("object", one.pk)[-1]
    assert (entry.step, entry.facts["notes"]) == ("correct", {"fields": ["facts"]})
    actions.undo_step(one.pk, entry.id, by=town.shift_leader, on=FRIDAY)
    assert RegisteredObject.objects.get(pk=one.pk).facts["area"] == 12


def test_rows_without_a_number_are_recognised_by_themselves(town, tmp_path):
    head = HEAD[1:]
    rows = [["大牌", 109.35, 24.35, "附属式", 12, None], ["大牌", 109.35, 24.35, "附属式", 12, None]]
    done = load(town, signs(tmp_path, *rows, head=head))
    assert counts(done) == (2, 1, 0, 0, 1, 0)
    assert set(rejects()) == {(2, "repeat")}
    assert counts(load(town, signs(tmp_path, *rows, head=head)))[:4] == (2, 0, 0, 1)


def test_every_impossible_value_is_told_and_its_row_kept(town, tmp_path):
    path = signs(
        tmp_path,
        ["A1", None, 109.35, 24.35, "附属式", 1, None],
        ["A2", "二", 109.35, 24.35, "空中飞行", -5, "二月三十"],
        ["A3", "三", "东经109", 24.35, "附属式", "九百", "2026-02-30"],
        ["A4", "四", 109.35, 24.35, "附属式", 1e9, None],
        ["A1", "一", 109.35, 24.35, "附属式", 1, None],
        ["A1", "又一", 109.35, 24.35, "附属式", 1, None],
        ["A7", "长" * 121, 109.35, 24.35, "附属式", 1, None],
    )
    done = load(town, path)
    assert counts(done) == (7, 1, 0, 0, 6, 0)
    found = rejects()
    assert set(found) == {
        (1, "missing"), (2, "choice"), (3, "number"), (4, "range"), (6, "repeat"), (7, "long"),
    }  # fmt: skip
    assert "Area cannot be -5: between 0 and 5000 m2." in found[2, "choice"]
    assert "二月三十" in found[2, "choice"]
    assert "Longitude: “东经109” is no number." in found[3, "number"]
    assert "2026-02-30" in found[3, "number"]
    kept = ImportReject.objects.get(row=2)
    assert kept.content["名称"] == "二"


def test_a_place_outside_or_exchanged_or_impossible_is_loaded_and_flagged(town, tmp_path):
    path = signs(
        tmp_path,
        ["A1", "外", 110.5, 24.35, "附属式", 1, None],
        ["A2", "反", 24.35, 109.35, "附属式", 1, None],
        ["A3", "无", None, None, "附属式", 1, None],
        ["A4", "疯", 999, 24.35, "附属式", 1, None],
    )
    done = load(town, path)
    assert counts(done) == (4, 4, 0, 0, 0, 4)
    flags = {row.name: row.flags for row in objects().values()}
    assert flags == {
        "外": ["outside_district"], "反": ["bad_coordinates", "swapped"], "无": ["not_geocoded"],
        "疯": ["bad_coordinates"],
    }  # fmt: skip
    assert done["flags"] == {"outside_district": 1, "swapped": 1, "not_geocoded": 1, "bad_coordinates": 2}


def test_a_like_thing_near_by_is_flagged_and_one_further_off_is_not(town, tmp_path):
    thing(town, "sign", "启明 大牌", lon=109.35, lat=24.35)
    path = signs(
        tmp_path,
        ["A1", "启明大牌", 109.3501, 24.35, "附属式", 1, None],
        ["A2", "启明大牌", 109.36, 24.36, "附属式", 1, None],
        ["A3", "启明（大牌）", 109.36, 24.36005, "附属式", 1, None],
        ["A4", "别的", 109.36, 24.36, "附属式", 1, None],
    )
    shown = runs.preview(path, "sign", town.district, by=town.shift_leader, on=FRIDAY)
    assert (shown.tried, shown.fresh, shown.doubles) == (4, 4, 2)
    done = load(town, path)
    assert done["flags"] == {"possible_double": 2}
    flagged = RegisteredObject.objects.get(source_number="A1")
    actions.correct(
        flagged.pk,
        changes={"clear_flags": ["possible_double"]},
        version=None,
        by=town.shift_leader,
        on=FRIDAY,
    )
    assert RegisteredObject.objects.get(pk=flagged.pk).flags == []


def test_our_own_number_finds_its_object_and_an_unknown_one_is_told(town, tmp_path):
    row = thing(town, "sign", "旧")
    path = xlsx(tmp_path / "n.xlsx", [["台账编号", "名称"], [row.number, "新"], ["GG-999999", "谁"]])
    assert counts(load(town, path))[:5] == (2, 0, 1, 0, 1)
    assert set(rejects()) == {(2, "unknown_number")}
    assert RegisteredObject.objects.get(pk=row.pk).name == "新"


def test_what_was_merged_away_does_not_come_back(town, tmp_path):
    load(town, signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None], ["A2", "二", 109.32, 24.32, "移动式", 1, None]))  # fmt: skip
    keep, double = objects()["一"], objects()["二"]
    actions.merge(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY)
    again = signs(tmp_path, ["A2", "二", 109.32, 24.32, "移动式", 7, None])
    assert counts(load(town, again)) == (1, 0, 0, 1, 0, 0)
