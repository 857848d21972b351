"""小广告: one number is one file, however it is written and wherever it is seen."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chengzhi.cases import sightings
from chengzhi.cases.models import Case, CaseType, Sighting
from chengzhi.cases.sightings import NoNumber, files, numbers_in, scan, sightings_of
from chengzhi.ledger.queries import history
from chengzhi.registers.contact import contact_of
from chengzhi.registers.models import Party

from .town import FRIDAY, Town, case_in


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("开锁 138 0000 1234 通下水", ["13800001234"]),
        ("138-0000-1234，办证13900005678", ["13800001234", "13900005678"]),
        ("400-820-1234", ["4008201234"]),
        ("电话0772-3812345", ["07723812345"]),
        ("门牌12号，订单20260403123456789", []),
        ("138000012345", []),
        ("1380000123", []),
    ],
)
def test_numbers_are_read_as_they_are_pasted_up(text: str, numbers: list[str]) -> None:
    assert numbers_in(text) == numbers


@pytest.fixture
def pasted(town: Town) -> CaseType:
    return CaseType.objects.create(
        district=town.district,
        code_set="local:x",
        code="07001",
        name="非法小广告",
        name_en="x",
        domain="advertising",
    )


def seen(town: Town, pasted: CaseType, text: str) -> Case:
    return case_in(town, "handling", type=pasted, domain="advertising", text=text)


def test_one_number_is_one_file_with_all_its_sightings(town: Town, pasted: CaseType) -> None:
    first, second = seen(town, pasted, "墙上开锁138 0000 1234"), seen(town, pasted, "电杆 13800001234 又贴")
    seen(town, pasted, "没有号码的小广告")
    case_in(town, "handling", text="路灯坏了，打13800001234")  # of another type: not an advertisement
    assert scan(town.district, on=FRIDAY) == 2
    assert scan(town.district, on=FRIDAY) == 0
    (file,) = files(town.district.pk)
    assert (file.times, file.name) == (2, "张贴号码 138****1234")
    assert {one.case for one in sightings_of(file.pk, by=town.dispatcher)} == {first, second}


def test_a_case_typed_later_and_one_written_late_are_read_too(town: Town, pasted: CaseType) -> None:
    late = case_in(town, "handling", text="电杆上 13800001234", domain="advertising")
    seen(town, pasted, "墙上开锁138 0000 1234，又13900005678")
    assert scan(town.district, on=FRIDAY + timedelta(days=1)) == 2
    Case.objects.filter(pk=late.pk).update(type=pasted)
    assert scan(town.district, on=FRIDAY + timedelta(days=1)) == 1
    assert [one.times for one in files(town.district.pk)] == [2, 1]
    assert len(history("party", files(town.district.pk)[0].pk)) == 2


def test_a_scan_asks_no_more_for_many_cases(
    town: Town, pasted: CaseType, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        seen(town, pasted, f"开锁 138 0000 {n:04d} 或 13800001234")
    with django_assert_max_num_queries(20):
        assert scan(town.district, on=FRIDAY) == 60


def test_only_cases_one_may_see_are_listed(town: Town, pasted: CaseType) -> None:
    seen(town, pasted, "开锁13800001234")
    scan(town.district, on=FRIDAY)
    file = files(town.district.pk).get()
    elsewhere = replace(town.handler, unit_ids=frozenset({0}), district_wide=frozenset())
    assert not sightings_of(file.pk, by=elsewhere)


def test_the_number_is_sealed_and_shown_for_a_purpose(town: Town, pasted: CaseType) -> None:
    seen(town, pasted, "开锁13800001234")
    scan(town.district, on=FRIDAY)
    party = Party.objects.get(flags__contains=[sightings.FLAG])
    assert b"13800001234" not in bytes(party.contact or b"")
    assert contact_of(party, by=town.handler, on=FRIDAY, purpose="函告通信管理部门").phone == "13800001234"


def test_a_number_noted_by_hand_joins_the_file(town: Town, pasted: CaseType) -> None:
    seen(town, pasted, "开锁13800001234")
    scan(town.district, on=FRIDAY)
    other = seen(town, pasted, "照片上有号码")
    for _again in range(2):
        sightings.note(other, "138-0000-1234", by=town.inspector, on=FRIDAY)
    assert files(town.district.pk).get().times == 2
    with pytest.raises(NoNumber):
        sightings.note(other, "12345", by=town.inspector, on=FRIDAY)
    assert Sighting.objects.count() == 2
