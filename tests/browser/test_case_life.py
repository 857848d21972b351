"""One report from a resident's telephone to the closed case, through the pages only, in Chinese.

Every step is taken by the demo account of the role that takes it, signed in on the log-in page.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.photo_samples import jpeg

FASTEST = 5
REPORTED = "路口暴露垃圾堆了几天没人清"
REPLY = "垃圾已清运并冲洗路面"


@pytest.fixture(scope="module")
def people(site: str) -> Any:
    """The sample district as shipped, and its demo accounts by role."""
    from chengzhi import clock
    from chengzhi.demo import accounts
    from chengzhi.people.actor import Actor
    from chengzhi.pipeline.packs import load_pack, pack_folders

    folder = next(folder for folder in pack_folders() if folder.name == "sample")
    load_pack(folder, by=Actor.system(), on=clock.now())
    return {one.role: one for one in accounts.ensure(on=clock.now()) if one.district == "sample"}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    target = tmp_path / "after.jpg"
    target.write_bytes(jpeg(640, 480))
    return target


class Desk:
    """The staff, each in a browser of their own."""

    def __init__(self, look: Callable[..., Any], people: Any) -> None:
        self.look, self.people = look, people
        self.open: dict[str, Any] = {}

    def screen(self, role: str, size: str = "desktop") -> Any:
        """The role's browser, signed in with user name and password."""
        if role not in self.open:
            screen = self.look("/account/login/", size=size)
            screen.page.fill("#id_username", self.people[role].username)
            screen.page.fill("#id_password", self.people[role].password)
            screen.page.locator("form.form button.button-primary").click()
            screen.page.wait_for_url("**/desk/**")
            self.open[role] = screen
        return self.open[role]

    def at(self, role: str, number: str, size: str = "desktop") -> Page:
        """The role's browser at the case."""
        screen = self.screen(role, size).goto(f"/desk/cases/{number}/")
        page: Page = screen.page
        return page

    def faults(self) -> list[str]:
        """What the consoles said."""
        return [error for screen in self.open.values() for error in screen.errors]


@pytest.fixture
def desk(look: Callable[..., Any], people: Any, settings: Any) -> Desk:
    settings.DEMO_ACCOUNTS = True
    return Desk(look, people)


def next_step(page: Page, label: str) -> None:
    """Press `e`: it must be the natural next step."""
    button = page.locator("[data-next-step]")
    expect(button).to_contain_text(label)
    page.keyboard.press("e")


def confirm(page: Page) -> None:
    page.locator("#step-form button.button-big").click()
    page.wait_for_url("**/desk/cases/*/")


def state(page: Page, words: str) -> None:
    expect(page.locator(".case-head .tag-accent")).to_have_text(words)


def middle() -> tuple[float, float]:
    from chengzhi.places.models import District

    district = District.objects.get(slug="sample")
    return (district.min_lon + district.max_lon) / 2, (district.min_lat + district.max_lat) / 2


def report(look: Callable[..., Any], photo: Path) -> tuple[Any, str]:
    """A resident on a telephone; the follow-up page and the case number."""
    screen = look("/d/sample/report/", size="phone")
    page = screen.page
    page.locator("#id_photo").set_input_files(str(photo))
    expect(page.locator("#photos .photos img")).to_have_count(1)
    page.fill("#id_text", REPORTED)
    page.locator("#types label", has_text="暴露垃圾").locator("input").first.check()
    page.fill("#id_address", "文澜路与中轴大道交叉口")
    lon, lat = middle()
    page.locator("details:has(#id_lon) > summary").click()
    page.fill("#id_lon", f"{lon:.6f}")
    page.fill("#id_lat", f"{lat:.6f}")
    page.wait_for_timeout(1000 * FASTEST)  # who types faster is taken for a program
    page.locator("main button[value=send]").click()
    page.wait_for_url("**/follow/**")
    return screen, page.locator("h1").inner_text()


def test_a_report_becomes_a_closed_case_through_the_pages(
    look: Callable[..., Any], desk: Desk, photo: Path
) -> None:
    resident, number = report(look, photo)
    verified(desk, number)
    dispatched(desk, number)
    handled(desk, number, photo)
    closed(desk, number)
    resident.page.reload()
    expect(resident.page.locator("main")).to_contain_text("已结案")
    expect(resident.page.locator("main")).not_to_contain_text(REPLY)
    assert not desk.faults()


def verified(desk: Desk, number: str) -> None:
    clerk = desk.at("intake_clerk", number)
    state(clerk, "待受理")
    expect(clerk.locator("main")).to_contain_text(REPORTED)
    expect(clerk.locator(".photos img")).to_have_count(1)
    next_step(clerk, "下发核实")
    confirm(clerk)
    state(clerk, "待核实")
    inspector = desk.at("inspector", number, "phone")
    next_step(inspector, "核实")
    inspector.get_by_label("属实").check()
    inspector.locator("[data-fill]").first.click()
    desk.open["inspector"].check()
    confirm(inspector)
    state(inspector, "待立案")


def dispatched(desk: Desk, number: str) -> None:
    from chengzhi.people.models import Post

    leader = desk.at("shift_leader", number)
    next_step(leader, "立案")
    confirm(leader)
    state(leader, "待派遣")
    dispatcher = desk.at("dispatcher", number)
    next_step(dispatcher, "派遣")
    unit = Post.objects.get(account__username=desk.people["handler"].username, district__slug="sample").unit
    dispatcher.select_option("#id_unit", str(unit.pk))
    expect(dispatcher.locator("#will")).to_contain_text("新时限")
    confirm(dispatcher)
    state(dispatcher, "待处置")
    expect(dispatcher.locator("[data-undo]")).to_be_visible()
    desk.open["dispatcher"].shot("case-dispatched")
    dispatcher.keyboard.press("u")
    dispatcher.wait_for_load_state()
    state(dispatcher, "待派遣")
    next_step(dispatcher, "派遣")
    dispatcher.select_option("#id_unit", str(unit.pk))
    confirm(dispatcher)


def handled(desk: Desk, number: str, photo: Path) -> None:
    handler = desk.at("handler", number, "phone")
    expect(handler.locator("main")).not_to_contain_text("说明理由后查看")
    next_step(handler, "接收处置")
    handler.wait_for_load_state()
    state(handler, "处置中")
    handler.locator("[data-next-step]").tap()
    handler.locator("#id_photos").set_input_files(str(photo))
    expect(handler.locator("photo-field img")).to_have_count(1)
    handler.fill("#id_note", REPLY)
    desk.open["handler"].check()
    desk.open["handler"].shot("case-reply")
    confirm(handler)
    state(handler, "已处置")
    expect(handler.locator(".photos figcaption").last).to_contain_text("处置后")


def closed(desk: Desk, number: str) -> None:
    dispatcher = desk.at("dispatcher", number)
    next_step(dispatcher, "确认反馈")
    dispatcher.wait_for_load_state()
    state(dispatcher, "待核查")
    clerk = desk.at("intake_clerk", number)
    next_step(clerk, "下发核查")
    confirm(clerk)
    inspector = desk.at("inspector", number, "phone")
    next_step(inspector, "核查通过")
    confirm(inspector)
    leader = desk.at("shift_leader", number)
    state(leader, "待结案")
    next_step(leader, "结案")
    confirm(leader)
    state(leader, "已结案")
    expect(leader.locator(".timeline").first).to_contain_text(REPLY)
    desk.open["shift_leader"].check()
    desk.open["shift_leader"].shot("case-closed")
