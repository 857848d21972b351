"""Files of registers as offices make them: nothing is lost, everything wrong is told."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from django.utils.translation import override

from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.pipeline import register_runs as runs
from chengzhi.pipeline import uploads
from chengzhi.pipeline.models import ImportReject
from chengzhi.pipeline.register_files import load_file
from chengzhi.pipeline.sheets import MergedHeader
from chengzhi.registers import actions
from chengzhi.registers.contact import opened
from chengzhi.registers.exchange import suggest
from chengzhi.registers.kinds import kind, kinds
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.policies import OPEN_ENDED
from chengzhi.registers.problems import BadMapping

from ..cases.town import FRIDAY
from .things import party, thing

pytestmark = pytest.mark.django_db
HEAD = ["编号", "名称", "经度", "纬度", "设置形式", "面积", "安全检查日期"]


def xlsx(path: Path, rows, merges=(), widths=None) -> Path:
    """A workbook with rows; a merge is (first row, first column, last row, last column, value)."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy/m/d"})
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, place, value, day)
            elif value is not None:
                sheet.write(at, place, value)
    for merge in merges:
        sheet.merge_range(*merge)
    book.close()
    return path


def signs(tmp_path, *rows, head=HEAD, **more):
    return xlsx(tmp_path / "signs.xlsx", [head, *rows], **more)


def load(town, path, register="sign", mapping=None, by=None, on=FRIDAY):
    run = runs.start_run(
        district=town.district, path=path, kind=register, mapping=mapping, by=by or town.shift_leader, on=on
    )
    with override("en"):
        return runs.report(runs.carry_out(run, by=by or town.shift_leader, on=on))


def counts(done):
    names = ("read", "loaded", "updated", "existing", "rejected", "flagged")
    return tuple(done[name] for name in names)


def rejects():
    return {(one.row, one.code): one.reason for one in ImportReject.objects.order_by("row")}


def objects():
    return {row.name: row for row in RegisteredObject.objects.all()}


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


def test_a_title_over_the_table_is_passed_over(town, tmp_path):
    rows = [[None] * 7, HEAD, ["A1", "大牌一", 109.35, 24.35, "附属式", 12, None]]
    path = xlsx(tmp_path / "t.xlsx", rows, merges=[(0, 0, 0, 6, "启明街道户外广告台账")])
    assert counts(load(town, path)) == (1, 1, 0, 0, 0, 0)
    assert objects()["大牌一"].source_number == "A1"


def test_a_merged_header_is_refused_with_its_cells(town, tmp_path):
    head = ["编号", "名称", "位置", None, "设置形式"]
    path = xlsx(tmp_path / "h.xlsx", [head, ["A1", "一", 109, 24, "附属式"]], merges=[(0, 2, 0, 3, "位置")])
    with override("en"), pytest.raises(MergedHeader, match="C1:D1"):
        runs.preview(path, "sign", town.district, by=town.shift_leader, on=FRIDAY)
    with pytest.raises(MergedHeader):
        load(town, path)


def test_a_value_merged_over_rows_counts_for_each_and_is_flagged(town, tmp_path):
    path = signs(
        tmp_path,
        ["A1", "一", 109.31, 24.31, None, 1, None],
        ["A2", "二", 109.32, 24.32, None, 1, None],
        ["A3", "三", 109.33, 24.33, "移动式", 1, None],
        merges=[(1, 4, 2, 4, "独立式")],
    )
    done = load(town, path)
    assert {name: (row.facts["form"], row.flags) for name, row in objects().items()} == {
        "一": ("free_standing", ["merged_cell"]), "二": ("free_standing", ["merged_cell"]), "三": ("mobile", []),
    }  # fmt: skip
    assert done["flags"] == {"merged_cell": 2}


def test_blank_rows_are_no_rows(town, tmp_path):
    path = signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None], [None] * 7, ["A2", "二", 109.32, 24.32, "移动式", 1, None])  # fmt: skip
    assert counts(load(town, path)) == (2, 2, 0, 0, 0, 0)


