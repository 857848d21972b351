"""The administrator's pages by real requests: previews say the truth, changes are dated, history tells."""

import re
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases.models import Case, CaseLimit, CaseType, Escalation, StageLimit
from chengzhi.people.actor import actor_of
from chengzhi.people.calendars import calendar_of
from chengzhi.people.models import Account, CalendarDay, Post, RolePermission, Unit
from chengzhi.people.rules import may
from tests.people_builders import PASSWORD, account, district, post, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return district()


@pytest.fixture
def admin(here):
    person = post(account("root"), here, "administrator").account
    post(person, here, "auditor")
    client = Client()
    client.post("/account/login/", {"username": "root", "password": PASSWORD})
    return client


def text(answer):
    return answer.content.decode()


@pytest.fixture
def kind(here):
    return CaseType.objects.create(district=here, code_set="local", code="0101", name="暴露垃圾")


@pytest.fixture
def limit(kind):
    return CaseLimit.objects.create(
        type=kind, amount=Decimal(8), unit="working_hours", valid_from=date(2020, 1, 1)
    )


@pytest.mark.parametrize("name", ["home", "people", "invite", "roles", "units", "new_unit", "limits", "new_limit",
                                  "stages", "escalation", "limits_file", "calendars", "messages", "packs",
                                  "ledger", "jobs", "health"])  # fmt: skip
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_empty(admin, name, language):
    admin.cookies["language"] = language
    assert admin.get(reverse(f"manage:{name}")).status_code == 200


def test_an_invitation_becomes_an_account_with_a_post(admin, here):
    place = unit(here, "09")
    answer = admin.post(
        "/manage/people/invite/",
        {"name": "李雷", "role": "dispatcher", "unit": place.pk, "valid_from": "2026-01-01"},
    )
    link = re.search(r"/account/link/[\w-]+/", text(answer)).group()
    fields = {"username": "lilei", "name": "李雷", "new": PASSWORD, "again": PASSWORD}
    assert Client().post(link, fields).status_code == 302
    made = Account.objects.get(username="lilei")
    assert made.posts.get().role == "dispatcher"
    assert "李雷" in text(admin.get("/manage/people/?q=派遣"))
    assert "李雷" not in text(admin.get("/manage/people/?q=nothing-like-it"))


def test_accounts_of_another_district_are_not_there(admin):
    other = post(account(), district("there"), "handler").account
    for page in ("", "link/", "deactivate/"):
        assert admin.get(f"/manage/people/{other.pk}/{page}").status_code in (404, 405)
    assert admin.post(f"/manage/people/{other.pk}/deactivate/").status_code == 404
    assert other.name not in text(admin.get("/manage/people/"))


def test_deactivation_shows_what_is_assigned_and_ends_the_sessions(admin, here):
    person = post(account(), here, "handler").account
    Case.objects.create(district=here, number="A1", state="handling", channel="web", handler=person,
                        reported_at=clock.now(), updated_at=clock.now())  # fmt: skip
    browser = Client()
    browser.post("/account/login/", {"username": person.username, "password": PASSWORD})
    assert "1" in re.search(
        r"<li>([^<]*)</li>", text(admin.get(f"/manage/people/{person.pk}/deactivate/"))
    ).group(1)
    admin.post(f"/manage/people/{person.pk}/deactivate/")
    assert browser.get("/account/").status_code == 302
    retry = Client().post("/account/login/", {"username": person.username, "password": PASSWORD})
    assert retry.status_code == 401


def test_the_last_administrator_stays(admin):
    root = Account.objects.get(username="root")
    assert admin.post(f"/manage/people/{root.pk}/deactivate/").status_code == 409
    assert Account.objects.get(username="root").is_active


def test_a_post_is_given_and_ended_by_day(admin, here):
    person = post(account(), here, "handler").account
    place = Unit.objects.get()
    admin.post(f"/manage/people/{person.pk}/posts/",
               {"role": "inspector", "unit": place.pk, "valid_from": "2026-01-01"})  # fmt: skip
    assert may(actor_of(person, here.pk, clock.now()), "case.check")
    given = Post.objects.get(account=person, role="inspector")
    admin.post(f"/manage/posts/{given.pk}/end/", {"last_day": str(clock.now().date() - timedelta(days=2))})
    assert not may(actor_of(person, here.pk, clock.now()), "case.check")


def granted(here):
    rows = RolePermission.objects.filter(district=here, valid_to=None)
    return [f"{row.role} {row.permission}" for row in rows]


