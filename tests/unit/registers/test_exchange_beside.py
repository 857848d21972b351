"""What comes beside the objects of a file: parties, permits, codes, states, units."""

from datetime import date

import pytest

from chengzhi.ledger.queries import history
from chengzhi.registers.contact import opened
from chengzhi.registers.models import Party, Permit, RegisteredObject
from chengzhi.registers.policies import OPEN_ENDED

from .things import party, thing
from .workbooks import HEAD, counts, load, objects, rejects, signs, xlsx

pytestmark = pytest.mark.django_db


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
