"""A sheet: numbers as people type them, instruments by their calibration, results where they belong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from chengzhi.inspections.checklists import checklist
from chengzhi.inspections.models import Instrument
from chengzhi.inspections.problems import ImpossibleValue, MissingAnswer, SeveralProblems
from chengzhi.web.field.filling import visited_at
from chengzhi.web.field.sheet import blank, fill, number, results_of
from tests.unit.cases.town import FRIDAY
from tests.unit.inspections.yard import instrument

DAY = date(2026, 4, 3)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("5", Decimal(5)),
        ("0,5", Decimal("0.5")),
        ("5,000", Decimal(5000)),
        ("1,234.5", Decimal("1234.5")),
        ("１２．５", Decimal("12.5")),
        ("３。５", Decimal("3.5")),
        ("0,125", Decimal("0.125")),
        ("1,2,3", "1 2 3"),
        ("viel", "viel"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, value):
    assert number(typed) == value


def test_only_calibrated_instruments_are_offered_and_the_others_say_why(yard):
    old = instrument(yard.town, "balance", until=date(2026, 1, 31))
    never = instrument(yard.town, "balance", until=None)
    domain, form = checklist("five_grams")
    sheet = blank(domain, form, {}, list(Instrument.objects.order_by("pk")), DAY)
    tools = sheet.gauges[0].tools
    assert tools is not None
    assert [one.pk for one in tools.usable] == [yard.balance.pk]
    assert [one.pk for one, _why in tools.barred] == [old.pk, never.pk]
    assert "2026-01-31" in tools.barred[0][1]
    assert sheet.gauges[0].instrument == str(yard.balance.pk)


def test_each_fault_stands_beside_its_field_and_what_was_typed_stays(yard):
    domain, form = checklist("five_grams")
    sheet = blank(domain, form, {}, [yard.balance], DAY)
    fill(sheet, {"a.swept": "ok", "n.swept": " a note ", "v.dust": "5,000", "i.dust": "7"}, {})
    assert sheet.answers == {"swept": ("ok", "a note", None)}
    assert sheet.readings == {"dust": (Decimal(5000), 7)}
    sheet.blame(
        SeveralProblems([
            MissingAnswer("no answer", field="framed"),
            ImpossibleValue("cannot be", field="dust"),
            MissingAnswer("elsewhere", field="gone"),
        ])
    )  # fmt: skip
    assert sheet.lines[1].errors == ["no answer"]
    assert sheet.gauges[0].errors == ["cannot be"]
    assert sheet.errors == {"gone": "elsewhere"}
    assert sheet.wrong == 3
    assert sheet.gauges[0].typed == "5,000"


def test_how_it_ended_is_asked_only_where_an_act_can_be_stopped_or_corrected():
    assert [key for key, _words in results_of(checklist("grill_round")[1])] == [
        "persuaded", "corrected", "filed",
    ]  # fmt: skip
    assert results_of(checklist("market")[1])
    assert not results_of(checklist("five_grams")[1])
    assert not results_of(checklist("toilet")[1])


def test_a_sheet_that_waited_is_as_old_as_it_says_whatever_the_phone_shows():
    wrong = timedelta(days=400)  # a phone whose clock is a year fast
    filled, sent = (FRIDAY + wrong).isoformat(), (FRIDAY + wrong + timedelta(minutes=40)).isoformat()
    assert visited_at({"visited_at": filled, "sent_at": sent}, FRIDAY) == FRIDAY - timedelta(minutes=40)
    assert visited_at({"visited_at": sent, "sent_at": filled}, FRIDAY) == FRIDAY
    assert visited_at({"visited_at": "2026-13-99T", "sent_at": sent}, FRIDAY) == FRIDAY
    assert visited_at({}, FRIDAY) == FRIDAY
