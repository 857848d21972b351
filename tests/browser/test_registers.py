"""The registers in a real browser: an official at the desk, a resident at a label, a shopkeeper at home."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.photo_samples import jpeg

PAUSE_MS = 3500  # who sends a report faster than a person can write is taken for a program


@pytest.fixture(scope="module")
def people(site: str) -> Any:
    """The sample district as shipped, and its demo accounts by role."""
    from chengzhi import clock
    from chengzhi.demo import accounts
    from chengzhi.people.actor import Actor
    from chengzhi.pipeline.packs import load_pack, pack_folders

    folder = next(folder for folder in pack_folders() if folder.name == "sample")
    load_pack(folder, by=Actor.system(), on=clock.now())
    made = accounts.ensure(on=clock.now())
    from chengzhi.people.models import Account

    names = {one.role: one.username for one in made if one.district == "sample"}
    return {role: Account.objects.get(username=name) for role, name in names.items()}


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO_ACCOUNTS = True


class Streets:
    """A few objects of the sample district, entered as pages would."""

    def __init__(self, people: Any) -> None:
        from chengzhi import clock
        from chengzhi.people.actor import actor_of
        from chengzhi.places.models import District

        self.district = District.objects.get(slug="sample")
        self.now = clock.now()
        self.keeper = actor_of(people["shift_leader"], self.district.pk, self.now)

    def place(self, east: float = 0.0) -> dict[str, float]:
        here = self.district
        return {"lon": (here.min_lon + here.max_lon) / 2 + east, "lat": (here.min_lat + here.max_lat) / 2}

    def thing(self, kind: str, name: str, **more: Any) -> Any:
        from chengzhi.registers import actions

        said = {"facts": {}, **self.place(), **more}
        return actions.register(
            district_id=self.district.pk, kind=kind, name=name, by=self.keeper, on=self.now, **said
        )

    def shop(self, name: str) -> Any:
        from chengzhi.registers import parties

        return parties.register_party(
            district_id=self.district.pk, kind="shop", name=name, by=self.keeper, on=self.now,
            person="王某", phone="13800138000",
        )  # fmt: skip


@pytest.fixture(scope="module")
def streets(people: Any) -> Streets:
    made = Streets(people)
    for number in range(12):
        made.thing(
            "sign", f"启明路{number}号店招", address=f"启明路{number}号", **made.place(number / 2000),
            facts={"form": "attached", "area": 6 + number},
        )  # fmt: skip
    return made


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    target = tmp_path / "after.jpg"
    target.write_bytes(jpeg(640, 480))
    return target


def test_an_official_finds_a_register_opens_an_object_takes_a_step_and_takes_it_back(
    look: Callable[..., Any], people: Any, streets: Streets
) -> None:
    screen = look("/desk/", account=people["shift_leader"])
    page: Page = screen.page
    page.locator("#nav a", has_text="台账").first.click()
    page.locator(".register-list a", has_text="户外广告设施").click()
    expect(page.locator("tbody tr")).to_have_count(12)
    page.locator("tbody a", has_text="启明路7号店招").click()
    expect(page.locator(".case-head .tag-accent")).to_have_text("使用中")
    screen.check()
    page.keyboard.press("e")
    page.fill("#id_reason", "台风来袭，先行停用")
    page.locator(".step-actions button").click()
    expect(page.locator(".case-head .tag-accent")).to_have_text("暂停")
    expect(page.locator(".timeline", has_text="台风来袭")).to_be_visible()
    page.locator("[data-undo-button]").click()
    expect(page.locator(".case-head .tag-accent")).to_have_text("使用中")
    expect(page.locator("main")).to_contain_text("撤回了“暂停”")
    assert not screen.errors


def test_map_and_list_show_the_same_and_the_desk_map_draws_registers(
    look: Callable[..., Any], people: Any, streets: Streets
) -> None:
    screen = look("/desk/registers/sign/?view=map", account=people["inspector"])
    page = screen.page
    page.locator("district-map[data-ready]").wait_for()
    expect(page.locator("#rows tbody tr")).to_have_count(12)
    expect(page.locator("district-map .map-cluster")).to_have_count(12)
    screen.goto("/desk/map/")
    page.locator("district-map[data-ready]").wait_for()
    page.locator("form[data-layer] summary").click()
    page.locator("form[data-layer] input[value=sign]").check()
    expect(page.locator("district-map .map-object")).to_have_count(12)
    assert "kinds=sign" in page.url
    screen.shot("desk-map-registers", full=False)
    assert not screen.errors


def test_an_area_is_drawn_whole_on_its_object_s_page(
    look: Callable[..., Any], people: Any, streets: Streets
) -> None:
    x, y = streets.place()["lon"], streets.place()["lat"]
    ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
    one = streets.thing(
        "grill_ban", "启明片区禁烤区", facts={"hours": "全天", "authority": "区政府"}, lon=None, lat=None,
        shape={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    screen = look(f"/desk/registers/objects/{one.number}/", account=people["inspector"])
    page = screen.page
    page.locator("district-map[data-ready]").wait_for()
    drawn = "() => document.querySelector('district-map').map.getLayer('object-shape-line') !== undefined"
    page.wait_for_function(drawn)
    west, south, east, north = page.evaluate(
        "() => document.querySelector('district-map').map.getBounds().toArray().flat()"
    )
    assert west < x < x + 0.01 < east
    assert south < y < y + 0.01 < north
    screen.shot("register-area", full=False)
    screen.check()


def test_an_area_is_drawn_with_clicks_and_its_last_corner_taken_back(
    look: Callable[..., Any], people: Any, streets: Streets
) -> None:
    one = streets.thing("grill_ban", "启明片区禁烤区", facts={"hours": "全天", "authority": "区政府"})
    screen = look(f"/desk/registers/objects/{one.number}/correct/", account=people["shift_leader"])
    page = screen.page
    page.locator("district-map[data-ready]").wait_for()
    page.locator("[data-do=draw]").click()
    canvas = page.locator("district-map canvas")
    for x, y in ((60, 40), (160, 40), (160, 110), (70, 110)):
        canvas.click(position={"x": x, "y": y})
    expect(page.locator("[data-draw]")).to_have_attribute("data-corners", "4")
    page.locator("[data-do=back]").click()
    assert page.locator("#id_shape").input_value().startswith("POLYGON ((")
    assert float(page.locator("#id_lon").input_value()) == one.lon, "a corner is no new point"
    screen.shot("register-draw", full=False)
    page.locator("form.form-wide button.button-primary").click()
    page.wait_for_url("**/objects/*/")
    one.refresh_from_db()
    assert one.place_kind == "area"
    assert len(one.shape["coordinates"][0]) == 4
    assert not screen.errors


def test_a_label_opens_the_card_and_the_card_a_report_about_the_object(
    look: Callable[..., Any], people: Any, streets: Streets
) -> None:
    from chengzhi.cases.about import cases_of

    one = streets.thing("bin", "文澜路3号垃圾箱", address="文澜路3号", **streets.place(0.01))
    desk = look(f"/desk/registers/objects/{one.number}/label/", account=people["inspector"])
    named = desk.page.locator(".label .qr").get_attribute("aria-label") or ""
    path = "/o/" + named.split("/o/")[1].split("/")[0] + "/"
    desk.shot("register-label", full=False)
    screen = look(path, size="phone")
    page = screen.page
    screen.check()
    screen.shot("public-card")
    page.locator("a", has_text="上报此处问题").click()
    expect(page.locator("#id_address")).to_have_value("文澜路3号")
    expect(page.locator("#types input[type=radio]").first).to_be_attached()
    page.fill("#id_text", "箱体破损，垃圾外溢")
    page.wait_for_timeout(PAUSE_MS)
    page.locator("main button[value=send]").click()
    page.wait_for_url("**/follow/**")
    assert [case.text for case in cases_of(one.pk)] == ["箱体破损，垃圾外溢"]
    assert not screen.errors


def test_a_shopkeeper_corrects_sends_a_photo_and_reads_that_it_is_cleared(
    look: Callable[..., Any], people: Any, streets: Streets, photo: Path
) -> None:
    from chengzhi.cases.about import link
    from chengzhi.cases.models import CaseType
    from chengzhi.people.actor import Actor

    shop = streets.shop("启明烧烤")
    place = streets.thing("grill_shop", "启明烧烤店", party_id=shop.pk, facts={"purifier": True})
    kind = CaseType.objects.filter(district=streets.district, code="06029", valid_to=None).first()
    assert kind is not None
    case = filed_case(streets, kind)
    link(case.pk, place.pk, by=Actor.system(), on=streets.now)
    official = look(f"/desk/registers/parties/{shop.pk}/", account=people["shift_leader"])
    official.page.locator("form[action$='/code/'] button").click()
    address = official.page.locator("#own-link").input_value()
    official.shot("party-code", full=False)
    screen = look("/p/" + address.split("/p/")[1], size="phone")
    page = screen.page
    expect(page.locator("main")).to_contain_text(case.number)
    screen.check()
    screen.shot("party-own-page")
    page.locator("details:has(input[type=file]) > summary").first.click()
    page.locator("input[type=file]").first.set_input_files(str(photo))
    page.locator("details[open] textarea").first.fill("油烟净化器已清洗")
    page.locator("details[open] button").first.click()
    expect(page.locator("main [role=status]").first).to_contain_text("已收到您的反馈")
    expect(page.locator("#said")).to_contain_text("尚未核实")
    official.goto("/desk/registers/said/")
    card = official.page.locator("section.card", has_text="油烟净化器已清洗")
    expect(card.locator("img")).to_have_count(1)
    official.check()
    official.shot("said-list", full=False)
    card.locator("select").select_option("cleared")
    card.locator("input[name=answer]").fill("现场复核合格")
    card.locator("button").click()
    page.reload()
    expect(page.locator("#said")).to_contain_text("整改到位")
    expect(page.locator("#said")).to_contain_text("现场复核合格")
    assert not screen.errors + official.errors


def filed_case(streets: Streets, kind: Any) -> Any:
    """A case of the kind that a department is handling."""
    from chengzhi.cases.actions import advance_case
    from chengzhi.cases.models import Case
    from chengzhi.people.actor import Actor
    from chengzhi.people.models import Unit
    from chengzhi.reports.actions import NewReport, receive

    facts = NewReport(
        district_id=streets.district.pk, channel="resident", text="油烟很大", type_id=kind.pk,
        idempotency_key=f"browser-{kind.pk}-{timedelta(0)}", **streets.place(),
    )  # fmt: skip
    number = receive(facts, by=Actor.resident(), on=streets.now).case_id
    unit = Unit.objects.filter(district=streets.district, handles_cases=True).first()
    assert unit is not None
    by = Actor.system()
    advance_case(number, "register", by=by, on=streets.now)
    case = Case.objects.get(pk=number)
    assert case.state == "pending_file", case.state
    advance_case(number, "file", by=by, on=streets.now, condition="default")
    advance_case(number, "dispatch", by=by, on=streets.now, unit=unit.pk)
    return Case.objects.get(pk=number)
