"""Rounds at the desk in a browser: the frame counted while planning, the draw and its proof, results, print."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.field_district import Field, build, drawn


@pytest.fixture(scope="module")
def field(site: str) -> Field:
    return build("rounds-test", west=162.0)


@pytest.fixture(scope="module")
def seen(field: Field) -> Any:
    """A round of which four of five places were seen, one above the limit, one looked at twice."""
    from chengzhi import clock
    from chengzhi.inspections import rounds
    from chengzhi.inspections.visits import recheck, record_visit

    made = drawn(field, "five_grams", "cleaning_section", 5, share=1, name="本月以克论净")
    answers = dict.fromkeys(("swept", "framed", "weighed"), ("ok", "", None))
    facts = {"checklist": "five_grams", "district_id": field.district.pk, "answers": answers}
    first = None
    for value in ("2.5", "3", "4.2", "12.5"):
        on = clock.now()
        point = rounds.next_point(made.pk, by=field.actor("walker"), on=on)
        assert point is not None
        visit = record_visit(
            **facts, by=field.actor("walker"), on=on, visited_at=on, point_id=point.pk,
            readings={"dust": (value, field.balance.pk)},
        )  # fmt: skip
        first = first or visit
    assert first is not None
    on = clock.now()
    recheck(
        first.pk, by=field.actor("second"), on=on, visited_at=on, answers=answers,
        readings={"dust": ("2.7", field.balance.pk)},
    )  # fmt: skip
    point = rounds.next_point(made.pk, by=field.actor("walker"), on=on)
    assert point is not None
    rounds.skip_point(point.pk, reason="道路封闭施工", by=field.actor("walker"), on=on)
    return made


def test_a_round_is_planned_drawn_and_proved(look: Any, field: Field) -> None:
    from chengzhi.inspections.models import Round

    planner = look("/desk/rounds/new/five_grams/", language="en", account=field.people["planner"]).page
    expect(planner.locator("#frame")).to_contain_text("6 places in the frame, 6 are drawn")
    planner.get_by_label("main street or back lane").check()
    planner.get_by_label("Places to draw").fill("3")
    expect(planner.locator("#frame")).to_contain_text("6 places in the frame, 3 are drawn")
    expect(planner.locator("#frame tbody tr")).to_have_count(2)
    planner.get_by_label("Places to draw").fill("1")
    expect(planner.locator("#frame")).to_contain_text("fewer than the 2 strata")
    planner.get_by_label("Places to draw").fill("3")
    planner.get_by_label("Name").fill("Weighed this week")
    planner.get_by_role("button", name="Plan the round").click()
    expect(planner.locator("h1")).to_have_text("Weighed this week")
    head = look(
        planner.url.removeprefix(planner.url.split("/desk")[0]), language="en", account=field.people["head"]
    )
    head.page.get_by_role("button", name="Approve").click()
    expect(head.page.locator(".toast-success")).to_be_visible()
    planner.reload()
    planner.get_by_role("link", name="Draw").click()
    planner.get_by_role("button", name="Draw", exact=True).click()
    expect(planner.locator("main")).to_contain_text("3 not shown to anybody yet")
    made = Round.objects.get(name="Weighed this week")
    expect(planner.locator("main")).to_contain_text(made.frame_hash)
    planner.get_by_role("button", name="Draw again to check").click()
    expect(planner.locator("#proof")).to_contain_text("The draw holds.")


def test_a_limit_is_previewed_before_it_counts(look: Any, field: Field, seen: Any) -> None:
    screen = look("/desk/rounds/settings/limits/", language="en", account=field.people["planner"])
    page = screen.page
    page.get_by_role("link", name="Change: Dust everywhere").first.click()
    page.get_by_label("Limit value").fill("2.6")
    page.get_by_role("button", name="Show what changes").click()
    expect(page.locator("main")).to_contain_text(
        "Of 5 readings of the last 90 days 4 keep to the limit now, 1 would"
    )
    screen.check()


def test_the_month_prints_on_white_paper_without_tools(look: Any, field: Field, seen: Any) -> None:
    screen = look("/desk/rounds/month/", theme="dark", account=field.people["head"])
    screen.page.emulate_media(media="print")
    expect(screen.page.locator(".actions").first).to_be_hidden()
    expect(screen.page.locator(".print-only")).to_be_visible()
    expect(screen.page.locator(".official").first).to_contain_text("以克论净")
    ground = screen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    screen.page.set_viewport_size({"width": 718, "height": 1040})  # what A4 holds within its margins
    screen.shot("rounds-month-paper")
    paper = screen.page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") <= 2


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_pages_keep_every_rule(
    look: Any, field: Field, seen: Any, size: str, language: str, theme: str
) -> None:
    from chengzhi import clock
    from chengzhi.inspections import business
    from chengzhi.inspections.models import Approval

    on = clock.now()
    one = Approval.objects.filter(object=field.shop).first()
    if one is None:
        one = business.ask(
            district_id=field.district.pk, object_id=field.shop.pk, checklist="grill", reason="群众反映油烟扰民",
            by=field.actor("walker"), on=on,
        )  # fmt: skip
        until = on + timedelta(days=5)
        business.advance_approval(one.pk, "approve", by=field.actor("head"), on=on, until=until)
    options = {"size": size, "language": language, "theme": theme}
    planner, head = field.people["planner"], field.people["head"]
    for name, address, who in (
        ("list", "/desk/rounds/", planner), ("choose", "/desk/rounds/new/", planner),
        ("plan", "/desk/rounds/new/five_grams/", planner), ("round", f"/desk/rounds/{seen.pk}/", head),
        ("results", f"/desk/rounds/{seen.pk}/results/", head), ("month", "/desk/rounds/month/", head),
        ("approvals", "/desk/rounds/approvals/?state=all", head), ("approval", f"/desk/rounds/approvals/{one.pk}/", head),
        ("notice", f"/desk/rounds/approvals/{one.pk}/notice/", head), ("limits", "/desk/rounds/settings/limits/", planner),
        ("plans", "/desk/rounds/settings/plans/", planner), ("caps", "/desk/rounds/settings/caps/", planner),
        ("instruments", "/desk/rounds/settings/instruments/", planner), ("terms", "/desk/rounds/settings/terms/", planner),
        ("deductions", "/desk/rounds/deductions/", planner), ("propose", "/desk/rounds/deductions/propose/", planner),
    ):  # fmt: skip
        screen = look(address, account=who, **options)
        screen.page.wait_for_load_state("networkidle")
        screen.shot(f"rounds-{name}")
        screen.check()
