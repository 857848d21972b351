"""One report in: what is written, once, and what is refused with nothing written."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from chengzhi.cases.models import Case, CasePhoto, Task
from chengzhi.files import actions as files
from chengzhi.files.models import StoredFile
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed
from chengzhi.places import index
from chengzhi.places.models import Landmark
from chengzhi.places.placement import BadCoordinates, SwappedCoordinates
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.intake import NewReport, follow_hash, receive
from chengzhi.reports.models import Report, Reporter, ReportPhoto
from chengzhi.reports.problems import KeyReused, NoPlace, NothingSaid, UnknownPhoto, UnknownType
from tests.intake_builders import NOW, SIZE, SOUTH, WEST, Place, build_district, clerk
from tests.photo_samples import jpeg

RESIDENT = Actor.resident()


@pytest.fixture
def place(db) -> Place:
    return build_district()


def new(place: Place, **facts) -> NewReport:
    plain = {"text": "路灯不亮", "lon": WEST + 0.005, "lat": SOUTH + 0.005, "channel": "resident"}
    return NewReport(district_id=place.district.pk, **{**plain, **facts})


def entries(case_id: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step, after, actor_role, facts::text FROM ledger_entry WHERE thing='case' AND thing_id=%s",
            [case_id],
        )
        return cursor.fetchall()


def test_report_case_task_and_entry_are_written_together(place):
    kind = place.types["02007"]
    receipt = receive(new(place, type_id=kind.pk), by=RESIDENT, on=NOW)
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.number, case.state, case.channel) == (receipt.number, "reported", "resident")
    assert (case.type_id, case.domain, case.reported_at) == (kind.pk, "appearance", NOW)
    assert (case.cell_id, case.area_id) == (place.cells[0].pk, place.communities[0].pk)
    assert case.street_area_id == place.streets[0].pk
    assert case.zkey is not None
    assert "路灯" in case.bigrams
    report = Report.objects.get(case=case)
    assert bytes(report.follow_hash) == follow_hash(receipt.follow_token)
    assert report.text == "路灯不亮"
    task = Task.objects.get(case=case)
    assert (task.kind, task.done_at, task.due_at) == ("register", None, case.stage_due_at)
    assert receipt.first_due_at == case.stage_due_at
    assert [row[:3] for row in entries(case.pk)] == [("report", "reported", "resident")]


def test_first_deadline_runs_in_working_time(place):
    receipt = receive(new(place), by=RESIDENT, on=NOW)
    # Friday 16:30 + 2 working hours: 1.5 h until 18:00, the rest on Tuesday 7 April after 清明节
    assert receipt.first_due_at.isoformat() == "2026-04-07T00:30:00+00:00"


def test_personal_words_do_not_reach_the_ledger(place):
    person = contact(name="张三", phone="13800000000")
    receipt = receive(new(place, text="张三 的电话 13800000000", contact=person), by=RESIDENT, on=NOW)
    told = str(entries(receipt.case_id))
    assert "13800000000" not in told
    assert "张三" not in told


def test_contact_lies_apart_and_sealed(place):
    person = contact(name="张三", phone="13800000000")
    receipt = receive(new(place, contact=person), by=RESIDENT, on=NOW)
    reporter = Report.objects.get(case_id=receipt.case_id).reporter
    assert Contact.opened(reporter.contact, place.district.pk) == person
    assert b"13800000000" not in bytes(reporter.contact)
    assert bytes(reporter.phone_hmac) == person.phone_mark()
    assert reporter.erase_after.isoformat() == "2027-04-03"


def test_repeat_gets_the_first_answer_and_writes_nothing(place):
    said = new(place, idempotency_key="k1", contact=contact(phone="13800000000"))
    first = receive(said, by=RESIDENT, on=NOW)
    second = receive(said, by=RESIDENT, on=NOW)
    assert second.repeated
    assert not first.repeated
    assert (second.number, second.follow_token, second.first_due_at) == (
        first.number, first.follow_token, first.first_due_at,
    )  # fmt: skip
    assert (Case.objects.count(), Report.objects.count(), Reporter.objects.count()) == (1, 1, 1)
    assert Task.objects.count() == 1


def test_key_with_another_content_is_refused(place):
    receive(new(place, idempotency_key="k1"), by=RESIDENT, on=NOW)
    with pytest.raises(KeyReused):
        receive(new(place, idempotency_key="k1", text="井盖丢失"), by=RESIDENT, on=NOW)
    assert Case.objects.count() == 1


def test_same_key_in_another_district_is_another_report(place):
    other = build_district("other")
    receive(new(place, idempotency_key="k1"), by=RESIDENT, on=NOW)
    assert not receive(new(other, idempotency_key="k1"), by=RESIDENT, on=NOW).repeated


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_make_one_case():
    place = build_district()
    said, start = new(place, idempotency_key="storm"), threading.Barrier(8)

    def send(_number: int):
        try:
            start.wait(10)
            return receive(said, by=RESIDENT, on=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(send, range(8)))
    assert len({(one.number, one.follow_token) for one in receipts}) == 1
    assert sum(not one.repeated for one in receipts) == 1
    assert (Case.objects.count(), Report.objects.count(), Task.objects.count()) == (1, 1, 1)


def test_point_elsewhere_is_kept_and_flagged(place):
    receipt = receive(new(place, lon=121.5, lat=31.2), by=RESIDENT, on=NOW)
    case = Case.objects.get(pk=receipt.case_id)
    assert case.cell_id is None
    assert case.flags == ["outside_district"]


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"text": " "}, NothingSaid),
        ({"lon": None, "lat": None}, NoPlace),
        ({"lon": float("nan")}, BadCoordinates),
        ({"lon": 24.305, "lat": 109.405}, SwappedCoordinates),
        ({"lon": 400.0}, BadCoordinates),
        ({"type_id": 999_999}, UnknownType),
        ({"photo_ids": (999_999,)}, UnknownPhoto),
        ({"lon": None, "lat": None, "cell_id": 999_999}, NoPlace),
        ({"lon": None, "lat": None, "area_id": 999_999}, NoPlace),
    ],
)
def test_refusal_writes_nothing(place, facts, problem):
    with pytest.raises(problem):
        receive(new(place, **facts), by=RESIDENT, on=NOW)
    assert not Case.objects.exists()
    assert not Report.objects.exists()
    assert not Reporter.objects.exists()


def test_type_of_another_district_is_unknown(place):
    other = build_district("other")
    with pytest.raises(UnknownType):
        receive(new(place, type_id=other.types["02007"].pk), by=RESIDENT, on=NOW)


def test_visitor_without_the_right_is_refused(place):
    with pytest.raises(NotAllowed):
        receive(new(place), by=Actor.anonymous(), on=NOW)
    with pytest.raises(NotAllowed):
        receive(new(place), by=clerk(build_district("other").district), on=NOW)
    assert not Case.objects.exists()


def test_cell_without_a_map_gives_its_middle(place):
    receipt = receive(new(place, lon=None, lat=None, cell_id=place.cells[3].pk), by=RESIDENT, on=NOW)
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.cell_id, case.area_id) == (place.cells[3].pk, place.communities[1].pk)
    assert case.flags == ["cell_centre"]
    assert (case.lon, case.lat) == (pytest.approx(WEST + 1.5 * SIZE), pytest.approx(SOUTH + 1.5 * SIZE))


def test_community_or_words_are_place_enough(place):
    by_area = receive(new(place, lon=None, lat=None, area_id=place.communities[1].pk), by=RESIDENT, on=NOW)
    by_words = receive(new(place, lon=None, lat=None, address="城东路 12 号 公交站旁"), by=RESIDENT, on=NOW)
    assert Case.objects.get(pk=by_area.case_id).street_area_id == place.streets[1].pk
    case = Case.objects.get(pk=by_words.case_id)
    assert (case.address, case.flags) == ("城东路 12 号 公交站旁", ["not_geocoded"])


def test_words_that_name_one_place_put_the_case_in_its_cell(place):
    Landmark.objects.create(
        district=place.district, name="城东市场", lon=WEST + 0.004, lat=SOUTH + 0.015, kind="market"
    )
    index.forget()
    receipt = receive(new(place, lon=None, lat=None, address="城东市场南门"), by=RESIDENT, on=NOW)
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.cell_id, case.area_id) == (place.cells[1].pk, place.communities[0].pk)
    assert (case.address, case.flags) == ("城东市场南门", ["placed_by_text"])
    assert (case.lon, case.lat, case.zkey is None) == (WEST + 0.004, SOUTH + 0.015, False)
    assert Report.objects.get(case=case).lon is None  # nobody pointed there


def test_words_may_say_closer_where_in_a_chosen_community_but_not_elsewhere(place):
    code = place.cells[0].code
    there = receive(
        new(place, lon=None, lat=None, area_id=place.communities[0].pk, address=code), by=RESIDENT, on=NOW
    )
    other = receive(
        new(place, lon=None, lat=None, area_id=place.communities[1].pk, address=code), by=RESIDENT, on=NOW
    )
    assert Case.objects.get(pk=there.case_id).cell_id == place.cells[0].pk
    case = Case.objects.get(pk=other.case_id)
    assert (case.cell_id, case.area_id, case.flags) == (None, place.communities[1].pk, ["area_only"])


def photo(place: Place, settings, tmp_path, size=40) -> StoredFile:
    settings.MEDIA_ROOT = tmp_path
    return files.store(
        jpeg(size, size), district_id=place.district.pk, kind="photo", by=None, on=NOW, draft=True
    ).file


def test_photo_comes_along_and_is_not_public(place, settings, tmp_path):
    file = photo(place, settings, tmp_path)
    receipt = receive(new(place, photo_ids=(file.pk,)), by=RESIDENT, on=NOW)
    shown = CasePhoto.objects.get(case_id=receipt.case_id)
    assert (shown.file_id, shown.stage, shown.masked_id, shown.released_at) == (file.pk, "report", None, None)
    assert ReportPhoto.objects.filter(file=file).count() == 1
    assert StoredFile.objects.get(pk=file.pk).delete_after is None


def test_photo_of_another_report_cannot_be_taken_over(place, settings, tmp_path):
    file = photo(place, settings, tmp_path)
    receive(new(place, photo_ids=(file.pk,)), by=RESIDENT, on=NOW)
    with pytest.raises(UnknownPhoto):
        receive(new(place, photo_ids=(file.pk,), text="另一个"), by=RESIDENT, on=NOW)
    assert Case.objects.count() == 1


def test_emoji_right_to_left_and_control_signs_survive_or_go(place):
    receipt = receive(new(place, text="坑\x00洞🕳️ شارع \u202egpj"), by=RESIDENT, on=NOW)
    assert Case.objects.get(pk=receipt.case_id).text == "坑洞🕳️ شارع gpj"


def test_server_keeps_the_plan_of_the_statement(place):
    for number in range(6):
        receive(new(place, text=f"第{number}号"), by=RESIDENT, on=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), sum(generic_plans + custom_plans) FROM pg_prepared_statements "
            "WHERE statement LIKE '%%reports_report%%'"
        )
        kept, used = cursor.fetchone()
    assert kept >= 1
    assert used >= 3
