"""Settings of checks: dated, previewed with true numbers, with their history."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from chengzhi import clock
from chengzhi.inspections.limits import Spot, limit_for
from chengzhi.inspections.models import CheckLimit, Instrument, VisitCap
from chengzhi.inspections.visits import record_visit
from chengzhi.registers.models import CheckPlan
from tests.unit.inspections.yard import answers, thing


def today_here():
    """The date on the wall of the district."""
    return clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def weigh(yard, value):
    record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=yard.inspector, on=clock.now(),
        visited_at=clock.now(), answers=answers("five_grams"), readings={"dust": (value, yard.balance.pk)},
        object_id=yard.section.pk,
    )  # fmt: skip


def dust(yard, day):
    return limit_for(district_id=yard.district.pk, measurement="dust", spot=Spot(), day=day)


def test_a_limit_is_previewed_on_real_readings_and_counts_from_its_day(enter, yard):
    for value in ("3", "4.5", "9"):
        weigh(yard, value)
    client, today = enter("planner"), today_here()
    page = text(client.get("/desk/rounds/settings/limits/"))
    assert "as shipped" in page
    assert "≤ 5 g/m²" in page
    day = today + timedelta(days=3)
    fields = {"measurement": "dust", "value": "4", "source": "区文件1号", "first_day": str(day)}
    seen = text(client.post("/desk/rounds/settings/limits/new/", fields))
    assert "Of 3 readings of the last 90 days 2 keep to the limit now, 1 would keep to the new one." in seen
    assert not CheckLimit.objects.exists()
    assert client.post("/desk/rounds/settings/limits/new/", fields | {"confirm": "1"}).status_code == 302
    assert (dust(yard, today).value, dust(yard, day).value) == (Decimal(5), Decimal(4))
    row = CheckLimit.objects.get()
    assert (row.status, row.changed_by) == ("local", yard.planner.account_id)
    assert "planned" in text(client.get("/desk/rounds/settings/limits/"))
    assert "区文件1号" in text(client.get(f"/desk/rounds/settings/limits/{row.pk}/"))


def test_an_own_limit_is_taken_away_again(enter, yard):
    today = today_here()
    row = CheckLimit.objects.create(
        district=yard.district, measurement="dust", value=7, unit="g/m2", valid_from=date(2026, 1, 1)
    )
    client = enter("planner")
    fields = {"measurement": "dust", "value": "7", "source": "", "first_day": str(today)}
    address = f"/desk/rounds/settings/limits/{row.pk}/"
    assert "the next more general one" in text(client.post(address, fields | {"end": "1"}))
    assert client.post(address, fields | {"end": "1", "confirm": "1"}).status_code == 302
    assert (dust(yard, today).value, dust(yard, today).status) == (5, "unverified")
    assert dust(yard, today - timedelta(days=1)).value == 7


def test_an_impossible_limit_and_a_past_day_are_refused_with_what_was_typed(enter, yard):
    client, today = enter("planner"), today_here()
    fields = {
        "measurement": "dust",
        "value": "5000",
        "source": "来源",
        "first_day": str(today),
        "confirm": "1",
    }
    page = text(client.post("/desk/rounds/settings/limits/new/", fields), 422)
    assert "5000" in page
    assert "来源" in page
    late = fields | {"value": "5", "first_day": str(today - timedelta(days=1))}
    assert "a day that is over" in text(client.post("/desk/rounds/settings/limits/new/", late))
    assert not CheckLimit.objects.exists()


def test_a_plan_says_how_many_checks_it_makes(enter, yard):
    for _ in range(9):
        thing(yard.town, "toilet", "toilets")
    client, today = enter("planner"), today_here()
    assert "not planned" in text(client.get("/desk/rounds/settings/plans/"))
    address = "/desk/rounds/settings/plans/toilet/toilet/"
    fields = {"every_days": "3", "reason": "夏季", "source": "", "first_day": str(today)}
    seen = text(client.post(address, fields))
    assert "10 objects" in seen
    assert "about 100 checks a month" in seen
    assert client.post(address, fields | {"confirm": "1"}).status_code == 302
    assert CheckPlan.objects.get().every_days == 3
    assert "every 3 days" in text(client.get("/desk/rounds/settings/plans/"))
    assert "every 3 days" in text(client.get(address))


def test_a_cap_is_set_for_businesses_only(enter, yard):
    client, today = enter("planner"), today_here()
    assert "no cap" in text(client.get("/desk/rounds/settings/caps/"))
    address = "/desk/rounds/settings/caps/grill_shop/"
    fields = {"per_year": "4", "source": "年度计划", "first_day": str(today)}
    assert "0 businesses have had" in text(client.post(address, fields))
    assert client.post(address, fields | {"confirm": "1"}).status_code == 302
    assert VisitCap.objects.get().per_year == 4
    assert "4 visits a year" in text(client.get("/desk/rounds/settings/caps/"))
    assert client.get("/desk/rounds/settings/caps/toilet/").status_code == 404


def test_an_instrument_is_registered_calibrated_and_retired(enter, yard):
    client, today = enter("planner"), today_here()
    new = {"kind": "fume_meter", "name": "油烟仪", "serial": "Y-1"}
    page = client.post("/desk/rounds/settings/instruments/new/", new)["Location"]
    assert "registered already" in text(client.post("/desk/rounds/settings/instruments/new/", new), 422)
    assert "never calibrated" in text(client.get("/desk/rounds/settings/instruments/"))
    wrong = {"calibrated_on": str(today), "calibrated_until": "2026-01-01", "certificate": "校1"}
    assert "ends before it begins" in text(client.post(page, wrong))
    right = wrong | {"calibrated_until": str(today + timedelta(days=365))}
    assert client.post(page, right).status_code == 302
    one = Instrument.objects.get(serial="Y-1")
    assert one.calibrated_until == today + timedelta(days=365)
    assert "in calibration" in text(client.get("/desk/rounds/settings/instruments/"))
    assert client.post(page, {"retire": "1"}).status_code == 302
    assert "no longer used" in text(client.get("/desk/rounds/settings/instruments/"))


@pytest.mark.parametrize("name", ["limits", "plans", "caps", "instruments"])
def test_only_who_manages_checks_finds_the_settings(enter, yard, name):
    assert enter("administrator").get(f"/desk/rounds/settings/{name}/").status_code == 200
    assert enter("inspector").get(f"/desk/rounds/settings/{name}/").status_code == 404
