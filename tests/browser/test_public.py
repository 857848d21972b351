"""Residents' pages in a real browser: reporting with and without map and script, following, masking, telephone."""

import io
import itertools
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

SIZES = ("phone", "desktop")
LANGUAGES = ("zh", "en")
HERE = "/d/residents-test"
LEAST_MS = 3200  # what is sent faster than that is no person


@pytest.fixture(scope="package")
def place(site: str, district: Any) -> Any:
    """A small real district with streets, communities, cells and a public map."""
    from chengzhi.places.placement import locate
    from tests.intake_builders import SOUTH, WEST, build_district

    made = build_district(
        "residents-test", name="居民试验区", name_en="Residents trial", public_map=True, schematic=True,
        code="459999", case_prefix="居",
    )  # fmt: skip
    assert locate(made.district.pk, WEST + 0.005, SOUTH + 0.005).cell_id == made.cells[0].pk
    return made


@pytest.fixture
def clean(place: Any) -> Any:
    """The district without cases of an earlier test: nothing nearby that was not meant."""
    from chengzhi.cases.models import Case
    from chengzhi.reports.models import SendCount

    Case.objects.filter(district=place.district, closed_at=None).update(
        closed_at="2026-01-01T00:00:00Z", state="closed"
    )
    SendCount.objects.all().delete()
    return place


@pytest.fixture
def report(clean: Any) -> Callable[..., Any]:
    """A report sent some other way: its case and its follow-up address."""
    from chengzhi import clock
    from chengzhi.cases.models import Case
    from chengzhi.people.actor import Actor
    from chengzhi.reports.intake import NewReport, receive
    from tests.intake_builders import SOUTH, WEST

    def send(**facts: Any) -> tuple[Any, str]:
        plain = {"text": "路灯不亮", "lon": WEST + 0.0051, "lat": SOUTH + 0.0051, **facts}
        receipt = receive(
            NewReport(clean.district.pk, "resident", **plain), by=Actor.resident(), on=clock.now()
        )
        return Case.objects.get(pk=receipt.case_id), f"/follow/{receipt.follow_token}/"

    return send


def newest(place: Any) -> Any:
    from chengzhi.cases.models import Case

    return Case.objects.filter(district=place.district).latest("id")


def send(page: Page, name: str = "提交") -> None:
    page.wait_for_timeout(LEAST_MS)
    page.get_by_role("button", name=name, exact=True).click()


def photo() -> dict[str, Any]:
    from tests.photo_samples import jpeg

    return {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg(320, 240)}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_page_keeps_the_rules(look, report, size, language) -> None:
    _, follow = report()
    screen = look(f"{HERE}/", size=size, language=language)
    for name, path in (
        ("home", f"{HERE}/"), ("report", f"{HERE}/report/"), ("find", f"{HERE}/find/"),
        ("about", f"{HERE}/about/"), ("follow", follow),
    ):  # fmt: skip
        screen.goto(path).check()
        screen.shot(f"public-{name}")


def test_the_photo_box_stays_inside_its_card(look, place) -> None:
    page = look(f"{HERE}/report/", size="phone").page
    card, box = (page.locator(one).first.bounding_box() for one in ("section.card:has(.drop)", ".drop"))
    field = page.locator("#id_photo").bounding_box()
    assert None not in (card, box, field)
    assert box["x"] + box["width"] <= card["x"] + card["width"]
    assert field["x"] + field["width"] <= box["x"] + box["width"]


def test_in_chinese_with_a_photo_and_a_pin(look, clean) -> None:
    page = look(f"{HERE}/report/", size="phone").page
    page.locator("#id_photo").set_input_files([photo()])
    expect(page.locator("#photos img")).to_be_visible()
    page.locator("#id_text").press_sequentially("路灯不亮", delay=20)
    page.get_by_role("radio", name="路灯不亮").first.check()
    page.wait_for_selector("district-map[data-ready]", state="attached")
    page.locator("district-map canvas").first.click()
    expect(page.locator("#id_lon")).not_to_have_value("")
    send(page)
    expect(page.get_by_text("谢谢，您的上报已收到。")).to_be_visible()
    case = newest(clean)
    assert case.number in page.content()
    assert (case.type.code, case.photos.count()) == ("02007", 1)
    assert case.cell_id in {cell.pk for cell in clean.cells}
    page.get_by_text("时限是怎么算的？").click()
    expect(page.locator("details.why[open] p").first).to_contain_text(
        "起2个工作时，工作时间8:00–12:00、14:00–18:00"
    )


def test_in_english_on_a_desktop_by_lists_without_the_map(look, clean) -> None:
    page = look(f"{HERE}/report/", language="en").page
    page.locator("#id_text").fill("Rubbish heap behind the kiosk")
    page.locator("#id_address").fill("Behind the kiosk, 12 East Road")
    page.locator("#id_area").select_option(label="West community")
    page.locator("#id_cell").select_option(label=clean.cells[3].code)
    send(page, "Send")
    expect(page.get_by_text("Thank you, your report has arrived.")).to_be_visible()
    case = newest(clean)
    assert (case.cell_id, case.area_id) == (clean.cells[3].pk, clean.communities[1].pk)
    assert case.address == "Behind the kiosk, 12 East Road"


def test_without_javascript(look, clean) -> None:
    page = look(f"{HERE}/report/", java_script_enabled=False).page
    page.locator("#id_text").fill("门口路灯不亮")
    page.locator("#id_area").select_option(label="城东社区")
    page.get_by_role("button", name="显示该社区的单元网格").click()
    page.locator("#id_cell").select_option(label=clean.cells[0].code)
    page.get_by_role("button", name="推荐类别").click()
    page.get_by_role("radio", name="路灯不亮").first.check()
    page.locator("#id_photo").set_input_files([photo()])
    send(page)
    expect(page.get_by_text("谢谢，您的上报已收到。")).to_be_visible()
    case = newest(clean)
    assert (case.cell_id, case.type.code, case.photos.count()) == (clean.cells[0].pk, "02007", 1)


