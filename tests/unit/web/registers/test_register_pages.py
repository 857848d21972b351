"""The registers' home, the list of a kind, the object's page and its forms."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chengzhi import clock
from chengzhi.domains import DOMAINS
from chengzhi.registers import actions
from chengzhi.registers.kinds import kinds
from chengzhi.registers.lives import life
from chengzhi.registers.models import LotDraw, Party, RegisteredObject
from tests.photo_samples import jpeg
from tests.unit.registers.things import party, thing

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def page(client, name, *args, **params):
    answer = client.get(reverse(f"registers:{name}", args=args), params)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_home_names_every_domain_and_counts_its_registers(town, entered):
    for number in range(3):
        thing(town, "bin", f"垃圾箱{number}")
    text = page(entered("shift_leader"), "home")
    for domain in DOMAINS:
        assert domain.name in text
    assert all(kind.name in text for kind in kinds().values())
    row = text.split(reverse("registers:list", args=["bin"]))[1].split("</li>")[0]
    assert "<b>3</b>" in row


def test_who_may_not_see_registers_finds_none(town, entered):
    one = thing(town, "bin")
    for name, args in (("home", ()), ("list", ("bin",)), ("object", (one.number,)), ("parties", ())):
        assert entered("contractor").get(reverse(f"registers:{name}", args=args)).status_code == 404


@pytest.mark.parametrize("kind", list(kinds()))
def test_each_kind_has_a_list_a_form_and_a_map(town, entered, kind):
    client = entered("shift_leader")
    assert kinds()[kind].name in page(client, "list", kind)
    form = page(client, "new", kind)
    for field in kinds()[kind].fields:
        assert f'name="fact_{field.key}"' in form
    assert "district-map" in page(client, "list", kind, view="map")


def test_the_list_filters_searches_and_pages(town, entered):
    things = [thing(town, "bin", f"文澜路{number}号垃圾箱") for number in range(53)]
    actions.advance_object(
        things[0].pk, "suspend", by=town.shift_leader, on=clock.now(), reason="维修", version=None
    )
    client = entered("shift_leader")
    first = page(client, "list", "bin")
    assert first.count("data-row") == 50
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    assert page(client, "list", "bin", after=after).count("data-row") == 3
    assert page(client, "list", "bin", state="suspended").count("data-row") == 1
    assert page(client, "list", "bin", q=things[7].number).count("data-row") == 1
    assert "没有符合" in page(client, "list", "bin", q="没有的路名")


def test_map_and_list_show_the_same_objects(town, entered):
    for number in range(4):
        thing(town, "bin", f"垃圾箱{number}", lon=109.32 + number / 100)
    client, box = entered("shift_leader"), "109.30,24.30,109.345,24.40"
    for asked in ({}, {"q": "垃圾"}, {"area": town.area.pk}):
        drawn = client.get(reverse("registers:features", args=["bin"]), {"bbox": box, "zoom": "14", **asked})
        names = {one["properties"]["label"].split()[0] for one in drawn.json()["features"]}
        rows = page(client, "map_rows", "bin", bbox=box, **asked)
        assert names == {"垃圾箱0", "垃圾箱1", "垃圾箱2"}
        assert all(name in rows for name in names)
        assert "垃圾箱3" not in rows
    assert client.get(reverse("registers:features", args=["bin"]), {"bbox": "x"}).status_code == 422


def test_an_object_is_entered_with_a_new_party(town, entered):
    said = {
        "name": "启明店招", "address": "启明路1号", "lon": "109.35", "lat": "24.35", "fact_form": "attached",
        "fact_area": "12.5", "party_id": "启明百货", "party_new": "on",
    }  # fmt: skip
    answer = entered("shift_leader").post(reverse("registers:new", args=["sign"]), said)
    made = RegisteredObject.objects.get(kind="sign")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("registers:object", args=[made.number])
    assert (made.name, made.facts["area"], made.party.name) == ("启明店招", 12.5, "启明百货")


def test_every_fault_stands_at_its_field_and_nothing_typed_is_lost(town, entered):
    said = {"name": "", "fact_form": "没有的", "fact_area": "很大", "address": "启明路9号", "lon": "109.3"}
    answer = entered("shift_leader").post(reverse("registers:new", args=["sign"]), said)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "启明路9号" in text
    for name in ("id_name", "id_fact_form", "id_fact_area", "id_lat"):
        assert f'id="{name}_error"' in text
    assert not RegisteredObject.objects.exists()


def test_an_unknown_party_is_refused_unless_it_is_to_be_entered(town, entered):
    said = {"name": "招牌", "fact_text": "甲", "party_id": "没有的店"}
    client = entered("shift_leader")
    assert client.post(reverse("registers:new", args=["shop_sign"]), said).status_code == 422
    party(town, "shop", "双胞店")
    twin = party(town, "shop", "双胞店")
    assert (
        client.post(reverse("registers:new", args=["shop_sign"]), said | {"party_id": "双胞店"}).status_code
        == 422
    )
    told_apart = said | {"party_id": f"双胞店 #{twin.pk}"}
    assert client.post(reverse("registers:new", args=["shop_sign"]), told_apart).status_code == 302
    assert RegisteredObject.objects.get().party == twin


def test_the_page_says_all_there_is_and_the_buttons_are_those_of_the_life(town, entered):
    one = thing(town, "sign", "启明店招")
    text = page(entered("shift_leader"), "object", one.number)
    assert "启明店招" in text
    assert "使用中" in text
    assert reverse("registers:step", args=[one.number, "suspend"]) in text
    assert reverse("registers:step", args=[one.number, "grant_permit"]) in text
    assert reverse("registers:step", args=[one.number, "resume"]) not in text
    assert "登记入册" in text
    looking = page(entered("evaluator"), "object", one.number)
    assert reverse("registers:step", args=[one.number, "suspend"]) not in looking


def test_a_step_is_taken_told_and_taken_back(town, entered):
    one, client = thing(town, "sign"), entered("shift_leader")
    address = reverse("registers:step", args=[one.number, "suspend"])
    assert "理由" in client.get(address).content.decode()
    assert client.post(address, {"seen": one.version}).status_code == 422
    client.post(address, {"reason": "台风", "seen": one.version})
    one.refresh_from_db()
    assert one.state == "suspended"
    text = page(client, "object", one.number)
    assert "台风" in text
    event = text.split("/undo/")[1].split("/")[0]
    client.post(reverse("registers:undo", args=[one.number, event]))
    one.refresh_from_db()
    assert one.state == "in_use"
    assert "撤回" in page(client, "object", one.number)


def test_a_stale_form_changes_nothing(town, entered):
    one, client = thing(town, "sign"), entered("shift_leader")
    actions.correct(one.pk, changes={"name": "别名"}, version=None, by=town.shift_leader, on=clock.now())
    answer = client.post(
        reverse("registers:step", args=[one.number, "suspend"]), {"reason": "台风", "seen": one.version}
    )
    assert answer.status_code == 409
    assert "台风" in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "in_use"


def test_a_permit_is_recorded_renewed_once_and_no_more(town, entered):
    one, client, today = thing(town, "sign"), entered("shift_leader"), date.today()  # noqa: DTZ011
    step = lambda name, **said: client.post(  # noqa: E731
        reverse("registers:step", args=[one.number, name]), said
    )
    ends = today + timedelta(days=20)
    assert step("grant_permit", starts_on=today, ends_on=ends, number="城许1号").status_code == 302
    first = one.permits.get()
    later = {"permit": first.pk, "ends_on": ends + timedelta(days=365)}
    assert step("renew_permit", **later).status_code == 302
    assert one.permits.count() == 2
    again = step("renew_permit", **later)
    assert again.status_code >= 400
    assert one.permits.count() == 2
    text = page(client, "object", one.number)
    assert "城许1号" in text
    assert "续期" in text


def test_a_correction_changes_what_was_changed_and_nothing_else(town, entered):
    one, client = thing(town, "sign", "旧名"), entered("shift_leader")
    address = reverse("registers:correct", args=[one.number])
    form = client.get(address).content.decode()
    assert 'value="旧名"' in form
    said = {"name": "新名", "lon": one.lon, "lat": one.lat, "fact_form": "attached", "fact_area": "13",
            "address": one.address, "seen": one.version}  # fmt: skip
    assert client.post(address, said).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.facts["area"], one.facts["form"]) == ("新名", 13, "attached")
    assert client.post(address, said | {"seen": one.version}).status_code == 422


def test_doubles_are_compared_merged_and_parted_again(town, entered):
    keep, double, client = thing(town, "bin", "箱甲"), thing(town, "bin", "箱乙"), entered("shift_leader")
    address = reverse("registers:merge", args=[double.number])
    asked = client.post(address, {"keep": keep.number}).content.decode()
    assert "箱甲" in asked
    assert "箱乙" in asked
    double.refresh_from_db()
    assert double.state != "merged"
    assert client.post(address, {"keep": keep.number, "sure": "1"}).status_code == 302
    double.refresh_from_db()
    assert double.merged_into_id == keep.pk
    assert keep.number in page(client, "object", double.number)
    event = page(client, "object", double.number).split("/undo/")[1].split("/")[0]
    client.post(reverse("registers:undo", args=[double.number, event]))
    double.refresh_from_db()
    assert double.merged_into_id is None


def test_the_search_over_all_registers_opens_an_exact_number(town, entered):
    one, client = thing(town, "toilet", "文澜公厕"), entered("handler")
    assert client.get(reverse("registers:search"), {"q": one.number.lower()}).status_code == 302
    assert "文澜公厕" in page(client, "search", q="文澜")


def test_a_party_is_entered_corrected_merged_and_reached_for_a_purpose_only(town, entered):
    client = entered("shift_leader")
    said = {"kind": "shop", "name": "甲店", "person": "王某", "phone": "13800138000"}
    assert client.post(reverse("registers:party_new"), said).status_code == 302
    made = Party.objects.get()
    text = page(client, "party", made.pk)
    assert "13800138000" not in text
    address = reverse("registers:contact", args=[made.pk])
    assert "13800138000" not in client.get(address).content.decode()
    shown = client.post(address, {"purpose": "通知周五检查"}).content.decode()
    assert "13800138000" in shown
    assert "通知周五检查" in page(client, "party", made.pk)
    assert entered("intake_clerk").get(address).status_code == 404
    double = party(town, "shop", "甲店（重复）")
    one = thing(town, "shop_sign", "招牌", facts={"text": "甲"}, party_id=double.pk)
    merged = client.post(reverse("registers:party_merge", args=[made.pk]), {"double": f"x #{double.pk}"})
    assert merged.status_code == 302
    one.refresh_from_db()
    assert one.party_id == made.pk


def test_a_planned_closure_offers_the_nearest_open_toilets_only(town, entered):
    one = thing(town, "toilet", "文澜公厕")
    open_one = thing(town, "toilet", "启明公厕", lon=109.351)
    closed = thing(town, "toilet", "柳岸公厕", lon=109.3505)
    by = {"by": town.shift_leader, "on": clock.now()}
    until = clock.now().date() + timedelta(days=9)
    client, step = (
        entered("shift_leader"),
        next(s.name for s in life("toilet").steps if "alternative_is_open" in s.needs),
    )
    actions.advance_object(
        closed.pk, step, until=until, alternative=open_one.pk, reason="检修", version=None, **by
    )
    address = reverse("registers:step", args=[one.number, step])
    form = client.get(address).content.decode()
    assert open_one.number in form
    assert closed.number not in form
    said = {"until": until, "reason": "检修", "seen": one.version}
    assert client.post(address, said | {"alternative": closed.number}).status_code >= 400
    assert client.post(address, said | {"alternative": open_one.number}).status_code == 302


def test_photos_make_a_pair_and_a_document_is_kept(town, entered):
    one, client = thing(town, "bin"), entered("shift_leader")
    client.post(reverse("registers:photo_points", args=[one.number]), {"name": "路口东侧", "bearing": "90"})
    point = one.photo_points.get()
    for stage in ("before", "after"):
        photo = SimpleUploadedFile("a.jpg", jpeg(320, 240), "image/jpeg")
        client.post(
            reverse("registers:photos", args=[one.number]),
            {"photo": photo, "stage": stage, "point": point.pk},
        )
    text = page(client, "object", one.number)
    assert 'class="pair"' in text
    assert text.split('class="pair"')[1].index("整改前") < text.split('class="pair"')[1].index("整改后")
    shown = client.get(reverse("registers:picture", args=[one.photos.first().pk, "small"]))
    assert shown["Content-Type"] == "image/webp"
    assert client.get(reverse("registers:picture", args=[one.photos.first().pk, "huge"])).status_code == 404
    assert (
        entered("contractor")
        .get(reverse("registers:picture", args=[one.photos.first().pk, "small"]))
        .status_code
        == 404
    )
    paper = SimpleUploadedFile("许可.pdf", PDF, "application/pdf")
    client.post(reverse("registers:documents", args=[one.number]), {"file": paper, "title": "许可扫描件"})
    kept = one.documents.get()
    answer = client.get(reverse("registers:document", args=[one.number, kept.pk]))
    assert answer.content == PDF
    assert "attachment" in answer["Content-Disposition"]


def test_a_photo_is_released_by_a_second_person(town, entered):
    one = thing(town, "bin")
    photo = actions.add_photo(one.pk, jpeg(320, 240), stage="record", by=town.shift_leader, on=clock.now())
    mask, release = (reverse(f"registers:{name}", args=[photo.pk]) for name in ("mask", "release"))
    first = entered("shift_leader")
    assert first.get(mask).status_code == 200
    assert first.post(mask, {"boxes": "[[0.1, 0.1, 0.2, 0.2]]"}).status_code == 302
    assert first.post(release).status_code == 409
    assert entered("intake_clerk").post(release).status_code == 302
    photo.refresh_from_db()
    assert photo.released_at is not None
    assert entered("handler").get(mask).status_code == 404


def test_the_lists_ask_the_same_few_questions_however_many_rows(town, entered):
    client = entered("shift_leader")

    def asked():
        client.get(reverse("registers:list", args=["bin"]))  # what processes remember is remembered
        with CaptureQueriesContext(connection) as seen:
            page(client, "list", "bin")
        return len(seen)

    thing(town, "bin", "箱")
    few = asked()
    shop = party(town, "shop")
    for number in range(20):
        thing(town, "bin", f"箱{number}", party_id=None, address=f"{shop.name}{number}")
    assert asked() == few
    assert few <= 16


def test_places_are_given_by_lot_and_the_draw_is_shown(town, entered):
    stall = thing(town, "stall_place", "摊位 1")
    actions.advance_object(stall.pk, "set_up", by=town.shift_leader, on=clock.now(), reason="无异议")
    who = party(town, "stallholder", "张记早点")
    client = entered("shift_leader")
    assert "摊位 1" in client.get("/desk/registers/stall_place/lots/").content.decode()
    sent = {"words": "开奖号 527", "applicants": "张记早点\n李记", "places": [stall.pk], "sure": "on"}
    refused = client.post("/desk/registers/stall_place/lots/", sent)
    assert (refused.status_code, "李记" in refused.content.decode()) == (422, True)
    done = client.post("/desk/registers/stall_place/lots/", sent | {"applicants": f"张记早点 #{who.pk}"})
    page = client.get(done.url).content.decode()
    assert "张记早点" in page and "结果一致" in page  # noqa: PT018 -- one sentence
    assert client.get("/desk/registers/bin/lots/").status_code == 404
    stall.refresh_from_db()
    assert (stall.state, stall.party_id) == ("drawn", who.pk)
    LotDraw.objects.update(words="别的")
    assert "改动过" in client.get(done.url).content.decode()


def test_a_proposed_place_stands_in_the_form(town, entered):
    client = entered("shift_leader")
    form = client.get("/desk/registers/stall_place/new/?lon=109.35&lat=24.35").content.decode()
    assert 'value="109.35"' in form
    assert client.get("/desk/registers/stall_place/new/?lon=x&lat=99").status_code == 200