def test_renamed_columns_are_recognised_or_asked_for(town, tmp_path):
    found = suggest(
        kind("sign"),
        ["序号", "设施名称", "所在位置", "经度（WGS84）", "纬度", "面积(㎡)", "设置型式", "备注"],
    )
    assert found == {
        "source_number": "序号", "name": "设施名称", "address": "所在位置", "lon": "经度（WGS84）", "lat": "纬度",
        "facts.area": "面积(㎡)",
    } | ({"facts.form": "设置型式"} if "facts.form" in found else {})  # fmt: skip
    path = signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None])
    mapping = {"name": "店招名称", "source_number": "编号"}
    with override("en"), pytest.raises(BadMapping, match=r"no column “店招名称”.*编号, 名称"):
        load(town, path, mapping=mapping)
    with pytest.raises(BadMapping):
        load(town, path, mapping={"name": "名称", "facts.colour": "面积"})
    with pytest.raises(BadMapping):
        load(town, path, mapping={"source_number": "编号"})


def test_every_register_recognises_its_own_labels():
    from chengzhi.registers.exchange import targets

    for one in kinds().values():
        wanted = {target.key: target.name for target in targets(one)}
        assert suggest(one, list(wanted.values())) == wanted


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


def test_a_preview_shows_faults_by_column_and_writes_nothing(town, tmp_path):
    path = signs(
        tmp_path,
        ["A1", "一", 109.31, 24.31, "移动式", -1, None],
        ["A2", "二", 109.32, 24.32, "移动式", 1, "昨天"],
    )
    with override("en"):
        shown = runs.preview(path, "sign", town.district, by=town.shift_leader, on=FRIDAY)
    assert (shown.tried, shown.fresh, shown.rejected) == (2, 0, 2)
    assert shown.rows[0].faults == {"面积": "Area cannot be -1: between 0 and 5000 m2."}
    assert shown.rows[1].faults == {"安全检查日期": "Safety check on: “昨天” is no date; write 2026-03-01."}
    assert shown.mapping["facts.area"] == "面积"
    assert not RegisteredObject.objects.exists()
    with pytest.raises(NotAllowed):
        runs.preview(path, "sign", town.district, by=town.inspector, on=FRIDAY)
    blind = runs.preview(xlsx(tmp_path / "b.xlsx", [["甲", "乙"], [1, 2]]), "sign", town.district, by=town.shift_leader, on=FRIDAY)  # fmt: skip
    assert (blind.columns, blind.mapping, blind.rows) == (["甲", "乙"], {}, [])


def test_parties_are_found_or_entered_once_with_sealed_contacts(town, tmp_path):
    known = party(town, "shop", "老店")
    for _twice in range(2):
        party(town, "shop", "同名店")
    head = ["编号", "名称", "招牌文字", "责任主体", "联系人", "联系电话"]
    rows = [
        ["1", "牌1", "老店", "老店", None, None], ["2", "牌2", "新店", "新店", "王某", "0772-1234567"],
        ["3", "牌3", "新店", "新店", None, None], ["4", "牌4", "x", "同名店", None, None],
        ["5", "牌5", "x", "错号店", None, "电话没有"],
    ]  # fmt: skip
    done = load(town, xlsx(tmp_path / "p.xlsx", [head, *rows]), "shop_sign")
    assert counts(done)[:2] == (5, 4)
    assert set(rejects()) == {(5, "phone")}
    made = Party.objects.get(name="新店")
    holders = {name: row.party_id for name, row in objects().items()}
    assert holders == {"牌1": known.pk, "牌2": made.pk, "牌3": made.pk, "牌4": None}
    assert (opened(made).person, opened(made).phone) == ("王某", "07721234567")
    assert objects()["牌4"].flags == ["ambiguous_party", "not_geocoded"]
    assert history("party", made.pk)[0].step == "imported"
    assert not Party.objects.filter(name="错号店").exists()