def test_the_same_thing_nearby_is_shown_and_joined(look, clean, report) -> None:
    from chengzhi.cases.models import Case
    from tests.intake_builders import SOUTH, WEST

    before, _ = report(type_id=clean.types["02007"].pk)
    page = look(f"{HERE}/report/").page
    page.locator("#id_text").fill("路灯又坏了")
    page.get_by_text("坐标", exact=True).click()
    page.locator("#id_lon").fill(str(WEST + 0.0052))
    page.locator("#id_lat").fill(str(SOUTH + 0.0052))
    page.locator("#id_lat").blur()
    expect(page.get_by_text("附近已有人上报过")).to_be_visible()
    number = Case.objects.filter(district=clean.district).count()
    page.wait_for_timeout(LEAST_MS)
    page.get_by_role("button", name="同一问题，跟进").click()
    expect(page.locator("h1")).to_have_text(before.number)
    assert Case.objects.filter(district=clean.district).count() == number
    assert before.reports.count() == 2


def test_words_are_corrected_before_filing(look, report) -> None:
    case, follow = report(text="张三家门口路灯不亮")
    page = look(follow, size="phone").page
    page.get_by_text("更正描述或位置").click()
    page.locator("#id_text").fill("路口路灯不亮")
    page.get_by_role("button", name="保存更正").click()
    expect(page.get_by_text("已更正。")).to_be_visible()
    assert "张三" not in page.content()
    case.refresh_from_db()
    assert case.text == "路口路灯不亮"


def test_language_switches_without_a_cookie_before(look, place) -> None:
    page = look(f"{HERE}/").page
    page.context.clear_cookies()
    page.reload()
    page.locator(".menu summary[aria-label='语言与外观'], summary:has(svg)").first.click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"{HERE}/")


@pytest.fixture
def clerk(place: Any) -> Callable[[str], Any]:
    """Staff of the residents' district."""
    from chengzhi import clock
    from chengzhi.people.models import Account, Post, Unit

    def make(role: str) -> Any:
        unit, _ = Unit.objects.get_or_create(
            district=place.district, code="01", defaults={"name": "中心", "kind": "centre"}
        )
        account, fresh = Account.objects.get_or_create(
            username=f"residents-{role}", defaults={"name": role, "created_at": clock.now()}
        )
        if fresh:
            Post.objects.create(
                account=account, district=place.district, unit=unit, role=role, valid_from=date(2020, 1, 1)
            )
        return account

    return make


@pytest.fixture
def case_photo(place: Any, report: Callable[..., Any]) -> Any:
    from chengzhi import clock
    from chengzhi.files import actions as files
    from tests.photo_samples import jpeg

    file = files.store(
        jpeg(400, 300), district_id=place.district.pk, kind="photo", by=None, on=clock.now(), draft=True
    ).file
    return report(photo_ids=(file.pk,))[0].photos.get()


def biggest_jump(photo: Any, rows: range) -> int:
    """The largest difference of two neighbouring rows in the middle of the public copy.

    The sample is a smooth gradient; the mosaic of a mask makes steps of it.
    """
    from PIL import Image

    from chengzhi.files import queries

    photo.refresh_from_db()
    assert photo.masked is not None
    picture = Image.open(io.BytesIO(queries.content(photo.masked))).convert("L")
    greys = [int(picture.getpixel((picture.width // 2, row))) for row in rows]
    return max(abs(after - before) for before, after in itertools.pairwise(greys))


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_a_photo_is_masked(look, clerk, case_photo, way) -> None:
    screen = look(f"/desk/photos/{case_photo.pk}/mask/", account=clerk("intake_clerk"))
    page = screen.page
    page.wait_for_selector("mask-photo[data-ready]")
    screen.check()
    canvas = page.locator("mask-photo canvas")
    if way == "mouse":
        canvas.scroll_into_view_if_needed()
        frame = canvas.bounding_box()
        assert frame
        page.mouse.move(frame["x"] + 0.3 * frame["width"], frame["y"] + 0.3 * frame["height"])
        page.mouse.down()
        page.mouse.move(frame["x"] + 0.7 * frame["width"], frame["y"] + 0.7 * frame["height"], steps=4)
        page.mouse.up()
    else:
        canvas.focus()
        for key in ("n", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowDown"):
            page.keyboard.press(key)
    expect(page.locator("[data-mask-count]")).to_contain_text("1")
    page.get_by_role("button", name=re.compile("保存")).click()
    expect(page.locator("main img[alt]").first).to_be_visible()
    assert biggest_jump(case_photo, range(130, 170)) > 5
    assert biggest_jump(case_photo, range(230, 295)) < 4


def test_a_call_is_taken_with_keys_alone(look, clerk, clean) -> None:
    screen = look("/desk/telephone/", account=clerk("intake_clerk"))
    page = screen.page
    screen.check()
    page.keyboard.type("城东路口暴露垃圾")
    page.keyboard.press("Tab")
    page.keyboard.type("城东路 12 号")
    expect(page.locator("#typed")).to_contain_text("暴露垃圾")
    page.locator("#id_area").select_option(label="城东社区")
    page.locator("#id_cell").select_option(label=clean.cells[1].code)
    page.locator("#id_phone").fill("13800000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("居")
    case = newest(clean)
    assert (case.channel, case.cell_id) == ("hotline", clean.cells[1].pk)
    assert case.number in page.content()
    look("/desk/telephone/", account=clerk("intake_clerk"), size="phone", language="en").check()
