"""An inspector with a phone: a round, a failed value that becomes a case, no network, the second look."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.field_district import Field, build, drawn


@pytest.fixture(scope="module")
def field(site: str) -> Field:
    return build()


@pytest.fixture
def round_of(field: Field) -> Iterator[Any]:
    """A fresh round; taken away afterwards so that the next test starts with an empty list."""
    from chengzhi import clock
    from chengzhi.inspections import rounds
    from chengzhi.inspections.models import Round

    yield lambda *args, **more: drawn(field, *args, **more)
    for one in Round.objects.filter(district=field.district, state__in=("drawn", "in_work")):
        rounds.cancel(one.pk, reason="试验结束", by=field.actor("head"), on=clock.now())


def answer_all(page: Page, answer: str = "ok") -> None:
    for line in page.locator(".threeway:not(.settled)").all():
        line.locator(f".way-{answer}").click()


def photo() -> dict[str, Any]:
    from tests.photo_samples import jpeg

    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": jpeg(640, 480)}


def test_a_round_on_a_phone_a_failed_value_becomes_a_case(look: Any, field: Field, round_of: Any) -> None:
    from chengzhi.cases.models import Case

    round_of("five_grams", "cleaning_section", 2, name="以克论净")
    screen = look("/field/", size="phone", language="zh", account=field.people["walker"])
    page = screen.page
    expect(page.locator("h1")).to_have_text("我的检查")
    screen.check()
    page.get_by_role("button", name="显示下一处").click()
    expect(page.locator(".gauge")).to_contain_text("≤ 5 g/m²")
    expect(page.locator(".gauge")).to_contain_text("区市容作业标准第3条")
    expect(page.locator(".gauge li")).to_contain_text("旧天平")
    page.locator("#v-dust").fill("260")
    expect(page.locator("[data-doubt]")).to_be_visible()
    page.locator("#v-dust").fill("12.5")
    expect(page.locator("[data-doubt]")).to_be_hidden()
    answer_all(page)
    page.get_by_role("button", name="保存检查结果").click()
    expect(page.locator("main")).to_contain_text("已转为案卷")
    case = Case.objects.get(district=field.district)
    expect(page.locator(".big-number")).to_have_text(case.number)
    expect(page.locator("main")).to_contain_text("4个工作时")
    screen.shot("field-case")
    screen.check()
    page.get_by_role("button", name="显示下一处").click()
    expect(page.locator("form[data-sheet]")).to_be_visible()


def test_what_is_wrong_is_said_beside_its_field_and_all_is_kept(
    look: Any, field: Field, round_of: Any
) -> None:
    round_of("five_grams", "cleaning_section", 2)
    screen = look("/field/", size="phone", language="en", account=field.people["walker"])
    page = screen.page
    page.get_by_role("button", name="Show me the next place").click()
    page.locator("#v-dust").fill("5,000")
    page.locator(".threeway").first.locator(".way-failed").click()
    page.locator("#n-swept").fill("wet leaves")
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator(".gauge .error")).to_be_visible()
    expect(page.locator(".threeway .error")).to_have_count(2)
    expect(page.locator("#v-dust")).to_have_value("5,000")
    expect(page.locator("#n-swept")).to_have_value("wet leaves")
    screen.shot("field-wrong")
    screen.errors = [one for one in screen.errors if "422" not in one]
    screen.check()
    page.locator("#v-dust").fill("4")
    answer_all(page)
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator("main")).to_contain_text("All in order")


def test_without_network_the_sheet_is_kept_and_sent_once(look: Any, field: Field, round_of: Any) -> None:
    from chengzhi.inspections.models import Visit

    made = round_of("toilet", "toilet", 1, name="公厕抽查")
    page = look("/field/", size="phone", language="zh", account=field.people["walker"]).page
    page.get_by_role("button", name="显示下一处").click()
    answer_all(page)
    line = page.locator(".threeway", has_text="干净，含周边5米")
    line.locator(".way-failed").click()
    line.locator("input[type=file]").set_input_files(photo())
    page.context.set_offline(True)
    page.get_by_role("button", name="保存检查结果").click()
    expect(page.locator("[data-later]")).to_be_visible()
    expect(page.locator("[data-outbox-said]")).to_contain_text("1份检查表待上传")
    assert not Visit.objects.filter(point__round=made).exists()
    page.context.set_offline(False)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    expect(page.locator(".toast-success")).to_contain_text("1份待传检查表已发送")
    visit = Visit.objects.get(point__round=made)
    assert visit.findings.get(item="clean").photo is not None
    page.reload()  # the place is done: it leads to what was found
    assert f"/field/visit/{visit.pk}/" in page.url


def test_what_the_server_no_longer_takes_waits_and_can_be_thrown_away(
    look: Any, field: Field, round_of: Any
) -> None:
    from chengzhi import clock
    from chengzhi.inspections import rounds

    made = round_of("toilet", "toilet", 1)
    page = look("/field/", size="phone", language="en", account=field.people["walker"]).page
    page.get_by_role("button", name="Show me the next place").click()
    answer_all(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator("[data-later]")).to_be_visible()
    rounds.cancel(made.pk, reason="停止", by=field.actor("head"), on=clock.now())
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-said]")).to_contain_text("one of them needs you")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("[data-outbox]")).to_be_hidden()


def test_a_draft_survives_a_reload_with_its_photo(look: Any, field: Field, round_of: Any) -> None:
    round_of("toilet", "toilet", 1)
    page = look("/field/", size="phone", language="en", account=field.people["walker"]).page
    page.get_by_role("button", name="Show me the next place").click()
    line = page.locator(".threeway", has_text="Clean, 5 m around included")
    line.locator(".way-failed").click()
    line.locator("input[type=file]").set_input_files(photo())
    page.locator("#n-clean").fill("paper on the floor")
    page.wait_for_timeout(900)  # the draft is written a moment after the last key
    page.reload()
    expect(page.locator("[data-restored]")).to_be_visible()
    expect(page.locator("#n-clean")).to_have_value("paper on the floor")
    expect(line.locator("input[value=failed]")).to_be_checked()
    expect(line.locator("[data-photo-name]")).to_contain_text("foto.jpg")


def test_the_second_look_is_taken_by_another_and_blind(look: Any, field: Field, round_of: Any) -> None:
    from chengzhi.inspections.models import Visit

    made = round_of("five_grams", "cleaning_section", 1, share=1)
    first = look("/field/", size="phone", language="en", account=field.people["walker"]).page
    first.get_by_role("button", name="Show me the next place").click()
    first.locator("#v-dust").fill("3.75")
    answer_all(first)
    first.get_by_role("button", name="Save the visit").click()
    expect(first.locator("main")).to_contain_text("3.75 g/m²")
    first.goto(first.url.split("/field/")[0] + "/field/recheck/")
    expect(first.locator("main")).to_contain_text("Nothing to look at again")
    screen = look("/field/", size="phone", language="en", account=field.people["second"])
    page = screen.page
    page.get_by_role("link", name="1 place to look at a second time").click()
    screen.check()
    page.locator("a.choice").first.click()
    expect(page.locator("main")).not_to_contain_text("3.75")
    page.locator("#v-dust").fill("4.25")
    answer_all(page)
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator("main")).to_contain_text("4.25 g/m²")
    assert Visit.objects.filter(point__round=made, recheck_of__isnull=False).count() == 1


def test_an_evening_round_asks_how_it_ended(look: Any, field: Field, round_of: Any) -> None:
    from chengzhi import clock
    from chengzhi.inspections import rounds
    from chengzhi.inspections.models import Visit

    on = clock.now()
    made = rounds.plan(
        district_id=field.district.pk, checklist="grill_round", name="夜间巡查", frame={"of": "cells"}, size=1,
        starts_on=on.date(), ends_on=on.date(), by=field.actor("planner"), on=on,
    )  # fmt: skip
    rounds.approve(made.pk, by=field.actor("head"), on=on)
    rounds.draw(made.pk, by=field.actor("planner"), on=on)
    page = look("/field/", size="phone", language="en", account=field.people["walker"]).page
    page.get_by_role("button", name="Show me the next place").click()
    expect(page.locator(".settled")).to_be_hidden()
    answer_all(page, "failed")
    page.locator(".settled .way", has_text="persuaded").click()
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator("main")).to_contain_text("How it ended: persuaded")
    assert Visit.objects.get(point__round=made).result == "persuaded"


def test_without_javascript_a_visit_is_saved(look: Any, field: Field) -> None:
    page = look(
        f"/field/object/{field.toilet.pk}/", size="phone", language="en", account=field.people["walker"],
        java_script_enabled=False,
    ).page  # fmt: skip
    for line in page.locator(".threeway:not(.settled)").all():
        line.locator(".way-ok").click()
    page.get_by_role("button", name="Save the visit").click()
    expect(page.locator("main")).to_contain_text("All in order")


def test_the_three_answers_are_given_by_keyboard(look: Any, field: Field) -> None:
    page = look(f"/field/object/{field.toilet.pk}/", language="en", account=field.people["walker"]).page
    page.locator("input[name='a.open']").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name='a.open'][value=failed]")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#n-open")).to_be_focused()


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_keep_every_rule(
    look: Any, field: Field, round_of: Any, size: str, language: str, theme: str
) -> None:
    """Empty, ordinary, long names; list, sheet, refused application."""
    options = {"size": size, "language": language, "theme": theme, "account": field.people["walker"]}
    if size == "phone":
        look("/field/recheck/", **options).check()
    round_of(
        "five_grams", "cleaning_section", 6, name="十一月第三周以克论净随机抽查（含背街小巷与城乡结合部）"
    )
    shots = [("mine", "/field/"), ("toilet", f"/field/object/{field.toilet.pk}/"),
             ("choose", f"/field/object/{field.sections[-1].pk}/"),
             ("grams", f"/field/object/{field.sections[-1].pk}/?checklist=five_grams"),
             ("ask", f"/field/object/{field.shop.pk}/")]  # fmt: skip
    for name, address in shots:
        screen = look(address, **options)
        screen.shot(f"field-{name}")
        screen.check()