def test_permits_come_with_their_objects_and_are_not_entered_twice(town, tmp_path):
    head = [*HEAD[:5], "许可证号", "开始日期", "有效期至"]
    rows = [
        ["A1", "一", 109.31, 24.31, "移动式", "许1", "2025/1/1", "2026/12/31"],
        ["A2", "二", 109.32, 24.32, "移动式", "许2", None, "2020-12-31"],
        ["A3", "三", 109.33, 24.33, "移动式", "许3", "2026-05-01", "2026-04-01"],
        ["A4", "四", 109.34, 24.34, "移动式", "许4", "2026-01-01", None],
    ]
    done = load(town, signs(tmp_path, *rows, head=head))
    assert counts(done) == (4, 3, 0, 0, 1, 1)
    assert set(rejects()) == {(3, "permit_dates")}
    ends = {name: row.permit_until for name, row in objects().items()}
    assert ends == {"一": date(2026, 12, 31), "二": date(2020, 12, 31), "四": OPEN_ENDED}
    assert objects()["二"].flags == ["permit_start_assumed"]
    assert counts(load(town, signs(tmp_path, *rows, head=head)))[1:4] == (0, 0, 3)
    rows[0][7] = "2028/12/31"
    assert counts(load(town, signs(tmp_path, *rows, head=head)))[2] == 1
    assert sorted(Permit.objects.filter(object__name="一").values_list("ends_on", flat=True)) == [
        date(2026, 12, 31), date(2028, 12, 31),
    ]  # fmt: skip


def test_component_codes_match_and_are_guarded(town, tmp_path):
    first = thing(town, "sign", "旧", component_code="45020403006000001")
    other = thing(town, "shop_sign", facts={"text": "x"}, component_code="45020403006000002")
    head = ["部件编码", "名称", "设置形式"]
    rows = [
        ["45020403006000001", "新名", "移动式"], ["45020403006000002", "抢码", "移动式"],
        ["45020403006000009", "新的", "移动式"], ["4502040300600009", "短码", "移动式"],
        ["45020403006000009", "重复", "移动式"],
    ]  # fmt: skip
    done = load(town, xlsx(tmp_path / "c.xlsx", [head, *rows]))
    assert counts(done)[:5] == (5, 1, 1, 0, 3)
    assert set(rejects()) == {(2, "component_taken"), (4, "component_code"), (5, "repeat")}
    assert RegisteredObject.objects.get(pk=first.pk).name == "新名"
    assert RegisteredObject.objects.get(pk=other.pk).name == "shop_sign 1"


def test_our_own_number_finds_its_object_and_an_unknown_one_is_told(town, tmp_path):
    row = thing(town, "sign", "旧")
    path = xlsx(tmp_path / "n.xlsx", [["台账编号", "名称"], [row.number, "新"], ["GG-999999", "谁"]])
    assert counts(load(town, path))[:5] == (2, 0, 1, 0, 1)
    assert set(rejects()) == {(2, "unknown_number")}
    assert RegisteredObject.objects.get(pk=row.pk).name == "新"


def test_states_and_units_are_words_of_the_district_or_flagged(town, tmp_path):
    head = ["编号", "名称", "状态", "管理单位"]
    rows = [["1", "甲", "已撤除", "启明中队"], ["2", "乙", "in_use", "00"], ["3", "丙", "飞走了", "无此单位"]]
    load(town, xlsx(tmp_path / "s.xlsx", [head, *rows]), "bin")
    found = objects()
    assert (found["甲"].state, found["甲"].live, found["甲"].unit_id) == ("removed", False, town.squad.pk)
    assert (found["乙"].state, found["乙"].unit_id) == ("in_use", town.centre.pk)
    assert found["丙"].flags == ["not_geocoded", "unknown_state", "unknown_unit"]
    rows[1][2] = "暂停"
    done = load(town, xlsx(tmp_path / "s.xlsx", [head, *rows]), "bin")
    assert done["flags"]["state_differs"] == 1
    assert RegisteredObject.objects.get(name="乙").state == "in_use"


def test_a_handler_loads_for_its_own_unit_and_for_nobody(town, tmp_path):
    theirs = thing(town, "bin", "别家的", unit_id=town.sanitation.pk, source=("import", "9"))
    head = ["编号", "名称", "管理单位"]
    rows = [["1", "甲", "启明中队"], ["2", "乙", None], ["3", "丙", "环卫所"], ["9", "改名", None]]
    done = load(town, xlsx(tmp_path / "u.xlsx", [head, *rows]), "bin", by=town.handler)
    assert counts(done)[:5] == (4, 2, 0, 0, 2)
    assert set(rejects()) == {(3, "other_unit"), (4, "other_unit")}
    assert RegisteredObject.objects.get(pk=theirs.pk).name == "别家的"