def test_rights_change_from_a_day_with_who_loses_shown_first(admin, here):
    person = post(account(), here, "dispatcher").account
    tomorrow = clock.now().date() + timedelta(days=2)
    wanted = [pair for pair in granted(here) if pair != "dispatcher case.suspend"] + [
        "auditor evaluation.settings"
    ]
    fields = {"grant": wanted, "first_day": str(tomorrow)}
    preview = text(admin.post("/manage/roles/", fields))
    assert person.name in preview
    assert "挂账" in preview
    assert may(actor_of(person, here.pk, clock.now()), "case.suspend")
    admin.post("/manage/roles/", fields | {"confirm": "1"})
    assert may(actor_of(person, here.pk, clock.now()), "case.suspend")
    assert not may(actor_of(person, here.pk, clock.now() + timedelta(days=4)), "case.suspend")
    assert "挂账" in text(admin.get("/manage/roles/")).split("timeline")[1]


def test_rights_cannot_be_changed_for_the_past_nor_taken_from_the_administrator(admin, here):
    yesterday = clock.now().date() - timedelta(days=2)
    admin.post("/manage/roles/", {"grant": [], "first_day": str(yesterday), "confirm": "1"})
    assert len(granted(here)) > 50
    admin.post(
        "/manage/roles/",
        {"grant": [], "first_day": str(clock.now().date() + timedelta(days=1)), "confirm": "1"},
    )
    later = clock.now() + timedelta(days=3)
    root = Account.objects.get(username="root")
    assert actor_of(root, here.pk, later).permissions == {"people.manage", "roles.manage"}


def test_a_unit_does_not_lie_below_itself_and_leaves_with_a_warning(admin, here):
    top = unit(here, "20")
    low = unit(here, "2001", parent=top)
    fields = {
        "code": "20",
        "name": "甲",
        "kind": "bureau",
        "parent": low.pk,
        "handles_cases": "on",
        "active": "on",
    }
    admin.post(f"/manage/units/{top.pk}/", fields)
    top.refresh_from_db()
    assert top.parent_id is None
    post(account(), here, "handler", low)
    gone = {"code": "2001", "name": "乙", "kind": "squad", "parent": top.pk}
    admin.post(f"/manage/units/{low.pk}/", gone)
    low.refresh_from_db()
    assert low.active
    admin.post(f"/manage/units/{low.pk}/", gone | {"confirm": "1"})
    low.refresh_from_db()
    assert not low.active


def test_a_limit_changes_from_a_day_and_says_how_many_cases_it_reaches(admin, here, kind, limit):
    for number, due in (("A1", None), ("A2", clock.now()), ("A3", None)):
        Case.objects.create(district=here, number=number, state="handling", channel="web", type=kind,
                            reported_at=clock.now(), updated_at=clock.now(), due_at=due)  # fmt: skip
    first = clock.now().date() + timedelta(days=3)
    fields = {"amount": "4", "unit": "urgent_hours", "source": "本区办法第三条", "first_day": str(first)}
    admin.cookies["language"] = "en"
    preview = text(admin.post(f"/manage/limits/{limit.pk}/", fields))
    assert "2 open cases are not dispatched yet" in preview
    assert "1 open case keeps" in preview
    assert CaseLimit.objects.count() == 1
    admin.post(f"/manage/limits/{limit.pk}/", fields | {"confirm": "1"})
    old, new = CaseLimit.objects.order_by("valid_from")
    assert (old.amount, old.valid_to) == (8, first - timedelta(days=1))
    assert (new.amount, new.unit, new.valid_from, new.valid_to) == (4, "urgent_hours", first, None)
    assert "→" in text(admin.get(f"/manage/limits/{limit.pk}/"))


def test_limits_of_another_district_are_not_there(admin):
    other = CaseType.objects.create(district=district("there"), code_set="local", code="1", name="x")
    foreign = CaseLimit.objects.create(type=other, amount=1, unit="months", valid_from=date(2020, 1, 1))
    assert admin.get(f"/manage/limits/{foreign.pk}/").status_code == 404


def test_limits_travel_as_csv_and_bad_rows_are_refused_by_number(admin, here, kind, limit):
    down = text(admin.get("/manage/limits/file/download/"))
    assert down.startswith("\ufeffcode,name,condition")
    assert "0101,暴露垃圾,default,,8.00,working_hours," in down
    rows = ["code,name,condition,area_class,amount,unit,source", "0101,,default,,6,working_hours,x",
            "0101,,default,1,-2,working_hours,", "9999,,default,,6,working_hours,",
            "0101,,default,2,NaN,working_hours,", "0101,,default,3,6,fortnights,", "0101,,default,,5,months,"]  # fmt: skip
    first = str(clock.now().date() + timedelta(days=1))
    file = SimpleUploadedFile("limits.csv", "\n".join(rows).encode("utf-8-sig"))
    preview = text(admin.post("/manage/limits/file/", {"file": file, "first_day": first}))
    for number in (3, 4, 5, 6, 7):
        assert re.search(rf"\b{number}\b", preview.split("<tbody>")[0])
    carried = re.search(r'name="text" value="([^"]*)"', preview).group(1)
    admin.post("/manage/limits/file/", {"text": carried, "first_day": first, "confirm": "1"})
    assert CaseLimit.objects.get(valid_to=None).amount == 6
    assert CaseLimit.objects.count() == 2
    broken = SimpleUploadedFile("x.csv", b"\xff\xfe\x00binary")
    assert admin.post("/manage/limits/file/", {"file": broken, "first_day": first}).status_code == 200


