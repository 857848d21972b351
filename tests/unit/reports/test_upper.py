"""Orders of the upper level: taken once, matched, changed, answered in its columns, compared."""

import csv
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from django.utils.translation import override

from chengzhi.cases.models import Case, CasePhoto, Task
from chengzhi.files.actions import store
from chengzhi.ledger.queries import history
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.pipeline.mappings import BadMapping
from chengzhi.pipeline.upper import parse_upper, read_list, suggest_upper, take_list
from chengzhi.pipeline.upper_files import write_replies
from chengzhi.reports import upper
from chengzhi.reports.models import UpperOrder
from chengzhi.reports.upper_queries import compare, lamp, open_orders, orders_of, to_send
from chengzhi.reports.upper_replies import prefilled, write_table
from tests.intake_builders import NOW, build_district
from tests.photo_samples import jpeg

pytestmark = pytest.mark.django_db

SYSTEM = "市平台"
HEADER = "任务号,截止时间,问题类别,问题描述,位置描述,经度,纬度,状态,承办单位,办理情况,办结时间,照片"
LINES = (
    "S-001,2026-04-05 18:00,暴露垃圾,解放路垃圾成堆,解放路12号,109.405,24.305,待处理,,,,",
    "S-002,2026/04/04 12:00,不明类别,路面积水,和平路,109.415,24.315,处理中,,,,",
    "S-002,2026/04/04 12:00,重复,重复,,,,,,,,",
    "S-003,明天,暴露垃圾,x,,,,,,,,",
    ",2026-04-05 18:00,暴露垃圾,x,,,,,,,,",
)


@pytest.fixture
def place():
    return build_district("upper")


@pytest.fixture
def by():
    return Actor.system()


