"""Routing, hours and switches of a district: previewed with true numbers, dated, told afterwards."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.cases.clocks import enter
from chengzhi.cases.habits import habits as settled
from chengzhi.cases.models import Case, CaseType, RoutingCorrection, RoutingRule, StageLimit
from chengzhi.cases.routing import propose_unit
from chengzhi.cases.rules import may
from chengzhi.jobs.models import JobRun
from chengzhi.jobs.registry import work_of
from chengzhi.law.deadlines import deadline
from chengzhi.law.units import Limit
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import Actor, actor_of
from chengzhi.people.calendars import calendar_of
from chengzhi.people.models import Account
from chengzhi.pipeline.packs import load_pack
from chengzhi.places.models import Area, District
from chengzhi.places.packfile import pack_folders
from chengzhi.places.packs import kept_settings
from tests.people_builders import PASSWORD, account, district, post, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(db):
    habits.forget()
    return district()


@pytest.fixture
def admin(here):
    person = post(account("root"), here, "administrator").account
    client = Client()
    client.post("/account/login/", {"username": person.username, "password": PASSWORD})
    return client


def text(answer):
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def kind_in(here, code="0101", **facts):
    return CaseType.objects.create(district=here, code_set="local", code=code, name=f"类别{code}", **facts)


def case_in(here, number, **facts):
    values = {
        "state": "pending_dispatch",
        "channel": "web",
        "reported_at": clock.now(),
        "updated_at": clock.now(),
    }
    return Case.objects.create(district=here, number=number, **(values | facts))


@pytest.mark.parametrize("name", ["routing", "new_rule", "rules", "hours"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_empty(admin, name, language):
    admin.cookies["language"] = language
    assert text(admin.get(reverse(f"manage:{name}")))


def test_a_routing_rule_is_previewed_counts_from_its_day_and_is_told(admin, here):
    first, second, kind = unit(here, "11"), unit(here, "12"), kind_in(here)
    kind.default_unit = first
    kind.save()
    case_in(here, "A1", type=kind)
    case_in(here, "A2", type=kind, state="closed", closed_at=clock.now())
    day = clock.now().date() + timedelta(days=3)
    fields = {"position": 10, "type": kind.pk, "unit": second.pk, "reason": "试点", "first_day": str(day)}
    seen = text(admin.post("/manage/routing/new/", fields))
    assert "1" in seen.split("note")[1]
    assert not RoutingRule.objects.exists()
    assert admin.post("/manage/routing/new/", fields | {"confirm": "1"}).status_code == 302

    def goes_to(after):
        on = clock.now() + timedelta(days=after)
        return propose_unit(district_id=here.pk, type_id=kind.pk, area_id=None, domain="", on=on).unit_id

    assert (goes_to(0), goes_to(4)) == (first.pk, second.pk)
    page = text(admin.get("/manage/routing/"))
    assert second.name in page.split("timeline")[1]
    tried = text(admin.get("/manage/routing/", {"ask": "1", "type": kind.pk}))
    assert first.name in tried.split('role="status"')[1].split("</form>")[0]


def test_a_rule_changed_from_a_day_ends_the_day_before_and_an_ended_one_counts_no_more(admin, here):
    first, second = unit(here, "11"), unit(here, "12")
    old = RoutingRule.objects.create(district=here, position=10, unit=first, valid_from=date(2020, 1, 1))
    today = calendar_today(here)
    fields = {"position": 20, "unit": second.pk, "first_day": str(today), "confirm": "1"}
    admin.post(f"/manage/routing/{old.pk}/", fields)
    old.refresh_from_db()
    assert old.valid_to == today - timedelta(days=1)
    new = RoutingRule.objects.get(position=20)
    admin.post("/manage/routing/", {"end": new.pk})
    assert propose_unit(district_id=here.pk, type_id=None, area_id=None, domain="", on=clock.now()) is None
    other = RoutingRule.objects.create(
        district=district("there"), position=1, unit=first, valid_from=date(2020, 1, 1)
    )
    assert admin.post("/manage/routing/", {"end": other.pk}).status_code == 404
    assert admin.get(f"/manage/routing/{other.pk}/").status_code == 404


def calendar_today(here):
    return clock.now().astimezone(ZoneInfo(here.zone)).date()


def test_a_rule_holds_for_the_area_below_and_the_preview_counts_it(admin, here):
    place = unit(here, "12")
    street = Area.objects.create(district=here, level="street", code="1", name="甲街", origin="generated")
    inside = Area.objects.create(
        district=here, level="community", code="11", name="乙社区", origin="generated", parent=street
    )
    case_in(here, "A1", area=inside)
    case_in(here, "A2")
    fields = {"position": 10, "area": street.pk, "unit": place.pk, "first_day": str(calendar_today(here))}
    says = text(admin.post("/manage/routing/new/", fields)).split("note")[1].split("</li>")[0]
    assert ("2" in says, "1" in says) == (True, True)


def test_corrections_are_hints_that_fill_the_form(admin, here):
    first, second, kind = unit(here, "11"), unit(here, "12"), kind_in(here)
    for number in ("A1", "A2"):
        case = case_in(here, number, type=kind)
        RoutingCorrection.objects.create(
            case=case, district=here, proposed=first, chosen=second, made_at=clock.now()
        )
    page = text(admin.get("/manage/routing/"))
    address = f"/manage/routing/new/?unit={second.pk}&amp;type={kind.pk}"
    assert address in page
    form = text(admin.get(address.replace("&amp;", "&")))
    assert f'<option value="{second.pk}" selected' in form
    assert f'<option value="{kind.pk}" selected' in form


def test_hours_change_for_new_clocks_after_a_true_preview(admin, here):
    friday = clock.now().replace(year=2026, month=4, day=3, hour=8, minute=30, second=0, microsecond=0)
    due = deadline(friday, Limit(8, "working_hours"), calendar_of(here, day=friday.date())).due
    case_in(
        here,
        "A1",
        state="handling",
        clock_from=friday,
        due_at=due,
        limit_amount=8,
        limit_unit="working_hours",
    )
    case_in(
        here,
        "A2",
        state="handling",
        clock_from=friday,
        due_at=due,
        limit_amount=24,
        limit_unit="calendar_hours",
    )
    today = calendar_today(here)
    fields = {"name": "cn", "hours": "09:00-12:00\n13:00-16:00", "first_day": str(today)}
    says = text(admin.post("/manage/calendars/hours/", fields)).split("note")[1].split("</li>")[0]
    assert ("2" in says, "1" in says) == (True, True)
    here.refresh_from_db()
    assert "calendars" not in here.settings
    admin.post("/manage/calendars/hours/", fields | {"confirm": "1"})
    here.refresh_from_db()
    assert calendar_of(here, day=today).hours == ((540, 720), (780, 960))
    assert Case.objects.get(number="A1").due_at == due
    assert "09:00–12:00" in text(admin.get("/manage/calendars/hours/")).split("timeline")[1]


@pytest.mark.parametrize("hours", ["", "8", "25:00-26:00", "12:00-08:00", "08:00-12:00\n11:00-14:00"])
def test_impossible_hours_are_refused(admin, here, hours):
    fields = {"name": "cn", "hours": hours, "first_day": str(calendar_today(here)), "confirm": "1"}
    assert admin.post("/manage/calendars/hours/", fields).status_code == 200
    here.refresh_from_db()
    assert "calendars" not in here.settings


def test_hours_planned_ahead_count_from_their_day_and_given_ends_stay(admin, here):
    today = calendar_today(here)
    later = today + timedelta(days=10)
    plan = {"name": "cn", "hours": "09:00-12:00\n15:00-18:00", "first_day": str(later), "confirm": "1"}
    assert admin.post("/manage/calendars/hours/", plan).status_code == 302
    here.refresh_from_db()
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=ZoneInfo(here.zone))
    habits.forget()
    hours = [settled(here.pk).calendar_on(noon + timedelta(days=days)).hours for days in (0, 9, 10, 40)]
    assert hours[0] == hours[1] != hours[2] == hours[3] == ((540, 720), (900, 1080))
    assert str(later) in text(admin.get("/manage/calendars/hours/"))
    # Setting an earlier day lets the plan give way; a day that is over is refused.
    soon = today + timedelta(days=2)
    admin.post("/manage/calendars/hours/", plan | {"hours": "08:00-12:00", "first_day": str(soon)})
    here.refresh_from_db()
    assert [row["from"] for row in here.settings["calendars"]] == [str(soon)]
    over = {"first_day": str(today - timedelta(days=1))}
    assert admin.post("/manage/calendars/hours/", plan | over).status_code == 200
    here.refresh_from_db()
    assert len(here.settings["calendars"]) == 1


def test_a_step_is_counted_by_the_hours_of_its_day(admin, here):
    StageLimit.objects.create(
        district=here, stage="verify", amount=2, unit="working_hours", valid_from=date(2020, 1, 1)
    )
    fields = {"name": "cn", "hours": "09:00-12:00\n15:00-18:00", "first_day": "2999-01-01", "confirm": "1"}
    admin.post("/manage/calendars/hours/", fields)
    rows = District.objects.get(pk=here.pk).settings["calendars"]
    District.objects.filter(pk=here.pk).update(
        settings={"calendars": [{**rows[0], "from": "2026-04-08"}]}
    )  # as if that day had come
    habits.forget()
    ends = []
    for day in (7, 8):  # Tuesday by 08–12 and 14–18, Wednesday by the new hours
        on = datetime(2026, 4, day, 3, 0, tzinfo=UTC)  # 11:00 in the district
        case = case_in(here, f"A{day}", state="reported", reported_at=on)
        ends.append(enter(case, "pending_verify", on)["stage_due_at"])
    assert [end.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%d %H:%M") for end in ends] == [
        "07 15:00", "08 16:00",
    ]  # fmt: skip


def test_a_switch_counts_from_its_day_and_goes_back(admin, here):
    case_in(here, "A1", extensions=1)
    today = calendar_today(here)
    later = today + timedelta(days=5)
    address = "/manage/rules/extension_max/"
    fields = {"number": 1, "first_day": str(later)}
    assert "1" in text(admin.post(address, fields)).split("note")[1].split("</li>")[0]
    admin.post(address, fields | {"confirm": "1"})
    admin.post(address, {"number": "", "first_day": str(later + timedelta(days=5)), "confirm": "1"})
    habits.forget()
    asked = [clock.now() + timedelta(days=days) for days in (0, 7, 14)]
    assert [settled(here.pk).policy("extension_max", on) for on in asked] == [2, 1, 2]
    assert admin.post(address, {"number": 99, "first_day": str(later)}).content.decode().count("confirm") == 0
    assert admin.get("/manage/rules/no-such-rule/").status_code == 404
    admin.post("/manage/rules/lamp/", {"number": 0.7, "first_day": str(today), "confirm": "1"})
    habits.forget()
    assert settled(here.pk).policy("lamp", clock.now() + timedelta(days=1))["yellow"] == 0.7
    page = text(admin.get("/manage/rules/"))
    assert str(later) in page


def test_without_a_shift_leader_the_clerk_files(admin, here):
    clerk = post(account(), here, "intake_clerk").account
    case = case_in(here, "A1", state="pending_file")
    assert not may(actor_of(clerk, here.pk, clock.now()), "case.file", case)
    later = calendar_today(here) + timedelta(days=3)
    fields = {"alone": "1", "first_day": str(later)}
    seen = text(admin.post("/manage/rules/shift-leader/", fields))
    assert "1" in seen.split("note")[1].split("</li>")[0]
    admin.post("/manage/rules/shift-leader/", fields | {"confirm": "1"})
    habits.forget()
    assert str(later) in text(admin.get("/manage/rules/"))
    held = [actor_of(clerk, here.pk, clock.now() + timedelta(days=days)) for days in (0, 3)]
    assert [may(actor, "case.file", case) for actor in held] == [False, True]


def test_what_a_page_changed_survives_a_pack():
    said = {"calendar": {"name": "cn", "hours": [["08:00", "12:00"]]}, "languages": ["zh-hans"]}
    first = kept_settings({}, said)
    held = {
        **first, "no_shift_leader": True, "rules": {"reopen_days": [{"from": "2026-01-01", "value": 9}]},
        "calendar": {"name": "cn", "hours": [["09:00", "17:00"]]},
    }  # fmt: skip
    again = kept_settings(held, {**said, "languages": ["zh-hans", "en"]})
    assert (again["no_shift_leader"], again["rules"]) == (True, held["rules"])
    assert again["calendar"] == held["calendar"]
    assert again["languages"] == ["zh-hans", "en"]


def test_other_districts_keep_their_settings(admin, here):
    other = district("there")
    before = District.objects.get(pk=other.pk).settings
    fields = {"alone": "1", "first_day": str(calendar_today(here)), "confirm": "1"}
    admin.post("/manage/rules/shift-leader/", fields)
    assert District.objects.get(pk=here.pk).settings["rules"]["no_shift_leader"]
    assert District.objects.get(pk=other.pk).settings == before
    assert "rules" not in before


@pytest.mark.parametrize(
    ("address", "fields", "seen"),
    [
        ("limits/stages/", {"stage": "verify", "amount": 3, "unit": "working_hours"}, "note"),
        ("limits/escalation/", {"percent": 80, "role": "head"}, "note"),
        ("calendars/", {"day": "2030-05-06", "off": "1", "name": "三月三"}, "三月三"),
    ],
)
def test_a_change_is_shown_before_it_is_made(admin, here, address, fields, seen):
    fields = {**fields, "first_day": str(calendar_today(here))}
    before = Entry.objects.count()
    page = text(admin.post(f"/manage/{address}", fields))
    assert seen in page
    assert 'name="confirm"' in page
    assert Entry.objects.count() == before
    assert admin.post(f"/manage/{address}", fields | {"confirm": "1"}).status_code == 302
    assert Entry.objects.count() == before + 1


def test_duty_areas_count_from_their_day(admin, here):
    inspector = post(account(), here, "inspector")
    area = Area.objects.create(district=here, level="community", code="11", name="乙社区", origin="generated")
    case_in(here, "A1", area=area)
    day = calendar_today(here) + timedelta(days=3)
    address = f"/manage/posts/{inspector.pk}/areas/"
    fields = {"areas": [area.pk], "first_day": str(day)}
    assert "1" in text(admin.post(address, fields)).split("note")[1].split("</li>")[0]
    admin.post(address, fields | {"confirm": "1"})
    held = [actor_of(inspector.account, here.pk, clock.now() + timedelta(days=d)) for d in (0, 5)]
    assert [actor.area_ids for actor in held] == [frozenset(), frozenset({area.pk})]
    assert {actor.roles for actor in held} == {("inspector",)}
    assert "乙社区" in text(admin.get(f"/manage/people/{inspector.account_id}/")).split("timeline")[1]
    foreign = Area.objects.create(
        district=district("there"), level="community", code="1", name="别区", origin="generated"
    )
    assert (
        admin.post(address, {"areas": [foreign.pk], "first_day": str(day), "confirm": "1"}).status_code == 200
    )
    assert (
        admin.get(f"/manage/posts/{post(account(), foreign.district, 'handler').pk}/areas/").status_code
        == 404
    )


def test_an_existing_account_gets_a_post_here(admin, here):
    other = post(account("lilei"), district("there"), "handler").account
    place = unit(here, "31")
    fields = {"username": "lilei", "role": "dispatcher", "unit": place.pk, "valid_from": "2026-01-01"}
    assert "lilei" in text(admin.post("/manage/people/existing/", fields))
    assert not may(actor_of(other, here.pk, clock.now()), "case.dispatch")
    assert admin.post("/manage/people/existing/", fields | {"confirm": "1"}).status_code == 302
    assert may(actor_of(other, here.pk, clock.now()), "case.dispatch")
    wrong = fields | {"username": "nobody", "confirm": "1"}
    assert 'name="confirm"' not in text(admin.post("/manage/people/existing/", wrong))
    assert Account.objects.count() == 2


def test_a_pack_is_reloaded_as_a_job_and_keeps_what_a_page_changed(admin):
    folder = next(one for one in pack_folders() if one.name == "liunan")
    load_pack(folder, by=Actor.system(), on=clock.now(), demo=False)
    liunan = District.objects.get(slug="liunan")
    post(account("boss"), liunan, "administrator")
    boss = Client()
    boss.post("/account/login/", {"username": "boss", "password": PASSWORD})
    address = "/manage/packs/liunan/load/"
    assert admin.post(address, {"confirm": "1"}).status_code == 404  # not the pack of that district
    today = {"first_day": str(calendar_today(liunan)), "confirm": "1"}
    boss.post("/manage/rules/shift-leader/", {"alone": "1"} | today)
    boss.post(
        "/manage/rules/reopen_days/", {"number": 9, "first_day": str(calendar_today(liunan)), "confirm": "1"}
    )
    boss.post("/manage/calendars/hours/", {"name": "cn", "hours": "09:00-17:00"} | today)
    District.objects.filter(pk=liunan.pk).update(pack_version="old")
    assert "old" in text(boss.post(address))
    assert not JobRun.objects.exists()
    boss.post(address, {"confirm": "1"})
    boss.post(address, {"confirm": "1"})
    run = JobRun.objects.get()
    JobRun.objects.filter(pk=run.pk).update(state=JobRun.State.RUNNING)  # as the worker does before
    assert work_of(run.kind)(run)["changed"] is True
    run.refresh_from_db()
    assert (run.done, run.total) == (2, 2)
    again = District.objects.get(slug="liunan")
    assert again.pack_version != "old"
    assert again.settings["rules"]["no_shift_leader"][-1]["value"] is True
    assert again.settings["rules"]["reopen_days"][-1]["value"] == 9
    assert again.settings["calendars"][-1]["hours"] == [["09:00", "17:00"]]
    assert text(boss.get(f"/manage/packs/progress/{run.pk}/"))
    assert admin.get(f"/manage/packs/progress/{run.pk}/").status_code == 404
    assert "old" in text(boss.get("/manage/packs/"))
