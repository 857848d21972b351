"""An inspector's pages: one place at a time, the sheet, what came of it, the second look, a business."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.inspections import business, rounds
from chengzhi.inspections.models import Approval, CheckLimit, RoundPoint, Visit, VisitCap
from chengzhi.inspections.visits import record_visit
from tests.photo_samples import jpeg
from tests.unit.cases.town import LONG_AGO
from tests.unit.inspections.yard import answers, instrument, thing


def text(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


@pytest.fixture
def drawn(yard):
    """A round of weighings over three sections, drawn, every place to be looked at twice."""
    on = clock.now()
    for _ in range(2):
        thing(yard.town, "cleaning_section", "cleanliness", facts={"grade": "1"})
    made = rounds.plan(
        district_id=yard.district.pk, checklist="five_grams", name="本月以克论净",
        frame={"of": "objects", "kind": "cleaning_section"}, size=3, recheck_share=Decimal(1),
        starts_on=on.date() - timedelta(days=1), ends_on=on.date() + timedelta(days=9),
        by=yard.planner, on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=yard.head, on=on)
    rounds.draw(made.pk, by=yard.planner, on=on)
    return made


def sheet(value="3", balance=None, **answers_of):
    said = {f"a.{key}": answers_of.get(key, "ok") for key in ("swept", "framed", "weighed")}
    return said | ({"v.dust": value, "i.dust": balance.pk} if balance else {}) | {"client_key": "k1"}


def shown(client, made):
    """The next place, as the page leads there."""
    answer = client.post(f"/field/round/{made.pk}/next/")
    assert answer.status_code == 303
    return answer["Location"]


def test_the_list_says_what_is_there_and_an_empty_one_what_to_expect(enter, drawn, yard):
    page = text(enter("inspector").get("/field/"))
    assert "本月以克论净" in page
    assert "Show me the next place" in page
    assert "0 of 3 places seen" in page
    drawn.refresh_from_db()
    rounds.cancel(drawn.pk, reason="天气", by=yard.head, on=clock.now())
    assert "No round for you" in text(enter("inspector").get("/field/"))


def test_one_place_is_shown_and_nobody_else_sees_it(enter, drawn, yard):
    address = shown(enter("inspector"), drawn)
    point = RoundPoint.objects.get(revealed_at__isnull=False)
    assert address == f"/field/point/{point.pk}/"
    page = text(enter("inspector").get(address))
    assert point.object.number in page
    assert 'name="v.dust"' in page
    assert "≤ 5 g/m²" in page
    assert yard.balance.serial in page
    hidden = RoundPoint.objects.filter(revealed_at=None).first()
    assert enter("inspector").get(f"/field/point/{hidden.pk}/").status_code == 404
    assert enter("second").get(address).status_code == 404
    assert shown(enter("inspector"), drawn) == address


def test_a_good_place_is_saved_once_and_leads_on(enter, drawn, yard):
    client = enter("inspector")
    address = shown(client, drawn)
    for _ in range(2):  # the phone sends it again
        answer = client.post(address, sheet("3", yard.balance))
        assert answer.status_code == 303
    visit = Visit.objects.get()
    assert (visit.passed, visit.readings.get().value) == (True, Decimal(3))
    page = text(client.get(answer["Location"]))
    assert "All in order" in page
    assert f"/field/round/{drawn.pk}/next/" in page
    assert client.get(address)["Location"] == f"/field/visit/{visit.pk}/"


def test_a_failed_value_becomes_a_case_whose_number_the_page_says(enter, drawn, yard):
    client = enter("inspector")
    page = text(client.get(client.post(shown(client, drawn), sheet("12.5", yard.balance))["Location"]))
    case = Case.objects.get()
    assert case.type.code == "06012"
    assert case.number in page
    assert "12.5 g/m²" in page
    assert "not kept" in page


def test_every_fault_is_told_at_once_and_nothing_typed_is_lost(enter, drawn, yard):
    old = instrument(yard.town, "balance", until=None)
    client = enter("inspector")
    address = shown(client, drawn)
    said = {"a.swept": "failed", "n.swept": "积水未干", "v.dust": "5,000", "i.dust": old.pk, "note": "雨后"}
    page = text(client.post(address, said | {"client_key": "k"}), 422)
    assert page.count('class="error"') >= 3
    assert "5,000" in page
    assert "积水未干" in page
    assert "雨后" in page
    assert "cannot be" in page
    assert not Visit.objects.exists()


def test_a_photo_survives_a_refused_sheet(enter, yard):
    client = enter("inspector")
    address = f"/field/object/{yard.toilet.pk}/"
    good = {f"a.{key}": "ok" for key in answers("toilet")}
    bad = good | {"a.clean": "failed", "client_key": "t1"}
    del bad["a.sign"]
    page = text(client.post(address, bad | {"p.clean": upload()}), 422)
    token = page.split('name="k.clean" value="')[1].split('"')[0]
    answer = client.post(address, good | {"a.clean": "failed", "client_key": "t1", "k.clean": token})
    assert answer.status_code == 303
    finding = Visit.objects.get().findings.get(item="clean")
    assert finding.photo.delete_after is None
    picture = client.get(f"/field/photo/{finding.pk}/")
    assert picture["Content-Type"] == "image/jpeg"
    assert enter("contractor").get(f"/field/photo/{finding.pk}/").status_code == 404


def upload():
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg")


def test_a_failed_line_that_wants_a_photo_is_refused_without_one(enter, yard):
    said = {f"a.{key}": "ok" for key in answers("toilet")} | {"a.clean": "failed", "client_key": "t2"}
    page = text(enter("inspector").post(f"/field/object/{yard.toilet.pk}/", said), 422)
    assert "Floor and fixtures" in page
    assert not Visit.objects.exists()


def test_what_is_no_photo_is_refused_beside_its_line(enter, yard):
    from django.core.files.uploadedfile import SimpleUploadedFile

    said = {f"a.{key}": "ok" for key in answers("toilet")} | {"a.clean": "failed"}
    said["p.clean"] = SimpleUploadedFile("foto.jpg", b"not a picture", "image/jpeg")
    page = text(enter("inspector").post(f"/field/object/{yard.toilet.pk}/", said), 422)
    assert 'id="e-clean"' in page
    assert not Visit.objects.exists()


def test_a_place_is_left_out_with_a_reason(enter, drawn):
    client = enter("inspector")
    address = shown(client, drawn)
    assert client.post(f"{address}skip/", {"reason": ""}).status_code == 422
    assert client.post(f"{address}skip/", {"reason": "道路封闭"}).status_code == 302
    assert RoundPoint.objects.get(skipped_at__isnull=False).skip_reason == "道路封闭"
    assert shown(client, drawn) != address


def test_the_second_look_is_anothers_and_never_sees_the_first(enter, drawn, yard):
    first = enter("inspector")
    page = first.post(shown(first, drawn), sheet("12.5", yard.balance))["Location"]
    visit = Visit.objects.get()
    other = enter("second")
    assert "Nothing to look at again" in text(first.get("/field/recheck/"))
    listed = text(other.get("/field/recheck/"))
    assert f"/field/recheck/{visit.pk}/" in listed
    assert "12.5" not in listed
    assert first.get(f"/field/recheck/{visit.pk}/").status_code == 404
    assert other.get(page).status_code == 404
    blank = text(other.get(f"/field/recheck/{visit.pk}/"))
    assert "12.5" not in blank
    done = other.post(f"/field/recheck/{visit.pk}/", sheet("12", yard.balance) | {"client_key": "z"})
    assert done.status_code == 303
    assert visit.recheck.account_id == yard.second.account_id
    text(other.get(page))
    assert "Nothing to look at again" in text(other.get("/field/recheck/"))


def test_weather_excuses_what_was_measured_and_is_kept(enter, drawn, yard):
    client = enter("inspector")
    answer = client.post(shown(client, drawn), sheet("30", yard.balance) | {"weather": "降雨"})
    visit = Visit.objects.get()
    assert (visit.excused, visit.weather) == (True, "降雨")
    assert not Case.objects.exists()
    assert "Weather excuse: 降雨" in text(client.get(answer["Location"]))


def test_a_business_is_asked_for_approved_announced_and_then_visited(enter, yard):
    VisitCap.objects.create(
        district=yard.district, kind="grill_shop", per_year=4, source="年度检查计划", valid_from=LONG_AGO
    )
    inspector, head = enter("inspector"), enter("head")
    address = f"/field/object/{yard.shop.pk}/?checklist=grill"
    page = text(inspector.get(address))
    assert "0 of 4 visits this year" in page
    assert 'name="a.indoors"' not in page
    asked = inspector.post(f"/field/object/{yard.shop.pk}/ask/grill/", {"reason": "群众反映油烟"})
    one = Approval.objects.get()
    assert asked["Location"] == f"/desk/rounds/approvals/{one.pk}/"
    assert "It waits for the decision" in text(inspector.get(address))
    assert inspector.get(f"/desk/rounds/approvals/{one.pk}/notice/").status_code == 404
    until = (clock.now() + timedelta(days=10)).date().isoformat()
    assert (
        inspector.post(f"/desk/rounds/approvals/{one.pk}/step/approve/", {"until": until}).status_code == 404
    )
    assert head.post(f"/desk/rounds/approvals/{one.pk}/step/approve/", {"until": until}).status_code == 302
    notice = text(inspector.get(f"/desk/rounds/approvals/{one.pk}/notice/"))
    assert "示例烧烤店" in notice
    assert until in notice
    assert 'name="a.indoors"' not in text(inspector.get(address))
    given = inspector.post(f"/desk/rounds/approvals/{one.pk}/step/announce/", {"notice": "检通〔2026〕1号"})
    assert given.status_code == 302
    page = text(inspector.get(address))
    assert "检通〔2026〕1号" in page
    said = {f"a.{key}": "ok" for key in answers("grill")} | {"a.indoors": "failed", "result": "persuaded"}
    done = inspector.post(address, said | {"client_key": "b"})
    assert done.status_code == 303
    assert "persuaded" in text(inspector.get(done["Location"]))
    assert Approval.objects.get().state == "used"
    assert "1 of 4 visits this year" in text(inspector.get(address))


def test_a_full_cap_refuses_the_application_with_its_cure(enter, yard):
    VisitCap.objects.create(district=yard.district, kind="grill_shop", per_year=0, valid_from=LONG_AGO)
    page = text(
        enter("inspector").post(f"/field/object/{yard.shop.pk}/ask/grill/", {"reason": "例行检查"}), 409
    )
    assert "name the complaint" in page
    assert "例行检查" in page
    assert not Approval.objects.exists()


def test_an_object_with_several_checks_asks_which(enter, yard):
    page = text(enter("inspector").get(f"/field/object/{yard.section.pk}/"))
    assert "?checklist=five_grams" in page
    assert "?checklist=five_minutes" in page
    other = thing(yard.town, "bin", "cleanliness")
    assert "No check for this kind" in text(enter("inspector").get(f"/field/object/{other.pk}/"))


def test_the_limit_of_the_district_is_shown_beside_the_field(enter, yard):
    CheckLimit.objects.create(
        district=yard.district, measurement="dust", value=Decimal("7.5"), unit="g/m2", source="区政府文件",
        status="local", valid_from=LONG_AGO,
    )  # fmt: skip
    page = text(enter("inspector").get(f"/field/object/{yard.section.pk}/?checklist=five_grams"))
    assert "≤ 7.5 g/m²" in page
    assert "区政府文件" in page


def test_a_drawn_business_waits_for_its_notice(enter, yard):
    on = clock.now()
    made = rounds.plan(
        district_id=yard.district.pk, checklist="grill", name="烧烤店检查",
        frame={"of": "objects", "kind": "grill_shop"}, size=1, starts_on=on.date() - timedelta(days=1),
        ends_on=on.date(), by=yard.planner, on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=yard.head, on=on)
    rounds.draw(made.pk, by=yard.planner, on=on)
    client = enter("inspector")
    address = shown(client, made)
    page = text(client.get(address))
    assert 'name="a.indoors"' not in page
    assert business.ask_for_round(made.pk, reason="按计划", by=yard.planner, on=on) == 1
    one = Approval.objects.get()
    assert f"/desk/rounds/approvals/{one.pk}/" in text(client.get(address))
    until = on + timedelta(days=3)
    business.advance_approval(one.pk, "approve", by=yard.head, on=on, until=until)
    business.advance_approval(one.pk, "announce", by=yard.inspector, on=on, notice="检通2号")
    assert 'name="a.indoors"' in text(client.get(address))


def test_who_may_not_inspect_finds_nothing(enter, drawn, yard):
    for address in ("/field/", f"/field/object/{yard.toilet.pk}/", "/field/recheck/"):
        assert enter("dispatcher").get(address).status_code == 404
    elsewhere = record_visit(
        district_id=yard.district.pk, checklist="five_grams", by=yard.inspector, on=clock.now(),
        visited_at=clock.now(), answers=answers("five_grams"), object_id=yard.section.pk,
    )  # fmt: skip
    assert enter("dispatcher").get(f"/field/visit/{elsewhere.pk}/").status_code == 404
    assert enter("auditor").get(f"/field/visit/{elsewhere.pk}/").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_speak_both_languages(enter, drawn, yard, language):
    client = enter("inspector")
    client.cookies["language"] = language
    address = shown(client, drawn)
    page = text(client.get(address))
    assert ("积尘" if language == "zh-hans" else "Dust") in page
    text(client.get("/field/"))


def test_my_rounds_ask_no_more_when_there_are_more_of_them(enter, yard, drawn):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, on = enter("inspector"), clock.now()
    shown(client, drawn)
    text(client.get("/field/"))  # what is read once is read

    def asked():
        with CaptureQueriesContext(connection) as queries:
            text(client.get("/field/"))
        return len(queries)

    before = asked()
    for number in range(3):
        made = rounds.plan(
            district_id=yard.district.pk, checklist="toilet", name=f"公厕{number}",
            frame={"of": "objects", "kind": "toilet"}, size=1, starts_on=on.date() - timedelta(days=1),
            ends_on=on.date(), by=yard.planner, on=on,
        )  # fmt: skip
        rounds.approve(made.pk, by=yard.head, on=on)
        rounds.draw(made.pk, by=yard.planner, on=on)
        shown(client, made)
    assert asked() == before
