"""Births: one statement, numbers, idempotent gate, clocks, privacy."""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from chengzhi.cases.actions import NewCase, advance_case, open_case, statement, undo_step
from chengzhi.cases.birth import BadBirth
from chengzhi.cases.habits import habits
from chengzhi.cases.models import Case, Task
from chengzhi.cases.numbers import day_shape, reserve
from chengzhi.ledger.queries import history
from chengzhi.lifecycle.problems import NoSuchStep
from chengzhi.people.actor import Actor
from chengzhi.people.rules import NotAllowed

from .town import FRIDAY, Town, build, later


def new(town: Town, **facts: object) -> NewCase:
    return NewCase(
        district_id=town.district.pk, channel="web", text="和平路5号有垃圾", address="和平路5号",
        type_id=town.litter.pk, domain="appearance", lon=109.35, lat=24.35, cell_id=town.cell.pk,
        area_id=town.area.pk, flags=("outside_district",), **facts,
    )  # fmt: skip


def test_a_report_is_born_in_one_statement_with_task_clock_and_entry(town: Town) -> None:
    habits(town.district.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        born = open_case(new(town), by=Actor.resident(), on=FRIDAY)
    assert len(asked) == 1
    case = Case.objects.get(pk=born.id)
    assert (case.state, case.number, case.flags) == ("reported", born.number, ["outside_district"])
    assert case.register_due_at == case.stage_due_at == later(hours=1)
    assert case.stage_warn_at == later(minutes=48)
    assert {"垃圾", "5号", "和平"} <= set(case.bigrams)
    assert case.due_why["register"]["unit"] == "urgent_hours"
    task = Task.objects.get(case=case)
    assert (task.kind, task.due_at, task.done_at) == ("register", later(hours=1), None)
    entry = history("case", case.pk)[0]
    assert (entry.step, entry.before, entry.after, entry.actor_role) == (
        "report",
        None,
        "reported",
        "resident",
    )
    assert "和平路" not in str(entry.facts)


def test_numbers_follow_the_district_s_pattern_and_grow(town: Town) -> None:
    town.district.settings["case_number"] = {"pattern": "{prefix}{year}第{month:02}{day:02}{sequence:04}号"}
    town.district.save()
    from chengzhi.cases.habits import forget

    forget()
    numbers = [open_case(new(town), by=Actor.resident(), on=FRIDAY).number for _ in range(2)]
    assert numbers == ["柳数管2026第04030001号", "柳数管2026第04030002号"]


def test_a_number_outgrows_its_width_rather_than_losing_a_digit() -> None:
    from datetime import date

    shape = day_shape("{prefix}{year}{sequence:04}", "柳", date(2026, 4, 3))
    assert (shape.number(7), shape.number(123456)) == ("柳20260007", "柳2026123456")


def test_each_district_counts_for_itself_and_blocks_do_not_overlap(town: Town) -> None:
    other = build("other")
    assert reserve(town.district.pk, 1000) == 1
    assert reserve(town.district.pk, 1) == 1001
    assert reserve(other.district.pk, 5) == 1


@pytest.mark.parametrize(
    ("step", "state", "task"),
    [("file_directly", "pending_dispatch", "dispatch"), ("self_handle", "closed", None)],
)
def test_patrol_finds_are_filed_directly_or_handled_on_the_spot(
    town: Town, step: str, state: str, task: str | None
) -> None:
    born = open_case(new(town), by=town.inspector, on=FRIDAY, step=step)
    case = Case.objects.get(pk=born.id)
    assert (case.state, case.filed_by, case.filed_at) == (state, town.inspector.account_id, FRIDAY)
    assert (case.self_handled, case.closed_at is not None) == (step == "self_handle",) * 2
    kinds = list(Task.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds == ([task] if task else [])


def test_about_one_in_ten_trifles_is_audited(town: Town) -> None:
    for minute in range(200):
        open_case(new(town), by=town.inspector, on=later(minutes=minute), step="self_handle")
    assert 8 <= Case.objects.filter(audit_sample=True).count() <= 35


def test_orders_from_above_need_their_permission(town: Town) -> None:
    with pytest.raises(NotAllowed):
        open_case(new(town), by=town.inspector, on=FRIDAY, step="take_order")
    born = open_case(
        new(town, source_system="12345", source_number="A-1"),
        by=town.dispatcher,
        on=FRIDAY,
        step="take_order",
    )
    assert Case.objects.get(pk=born.id).source_number == "A-1"


def test_a_resident_may_report_and_nothing_else(town: Town) -> None:
    with pytest.raises(NotAllowed):
        open_case(new(town), by=Actor.resident(), on=FRIDAY, step="split_off")


def test_staff_of_another_district_may_not_report_here(town: Town) -> None:
    with pytest.raises(NotAllowed):
        open_case(new(town), by=build("other").inspector, on=FRIDAY)


@pytest.mark.parametrize("point", [(float("nan"), 24.0), (109.0, None), (float("inf"), 1.0)])
def test_half_a_point_is_no_point(town: Town, point: tuple) -> None:
    case = new(town)
    case.lon, case.lat = point
    with pytest.raises(BadBirth):
        open_case(case, by=Actor.resident(), on=FRIDAY)


def test_ordinary_steps_are_no_births(town: Town) -> None:
    with pytest.raises(BadBirth):
        statement("dispatch", new(town), by=town.dispatcher, on=FRIDAY)
    with pytest.raises(NoSuchStep):
        statement("fly", new(town), by=town.dispatcher, on=FRIDAY)


GATE = """INSERT INTO reports_report
  (district_id, case_id, channel, text, address, language, idempotency_key, received_at)
  SELECT %(district_id)s, fresh.id, %(channel)s, '', '', 'zh-hans', %(told_key)s, %(on)s FROM fresh
  ON CONFLICT (district_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
  RETURNING case_id"""


def told(town: Town, key: str) -> tuple | None:
    made = statement(
        "report", new(town), by=Actor.resident(), on=FRIDAY, gate=GATE, gate_params={"told_key": key}
    )
    with connection.cursor() as cursor:
        cursor.execute(made.sql, made.params)
        return cursor.fetchone()


def test_a_report_puts_its_insert_in_front_and_the_same_key_bears_once(town: Town) -> None:
    first = told(town, "k1")
    assert first is not None
    assert told(town, "k1") is None
    assert told(town, "k2") is not None
    assert Case.objects.count() == Task.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_eight_at_once_bears_one_case(transactional_db: None) -> None:
    town, born = build("busy"), []

    def send() -> None:
        try:
            born.append(told(town, "same"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([row for row in born if row]) == 1
    assert len(born) == 8
    assert Case.objects.count() == 1


def test_the_application_s_role_may_do_all_of_it(town: Town) -> None:
    """Its rights are fewer than the owner's: no update of the record, no sequence of its own."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE chengzhi_app")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("chengzhi_app",)
    try:
        pk = open_case(new(town), by=town.inspector, on=FRIDAY, step="file_directly").id
        done = advance_case(pk, "dispatch", by=town.dispatcher, on=FRIDAY, unit=town.squad.pk, reason="就近")
        undo_step(pk, done.event_id, by=town.dispatcher, on=FRIDAY)
        assert reserve(town.district.pk, 10) == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    assert [entry.step for entry in history("case", pk)] == ["file_directly", "dispatch", "undo"]
