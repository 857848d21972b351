"""Results of a round and of a month: estimates with n, agreement, failed places with cases, workbooks."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from fastexcel import read_excel

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.inspections import rounds
from chengzhi.inspections.estimates import stratified_share
from chengzhi.inspections.models import RoundPoint, Visit
from chengzhi.inspections.visits import recheck, record_visit
from chengzhi.web.rounds.figures import items_of_round, plain_share, share
from tests.unit.inspections.yard import answers, thing


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def seen(yard):
    """A round over ten sections, six drawn: five seen (one above the limit), one left out."""
    for _ in range(9):
        thing(yard.town, "cleaning_section", "cleanliness")
    on = clock.now()
    made = rounds.plan(
        district_id=yard.district.pk, checklist="five_grams", name="本月以克论净",
        frame={"of": "objects", "kind": "cleaning_section"}, size=6, recheck_share=Decimal(1),
        starts_on=on.date() - timedelta(days=1), ends_on=on.date(), by=yard.planner, on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=yard.head, on=on)
    rounds.draw(made.pk, seed="7", by=yard.planner, on=on)
    for value in ("2", "3", "4", "4.5", "12"):
        point = rounds.next_point(made.pk, by=yard.inspector, on=on)
        visit(yard, point, value, swept="failed" if value == "12" else "ok")
    point = rounds.next_point(made.pk, by=yard.inspector, on=on)
    rounds.skip_point(point.pk, reason="道路封闭", by=yard.inspector, on=on)
    return made


def visit(yard, point, value, **said):
    return record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=yard.inspector, on=clock.now(),
        visited_at=clock.now(), answers=answers("five_grams", **said),
        readings={"dust": (value, yard.balance.pk)}, point_id=point.pk,
    )  # fmt: skip


def test_results_show_value_interval_and_n_and_what_is_missing(enter, yard, seen):
    page = text(enter("head").get(f"/desk/rounds/{seen.pk}/results/"))
    assert "80.0%" in page
    assert "5.1 g/m²" in page
    assert "No second look has been taken yet." in page
    case = Case.objects.get()
    assert case.number in page
    assert "12 g/m²" in page
    empty = rounds.plan(
        district_id=yard.district.pk, checklist="toilet", name="空", frame={"of": "objects", "kind": "toilet"},
        size=1, starts_on=clock.now().date(), ends_on=clock.now().date(), by=yard.planner, on=clock.now(),
    )  # fmt: skip
    assert "Nothing has been seen yet" in text(enter("planner").get(f"/desk/rounds/{empty.pk}/results/"))


def test_an_inspector_does_not_read_first_results_that_wait_for_a_second_look(enter, yard, seen):
    page = text(enter("second").get(f"/desk/rounds/{seen.pk}/results/"))
    assert Case.objects.get().number not in page
    rounds.close(seen.pk, by=yard.planner, on=clock.now())
    assert Case.objects.get().number in text(enter("second").get(f"/desk/rounds/{seen.pk}/results/"))


def test_agreement_tells_share_kappa_and_difference(enter, yard, seen):
    for first in Visit.objects.order_by("pk"):
        value = first.readings.get().value + Decimal("0.5")
        recheck(
            first.pk, by=yard.second, on=clock.now(), visited_at=clock.now(), answers=answers("five_grams"),
            readings={"dust": (str(value), yard.balance.pk)},
        )  # fmt: skip
    page = text(enter("planner").get(f"/desk/rounds/{seen.pk}/results/"))
    assert "93.3%" in page
    assert "14 / 15" in page
    assert "mean difference 0.5 g/m², limits of agreement +0.50 … +0.50 (n=5)" in page


def test_lines_that_do_not_apply_somewhere_count_only_where_they_do(yard, seen):
    one = Visit.objects.order_by("pk").first()
    one.findings.filter(item="framed").update(answer="na")
    found = items_of_round(seen.pk)
    assert found["framed"].known == 4
    assert found["framed"].size == 8  # of ten places, four of the five seen
    by_hand = stratified_share([(10, [True, True, True, True, False])])
    assert found["swept"].value == pytest.approx(0.8)
    assert found["swept"].low == pytest.approx(by_hand.low)
    assert found["swept"].high == pytest.approx(by_hand.high)


def test_a_share_of_few_is_grey_and_one_of_nothing_says_so():
    assert (plain_share(0, 0).text, plain_share(3, 3).few, plain_share(9, 10).few) == ("—", True, False)
    assert plain_share(8, 10).interval == "49.0–94.3%"
    nothing = share(stratified_share([(5, [])]))
    assert nothing.text == "—"
    assert nothing.why


def test_the_workbook_holds_the_same_figures(enter, yard, seen):
    answer = enter("planner").get(f"/desk/rounds/{seen.pk}/results.xlsx")
    book = read_excel(answer.content)
    assert book.sheet_names == ["Results", "Second looks", "Not in order"]
    rows = book.load_sheet("Results", header_row=4).to_polars().rows()
    assert rows[0][:2] == ("All in order", 80.0)
    assert io.BytesIO(answer.content).read(2) == b"PK"


def test_the_month_holds_every_domain_and_prints(enter, yard, seen):
    record_visit(
        district_id=yard.district.pk, checklist="grill_round", by=yard.inspector, on=clock.now(),
        visited_at=clock.now(), answers=answers("grill_round", none="failed"), result="persuaded",
        lon=109.35, lat=24.35,
    )  # fmt: skip
    client = enter("planner")
    page = text(client.get("/desk/rounds/month/"))
    for name in ("Cleanliness by grams", "Public toilets", "Outdoor advertising", "Street and night markets"):
        assert name in page
    assert "6 visits, 2 of them not in order; 2 cases opened" in page
    assert "1 / 0 / 0" in page
    assert "80.0%" in page
    alone = text(client.get("/desk/rounds/month/?domain=barbecue"))
    assert "1 visits, 1 of them not in order" in alone
    assert "Grams of dust" not in alone
    before = text(client.get("/desk/rounds/month/?month=2026-01"))
    assert "0 visits" in before
    assert client.get("/desk/rounds/month/?month=9999-12").status_code == 200
    assert client.get("/desk/rounds/month/?month=nonsense").status_code == 200
    book = read_excel(client.get("/desk/rounds/month.xlsx").content)
    assert book.sheet_names == ["Checks", "Measured"]
    rows = book.load_sheet("Checks", header_row=4).to_polars().rows()
    assert ("Cleanliness by grams", "Grams of dust", 5, 5, 80.0) in [row[:5] for row in rows]


def test_the_skipped_are_on_the_round_with_their_reason(enter, yard, seen):
    page = text(enter("planner").get(f"/desk/rounds/{seen.pk}/"))
    assert "道路封闭" in page
    assert RoundPoint.objects.filter(skipped_at__isnull=False).count() == 1
    assert "5 of 6 places seen" in page