def test_what_was_merged_away_does_not_come_back(town, tmp_path):
    load(town, signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None], ["A2", "二", 109.32, 24.32, "移动式", 1, None]))  # fmt: skip
    keep, double = objects()["一"], objects()["二"]
    actions.merge(keep.pk, double.pk, by=town.shift_leader, on=FRIDAY)
    again = signs(tmp_path, ["A2", "二", 109.32, 24.32, "移动式", 7, None])
    assert counts(load(town, again)) == (1, 0, 0, 1, 0, 0)


def test_an_unfinished_run_goes_on_behind_its_last_chunk(town, tmp_path, monkeypatch):
    rows = [[f"A{n}", f"牌{n}", 109.3 + n / 1000, 24.31, "移动式", 1, None] for n in range(25)]
    path = signs(tmp_path, *rows)
    monkeypatch.setattr(runs, "CHUNK", 10)
    run = runs.start_run(
        district=town.district, path=path, kind="sign", mapping=None, by=town.shift_leader, on=FRIDAY
    )

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.carry_out(run, by=town.shift_leader, on=FRIDAY, progress=stop)
    assert RegisteredObject.objects.count() == 10
    done = load_file(
        path, kind="sign", slug="sample", mapping=None, source_system="", rejects=None, on=FRIDAY,
        say=lambda done, total: None,
    )  # fmt: skip
    assert (done["run"], done["read"], done["loaded"]) == (run.pk, 25, 25)
    assert RegisteredObject.objects.count() == 25


def test_rejects_are_written_beside_the_file_with_their_content(town, tmp_path):
    path = signs(tmp_path, ["A1", "=cmd()", 109.31, 24.31, "空中", 1, None])
    mapping = tmp_path / "m.yaml"
    mapping.write_text("columns:\n  name: 名称\n  facts.form: 设置形式\n", encoding="utf-8")
    done = load_file(
        path, kind="sign", slug="sample", mapping=mapping, source_system="old", rejects=None,
        on=FRIDAY + timedelta(days=1), say=lambda done, total: None,
    )  # fmt: skip
    assert done["rejected"] == 1
    with open(done["rejects"], encoding="utf-8-sig", newline="") as file:
        head, row = csv.reader(file)
    assert head[:5] == ["row", "reject_code", "reject_reason", "编号", "名称"]
    assert (row[:2], row[3]) == (["1", "choice"], "A1")


def test_a_csv_in_gb18030_is_read_too(town, tmp_path):
    path = tmp_path / "signs.csv"
    path.write_bytes("编号,名称,设置形式\nA1,大牌,附属式\nA2,缺一栏\n".encode("gb18030"))
    done = load(town, path)
    assert counts(done)[:5] == (2, 1, 0, 0, 1)
    assert set(rejects()) == {(2, "ragged")}
    assert objects()["大牌"].facts == {"form": "attached"}


def test_nobody_imports_into_another_district(town, tmp_path):
    path = signs(tmp_path, ["A1", "一", 109.31, 24.31, "移动式", 1, None])
    stranger = Actor(
        1, "x", town.district.pk + 1, permissions=frozenset({"register.import"}),
        district_wide=frozenset({"register.import"}),
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        load(town, path, by=stranger)


def worked(asked):
    """What the worker's function of the job gives."""
    JobRun.objects.filter(pk=asked.pk).update(state="running")
    return work_of(asked.kind)(JobRun.objects.get(pk=asked.pk))


def test_a_file_sent_on_a_page_is_loaded_by_the_worker(town, tmp_path, settings):
    settings.HOME = tmp_path
    (tmp_path / "keys").mkdir()
    path = xlsx(tmp_path / "b.xlsx", [["编号", "名称"], ["1", "新箱"]])
    with path.open("rb") as file:
        upload = uploads.receive(
            file,
            "b.xlsx",
            district_id=town.district.pk,
            by=town.handler,
            on=FRIDAY,
            permission="register.import",
        )
    copy = uploads.local_copy(upload.file)
    run = runs.start_run(
        district=town.district,
        path=copy,
        file=upload.file,
        kind="bin",
        mapping=None,
        by=town.handler,
        on=FRIDAY,
    )
    begun = runs.enqueue(run, title="导入", by=town.handler, on=FRIDAY)
    assert worked(begun)["loaded"] == 1
    assert objects()["新箱"].number == "LX-000001"
    assert not copy.exists()
    with pytest.raises(NotAllowed):
        runs.enqueue(run, title="导入", by=town.inspector, on=FRIDAY)