def listing(folder: Path, *lines: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes("\n".join((HEADER, *(lines or LINES))).encode("gb18030") + b"\n")
    return path


def take_file(path: Path, place, by, on=NOW):
    body = parse_upper(suggest_upper(path), SYSTEM)
    return take_list(read_list(path, body, place.district), SYSTEM, district=place.district, by=by, on=on)


def counts(done):
    return tuple(done[key] for key in ("read", "new", "matched", "changed", "same", "rejected"))


def test_a_list_becomes_cases_filed_directly_and_once(place, by, tmp_path):
    done = take_file(listing(tmp_path), place, by)
    assert counts(done) == (5, 2, 0, 0, 0, 3)
    assert [one["row"] for one in done["reasons"]] == [3, 4, 5]
    first = UpperOrder.objects.select_related("case").get(number="S-001")
    assert first.due_at == datetime(2026, 4, 5, 10, tzinfo=UTC)  # 18:00 in the district
    case = first.case
    assert (case.state, case.channel, case.type.code) == ("pending_dispatch", "upper", "05011")
    assert (case.source_system, case.source_number, case.address) == (SYSTEM, "S-001", "解放路12号")
    assert case.cell is not None
    assert case.stage_due_at is None or case.stage_due_at != first.due_at
    assert case.filed_at == NOW
    assert "unknown_type" in UpperOrder.objects.get(number="S-002").case.flags
    assert dict(first.reply_form) == {
        "承办单位": "unit",
        "办理情况": "note",
        "办结时间": "handled_at",
        "照片": "photos",
    }
    assert counts(take_file(listing(tmp_path), place, by)) == (5, 0, 0, 0, 2, 3)
    assert Case.objects.count() == 2
    assert [entry.step for entry in history("case", case.pk)] == ["take_order"]
    assert [entry.step for entry in history("upper_order", first.pk)] == ["take"]


def test_a_changed_deadline_is_noted_and_a_missing_one_kept(place, by, tmp_path):
    take_file(listing(tmp_path), place, by)
    later = LINES[0].replace("04-05 18:00", "04-07 09:30").replace("待处理", "已延期")
    assert counts(take_file(listing(tmp_path, later), place, by)) == (1, 0, 0, 1, 0, 0)
    order = UpperOrder.objects.get(number="S-001")
    assert (order.due_at, order.upper_state) == (datetime(2026, 4, 7, 1, 30, tzinfo=UTC), "已延期")
    entry = history("upper_order", order.pk)[-1]
    assert (entry.step, entry.facts["due_before"]) == ("change", "2026-04-05T10:00:00+00:00")
    take_file(listing(tmp_path, "S-001,,,,,,,,,,,"), place, by)
    order.refresh_from_db()
    assert order.due_at == datetime(2026, 4, 7, 1, 30, tzinfo=UTC)


def test_a_case_that_came_by_another_way_is_matched(place, by, tmp_path):
    there = Case.objects.create(
        district=place.district, number="X1", state="handling", channel="api", text="早先", reported_at=NOW,
        source_system=SYSTEM, source_number="S-001", updated_at=NOW,
    )  # fmt: skip
    assert counts(take_file(listing(tmp_path, LINES[0]), place, by)) == (1, 0, 1, 0, 0, 0)
    assert [order.number for order in orders_of(there.pk)] == ["S-001"]


def test_nearest_deadline_first_with_their_lamp(place, by, tmp_path):
    take_file(listing(tmp_path, LINES[0], LINES[1], "S-009,,,无期限,,,,,,,,"), place, by)
    rows = list(open_orders(place.district.pk))
    assert [order.number for order in rows] == ["S-002", "S-001", "S-009"]
    assert [lamp(order, NOW) for order in rows] == ["amber", "green", ""]
    assert lamp(rows[0], NOW + timedelta(days=2)) == "red"


def handled(order, place, by):
    """The case as it stands when the department has done its work."""
    case = order.case
    Case.objects.filter(pk=case.pk).update(
        state="handled", handled_at=NOW + timedelta(hours=2), outcome="已清理"
    )
    Task.objects.create(
        case=case, district=place.district, kind="handle", sent_at=NOW, done_at=NOW, note="已派人清运"
    )
    photo = store(jpeg(), district_id=place.district.pk, kind="photo", by=None, on=NOW).file
    CasePhoto.objects.create(case=case, file=photo, stage="after", added_at=NOW)


def test_the_reply_is_prefilled_confirmed_and_goes_out_once(place, by, tmp_path):
    take_file(listing(tmp_path, LINES[0]), place, by)
    order = UpperOrder.objects.get()
    handled(order, place, by)
    order = upper.own_order(order.pk, by=actor(place))
    values = {name: value for name, _field, value in prefilled(order)}
    assert values == {
        "承办单位": "",
        "办理情况": "已派人清运",
        "办结时间": "2026-04-03 18:30",
        "照片": "S-001_1.jpg",
    }
    upper.confirm_reply(order.pk, values | {"承办单位": "=cmd"}, by=actor(place), on=NOW)
    assert [one.number for one in to_send(place.district.pk)] == ["S-001"]
    done = write_replies(tmp_path / "r.csv", system="", slug="upper", on=NOW + timedelta(hours=3))
    assert (done["replies"], done["photos"]) == (1, 1)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    assert rows == [{"编号": "S-001", "承办单位": "'=cmd", "办理情况": "已派人清运", "办结时间": "2026-04-03 18:30",
                     "照片": "S-001_1.jpg"}]  # fmt: skip
    with zipfile.ZipFile(done["photo_archive"]) as packed:
        assert packed.namelist() == ["S-001_1.jpg"]
        assert packed.read("S-001_1.jpg")[:3] == b"\xff\xd8\xff"
    order.refresh_from_db()
    assert order.replied_at == NOW + timedelta(hours=3)
    assert to_send(place.district.pk) == []
    assert not open_orders(place.district.pk).exists()
    with override("en"), pytest.raises(upper.BadOrder, match="sent already"):
        upper.confirm_reply(order.pk, values, by=actor(place), on=NOW)
    assert [entry.step for entry in history("upper_order", order.pk)] == ["take", "confirm_reply", "reply"]


def actor(place, *permissions: str) -> Actor:
    return Actor(
        account_id=None, name="x", district_id=place.district.pk, roles=("dispatcher",),
        unit_ids=frozenset(), permissions=frozenset(permissions or ("upper.manage",)),
        district_wide=frozenset(permissions or ("upper.manage",)),
    )  # fmt: skip


def test_replies_as_xlsx_keep_their_columns(place, by, tmp_path):
    take_file(listing(tmp_path, LINES[0]), place, by)
    order = UpperOrder.objects.get()
    upper.confirm_reply(order.pk, {"办理情况": "=不是公式"}, by=actor(place), on=NOW)
    out = io.BytesIO()
    write_table(to_send(place.district.pk), out, "xlsx")
    (tmp_path / "r.xlsx").write_bytes(out.getvalue())
    frame = fastexcel.read_excel(tmp_path / "r.xlsx").load_sheet(0, dtypes="string").to_polars()
    assert frame.columns == ["编号", "承办单位", "办理情况", "办结时间", "照片"]
    assert frame["办理情况"].to_list() == ["=不是公式"]


def test_an_empty_reply_or_one_with_other_columns_is_refused(place, by, tmp_path):
    take_file(listing(tmp_path, LINES[0]), place, by)
    order = UpperOrder.objects.get()
    for values in ({}, {"办理情况": "  "}, {"办理情况": "x", "没有": "y"}):
        with pytest.raises(upper.BadOrder):
            upper.confirm_reply(order.pk, values, by=actor(place), on=NOW)
    with pytest.raises(NotAllowed):
        upper.confirm_reply(order.pk, {"办理情况": "x"}, by=actor(place, "case.view"), on=NOW)
    elsewhere = build_district("elsewhere")
    with pytest.raises(upper.NoSuchOrder):
        upper.confirm_reply(order.pk, {"办理情况": "x"}, by=actor(elsewhere), on=NOW)


def test_the_two_lists_are_compared(place, by, tmp_path):
    four = [f"S-{n},2026-04-05 18:00,暴露垃圾,x,,,,待处理,,,," for n in (1, 2, 3, 4)]
    take_file(listing(tmp_path, *four), place, by)
    Case.objects.filter(source_number="S-4").update(state="closed", closed_at=NOW)
    theirs = [four[0], four[1].replace("05 18", "06 18"), four[3], "S-5,,,新的,,,,,,,,"]
    path = listing(tmp_path, *theirs)
    reading = read_list(path, parse_upper(suggest_upper(path), SYSTEM), place.district)
    found = compare(reading.listed, place.district.pk, SYSTEM)
    assert [(one.kind, one.number) for one in found] == [
        ("only_theirs", "S-5"), ("deadline", "S-2"), ("ended_here", "S-4"), ("only_ours", "S-3"),
    ]  # fmt: skip
    upper.note_gone(UpperOrder.objects.get(number="S-3").pk, by=actor(place), on=NOW)
    take_list(reading, SYSTEM, district=place.district, by=by, on=NOW)
    left = compare(reading.listed, place.district.pk, SYSTEM)
    assert [(one.kind, one.number) for one in left] == [("ended_here", "S-4")]


def test_a_list_without_numbers_says_which_column_is_missing(place, tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with override("en"), pytest.raises(BadMapping, match="number"):
        parse_upper(suggest_upper(path), SYSTEM)
    body = parse_upper({"number": "编号"}, SYSTEM)
    with override("en"), pytest.raises(BadMapping, match="no column"):
        read_list(path, body, place.district)


def test_xlsx_lists_are_read_too(place, by, tmp_path):
    pl.DataFrame({"编号": ["Q1"], "截止时间": [datetime(2026, 4, 5, 18)], "描述": ["井盖"]}).write_excel(
        tmp_path / "l.xlsx"
    )
    assert counts(take_file(tmp_path / "l.xlsx", place, by))[:2] == (1, 1)
    assert UpperOrder.objects.get().due_at == datetime(2026, 4, 5, 10, tzinfo=UTC)
