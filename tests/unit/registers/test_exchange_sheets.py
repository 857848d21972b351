"""How a file of a register is read: titles, merged cells, renamed columns, other codings, the preview."""

import pytest
from django.utils.translation import override

from chengzhi.people.rules import NotAllowed
from chengzhi.pipeline import register_runs as runs
from chengzhi.pipeline.sheets import MergedHeader
from chengzhi.registers.exchange import suggest
from chengzhi.registers.kinds import kind, kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.problems import BadMapping

from ..cases.town import FRIDAY
from .workbooks import HEAD, counts, load, objects, rejects, signs, xlsx

pytestmark = pytest.mark.django_db


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


def test_a_csv_in_gb18030_is_read_too(town, tmp_path):
    path = tmp_path / "signs.csv"
    path.write_bytes("编号,名称,设置形式\nA1,大牌,附属式\nA2,缺一栏\n".encode("gb18030"))
    done = load(town, path)
    assert counts(done)[:5] == (2, 1, 0, 0, 1)
    assert set(rejects()) == {(2, "ragged")}
    assert objects()["大牌"].facts == {"form": "attached"}