def test_stage_clocks_and_escalation_are_dated(admin, here):
    today = clock.now().date() + timedelta(days=1)
    stage = {"stage": "verify", "amount": "30", "unit": "urgent_hours", "first_day": str(today)}
    admin.post("/manage/limits/stages/", stage | {"confirm": "1"})
    admin.post("/manage/limits/stages/", stage | {"amount": "2", "confirm": "1"})
    assert StageLimit.objects.get().amount == 2
    rule = {"percent": "80", "role": "shift_leader", "domain": "", "first_day": str(today)}
    admin.post("/manage/limits/escalation/", rule | {"confirm": "1"})
    row = Escalation.objects.get()
    assert (row.share, row.role, row.own_unit_only) == (Decimal("0.80"), "shift_leader", False)
    admin.post("/manage/limits/escalation/", {"end": row.pk})
    row.refresh_from_db()
    assert row.valid_to is not None


def set_day(admin, here, day):
    today = clock.now().astimezone(ZoneInfo(here.zone)).date()
    fields = {"day": str(day), "off": "1", "name": "区庆", "first_day": str(today), "confirm": "1"}
    assert admin.post("/manage/calendars/", fields).status_code == 302


def test_a_local_day_changes_the_districts_calendar_only(admin, here):
    day = date(2026, 4, 8)  # a Wednesday
    there = district("there")
    today = clock.now().astimezone(ZoneInfo(here.zone)).date()
    later = today + timedelta(days=4)
    assert calendar_of(here, day=today).is_workday(day).yes
    fields = {"day": str(day), "off": "1", "name": "区庆", "source": "通知1号", "confirm": "1"}
    admin.post("/manage/calendars/", fields | {"first_day": str(later)})
    assert calendar_of(here, day=today).is_workday(day).yes  # planned, not yet counted
    assert not calendar_of(here, day=later).is_workday(day).yes
    assert str(later) in text(admin.get("/manage/calendars/?year=2026"))
    admin.post("/manage/calendars/", fields | {"first_day": str(today)})
    assert not calendar_of(here, day=today).is_workday(day).yes
    assert calendar_of(there, day=today).is_workday(day).yes
    page = text(admin.get("/manage/calendars/?year=2026"))
    assert "区庆" in page
    assert "day-holiday" in page
    admin.post("/manage/calendars/", {"clear": str(day)})
    assert calendar_of(here, day=today).is_workday(day).yes
    assert not CalendarDay.objects.exists()


def test_a_lost_phone_is_answered_by_removing_the_second_factor(admin, here):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    person = post(account(), here, "head").account
    TOTPDevice.objects.create(user=person, confirmed=True)
    admin.post(f"/manage/people/{person.pk}/second-factor/")
    assert not TOTPDevice.objects.exists()


def test_the_ledger_page_shows_this_district_only(admin, here):
    set_day(admin, here, "2026-04-08")
    assert "区庆" in text(admin.get("/manage/ledger/"))
    assert "区庆" in text(admin.get("/manage/ledger/?thing=calendar"))
    assert "区庆" not in text(admin.get("/manage/ledger/?thing=unit"))
    there = post(account(), district("there"), "auditor").account
    client = Client()
    client.post("/account/login/", {"username": there.username, "password": PASSWORD})
    assert "区庆" not in text(client.get("/manage/ledger/"))


def test_packs_check_says_what_a_pack_holds(admin):
    page = text(admin.get("/manage/packs/"))
    assert "sample" in page
    assert admin.post("/manage/packs/sample/check/").status_code == 200
    assert admin.post("/manage/packs/no-such-pack/check/").status_code == 404


def test_a_local_day_moves_the_deadlines_of_cases(admin, here):
    from chengzhi.cases.habits import habits

    day = date(2026, 4, 8)
    assert habits(here.pk).calendar.is_workday(day).yes
    set_day(admin, here, day)
    assert not habits(here.pk).calendar.is_workday(day).yes
