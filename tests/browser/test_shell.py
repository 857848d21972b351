"""The frame of every page, looked at in a real browser: sizes, languages, themes, keys, map, chart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

SIZES = ("phone", "desktop")
LANGUAGES = ("zh", "en")
THEMES = ("light", "dark")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_style_guide_keeps_every_rule(look: Any, size: str, language: str, theme: str) -> None:
    screen = look("/styleguide/", size=size, language=language, theme=theme)
    screen.page.wait_for_selector("district-map[data-ready] >> nth=1", state="attached")
    screen.page.wait_for_selector(".map-cluster")
    screen.page.wait_for_selector("data-chart[data-ready] >> nth=2")
    screen.shot("styleguide")
    screen.check()


def test_first_page_is_chinese_whatever_the_browser_says(site: str, browser: Any) -> None:
    page = browser.new_context(locale="en-US").new_page()
    page.goto(f"{site}/styleguide/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.context.close()


def test_language_switch_stays(look: Any) -> None:
    screen = look("/styleguide/", language="zh")
    screen.page.get_by_role("banner").locator("summary").first.click()
    screen.page.get_by_role("button", name="English").click()
    expect(screen.page.locator("h1")).to_have_text("Style guide")
    screen.goto("/styleguide/")
    assert screen.page.locator("html").get_attribute("lang") == "en"


def test_theme_switch_is_instant_and_stays(look: Any) -> None:
    screen = look("/styleguide/", language="en")
    page = screen.page
    before = page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    page.get_by_role("banner").locator("summary").first.click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != before
    screen.goto("/styleguide/")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_theme_switch_without_javascript(look: Any) -> None:
    screen = look("/styleguide/", language="en", java_script_enabled=False)
    screen.page.get_by_role("banner").locator("summary").first.click()
    screen.page.get_by_role("button", name="Dark").click()
    assert screen.page.locator("html").get_attribute("data-theme") == "dark"


def test_rows_move_by_key_and_help_opens(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].current")).to_contain_text("C-0002")
    page.keyboard.press("x")
    expect(page.locator("[data-row].current input")).to_be_checked()
    page.keyboard.press("k")
    expect(page.locator("[data-row].current")).to_contain_text("C-0001")
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()


def test_keys_stay_out_of_fields_and_can_be_switched_off(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    page.get_by_label("What is it?").first.press_sequentially("jjk?")
    assert page.locator("[data-row].current").count() == 0
    page.locator("h1").click()
    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("[data-row].current").count() == 0


def test_map_draws_latin_and_chinese_labels_without_any_server(look: Any) -> None:
    """Every address asked is our own, and the ink of the names is really on the canvas."""
    asked: list[str] = []
    screen = look("/styleguide/", language="en")
    page = screen.page
    page.on("request", lambda request: asked.append(request.url))
    screen.goto("/styleguide/")
    page.wait_for_selector("district-map[data-ready] >> nth=1", state="attached")
    names = page.evaluate("""() => { const { map } = document.querySelector("district-map");
        return map.queryRenderedFeatures({ layers: ["area-names"] }).map((one) => one.properties.name); }""")
    assert {"Harbour Ward", "老城街道"} <= set(names)
    own = tuple(f"{kind}{screen.site}" for kind in ("", "blob:"))
    assert [url for url in asked if not url.startswith((*own, "data:"))] == []
    with_labels = page.locator("district-map").first.screenshot()
    page.evaluate("""() => { const { map } = document.querySelector("district-map");
        for (const id of ["area-names", "street-names"]) map.setLayoutProperty(id, "visibility", "none"); }""")
    page.wait_for_timeout(600)
    assert page.locator("district-map").first.screenshot() != with_labels


def test_clusters_lead_closer(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    page.wait_for_selector(".map-cluster")
    before = page.evaluate("document.querySelector('district-map').map.getZoom()")
    name = page.locator(".map-cluster").first.get_attribute("aria-label")
    assert name is not None
    assert "cases" in name
    with page.expect_response("**/map/clusters/**"):
        page.locator(".map-cluster").first.press("Enter")
    page.wait_for_timeout(600)
    assert page.evaluate("document.querySelector('district-map').map.getZoom()") > before


def test_place_is_picked_by_click_keys_and_typing(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    chooser = page.locator("district-map[data-pick]")
    chooser.scroll_into_view_if_needed()
    page.wait_for_selector("district-map[data-pick][data-ready]", state="attached")
    chooser.click(position={"x": 240, "y": 140})
    lon = page.locator("#pick-lon")
    expect(lon).to_have_value(_near(160.0, 160.08))
    first = float(lon.input_value())
    chooser.locator(".map-pin").press("ArrowRight")
    assert float(lon.input_value()) > first
    lon.fill("160.01")
    lon.press("Tab")
    at = page.evaluate("""() => { const pin = document.querySelector('district-map[data-pick] .map-pin').getBoundingClientRect();
        return pin.x; }""")
    lon.fill("160.07")
    lon.press("Tab")
    assert (
        page.evaluate("document.querySelector('district-map[data-pick] .map-pin').getBoundingClientRect().x")
        > at
    )


def _near(low: float, high: float) -> Any:
    import re

    return re.compile(rf"^{int(low)}\.0\d+$")


def test_chart_is_a_table_first(look: Any) -> None:
    plain = look("/styleguide/", language="en", java_script_enabled=False).page
    expect(plain.locator("data-chart table").first).to_be_visible()
    drawn = look("/styleguide/", language="en").page
    drawn.wait_for_selector("data-chart svg a .bar")
    widths = drawn.locator("data-chart[kind=bar] rect.bar").evaluate_all(
        "all => all.map(e => +e.getAttribute('width'))"
    )
    assert widths[0] / widths[1] == pytest.approx(91.2 / 84, rel=0.01)  # length is amount, from zero


def test_a_refusal_of_htmx_becomes_a_toast_and_the_page_stays(look: Any) -> None:
    screen = look("/styleguide/", language="en")
    screen.page.get_by_role("button", name="Be refused").click()
    expect(screen.page.locator("#toasts .toast-error")).to_contain_text("Wait a few minutes")
    expect(screen.page.locator("h1")).to_have_text("Style guide")
    screen.page.locator("#toasts [data-toast-close]").click()
    expect(screen.page.locator("#toasts .toast")).to_have_count(0)


def test_a_lost_connection_is_said_in_words(look: Any) -> None:
    screen = look("/styleguide/", language="en")
    screen.page.context.set_offline(True)
    screen.page.get_by_role("button", name="Be refused").click()
    expect(screen.page.locator("#toasts")).to_contain_text("What you typed is still here")


def test_live_part_asks_again_and_is_content_with_304(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "/live/" in answer.url else None)
    page.clock.install()
    page.reload()
    page.clock.run_for(14_000)
    assert answers == []  # never more often than 15 s
    for _ in range(3):
        with page.expect_response("**/styleguide/live/"):
            page.clock.run_for(15_100)
    assert answers[0] == 200
    assert 304 in answers


def test_undo_counts_down_and_goes_away(look: Any) -> None:
    page = look("/styleguide/", language="en").page
    expect(page.locator("[data-undo-left]")).to_have_text("Can be taken back for 9 minutes.")
    page.clock.install()
    page.reload()
    page.clock.run_for(4 * 60_000)
    expect(page.locator("[data-undo-left]")).to_have_text("Can be taken back for 5 minutes.")
    page.clock.run_for(6 * 60_000)
    expect(page.locator("form[data-undo]")).to_have_count(0)


def test_a_large_or_foreign_file_is_refused_before_sending(look: Any, tmp_path: Path) -> None:
    (tmp_path / "huge.jpg").write_bytes(b"x" * 20_000_001)
    (tmp_path / "notes.txt").write_text("x")
    page = look("/styleguide/", language="en").page
    page.locator("#ph").set_input_files([tmp_path / "huge.jpg", tmp_path / "notes.txt"])
    expect(page.locator("#toasts")).to_contain_text("huge.jpg is larger than 20 MB")
    expect(page.locator("#toasts")).to_contain_text("notes.txt is not a photo")
    assert page.locator("#ph").evaluate("input => input.files.length") == 0


def test_a_good_photo_is_previewed_and_can_be_taken_out(look: Any, tmp_path: Path) -> None:
    photo = tmp_path / "street.png"
    Image.new("RGB", (40, 30), "teal").save(photo)
    screen = look("/styleguide/", language="en")
    screen.page.locator("#ph").set_input_files(photo)
    preview = screen.page.get_by_role("img", name="street.png")
    expect(preview).to_be_visible()
    assert preview.evaluate("image => image.naturalWidth") == 40
    screen.page.get_by_role("button", name="Remove street.png").click()
    assert screen.page.locator("#ph").evaluate("input => input.files.length") == 0
    assert screen.errors == []


def test_an_address_that_does_not_exist_answers_in_words(look: Any) -> None:
    screen = look("/no/such/page/", language="zh")
    expect(screen.page.locator("h1")).to_have_text("这里没有您可以查看的内容。")


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
@pytest.mark.parametrize("size", SIZES)
def test_error_pages_say_what_why_and_what_to_do(look: Any, status: int, size: str) -> None:
    screen = look(f"/styleguide/error/{status}/", size=size, language="zh")
    screen.errors.clear()  # the browser reports the status itself
    screen.shot(f"error-{status}")
    screen.check()
    assert screen.page.locator("main p").count() >= 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_desk_frame(look: Any, staff: Callable[..., Any], size: str, language: str, theme: str) -> None:
    """Navigation, banners and menus of a person with many rights."""
    screen = look(
        "/styleguide/desk/", size=size, language=language, theme=theme, account=staff("administrator")
    )
    page = screen.page
    expect(page.locator(".banner-simulated")).to_be_visible()
    screen.shot("desk-frame", full=False)
    screen.check()
    page.locator(".topbar details").last.locator("summary").click()
    screen.shot("desk-menu", full=False)
    screen.check()


def test_navigation_on_a_phone_opens_as_a_sheet_without_javascript(
    look: Any, staff: Callable[..., Any]
) -> None:
    screen = look(
        "/styleguide/desk/", size="phone", account=staff("administrator"), java_script_enabled=False
    )
    page = screen.page
    assert page.locator("#nav").is_hidden()
    page.locator(".bottombar a").last.click()
    expect(page.locator("#nav")).to_be_visible()
    screen.shot("nav-sheet", full=False)
    page.locator("[data-nav-close]").click()
    assert page.locator("#nav").is_hidden()


def test_paper_is_a4_and_quiet(look: Any) -> None:
    screen = look("/styleguide/", theme="dark")
    screen.page.emulate_media(media="print")
    screen.page.set_viewport_size({"width": 690, "height": 1000})  # A4 within its margins
    assert screen.page.locator(".button").first.is_hidden()
    assert (
        screen.page.locator(".table-cards tbody td").first.evaluate("td => getComputedStyle(td).display")
        == "table-cell"
    )
    assert screen.faults("overflow") == []
    assert (
        screen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
