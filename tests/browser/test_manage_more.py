"""Keys, packs and planned hours on the administrator's pages, as people see them."""

from collections.abc import Callable
from typing import Any

import pytest

PAGES = (
    "/manage/keys/",
    "/manage/keys/new/",
    "/manage/packs/upload/",
    "/manage/calendars/hours/",
    "/manage/rules/",
)
VIEWS = [
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desktop", "zh", "dark"),
    ("desktop", "en", "light"),
]


@pytest.fixture
def key(district: Any) -> Any:
    """One key in force and one that has ended."""
    from chengzhi import clock
    from chengzhi.people.actor import Actor
    from chengzhi.people.keys import create_key, revoke_key

    facts = {
        "district": district,
        "scopes": ("reports:write", "cases:read"),
        "by": Actor.system(),
        "on": clock.now(),
    }
    ended, _ = create_key(name="旧的考核平台接口（已停用）", role="evaluator", **facts)
    revoke_key(ended, by=Actor.system(), on=clock.now())
    return create_key(name="12345热线平台", role="dispatcher", **facts)[0]


@pytest.mark.parametrize(("size", "language", "theme"), VIEWS)
def test_pages_stand_in_every_view(
    look: Callable[..., Any], staff: Callable[..., Any], key: Any, size: str, language: str, theme: str
) -> None:
    view = {"size": size, "language": language, "theme": theme, "account": staff("administrator")}
    for path in (*PAGES, f"/manage/keys/{key.pk}/"):
        screen = look(path, **view)
        screen.check()
        screen.shot("more" + path.strip("/").replace("/", "-").replace(str(key.pk), "one"))


def test_a_key_is_made_shown_once_and_ended(look: Callable[..., Any], staff: Callable[..., Any]) -> None:
    screen = look("/manage/keys/new/", language="en", account=staff("administrator"))
    page = screen.page
    page.fill("[name=name]", "Hotline")
    page.select_option("[name=role]", "dispatcher")
    page.click("main .form .button-primary")
    page.wait_for_selector("#secret")
    assert page.input_value("#secret").startswith("cz_")
    screen.check()
    screen.shot("more-key-made")
    page.click("main .button-primary")
    page.click("text=End this key")
    page.wait_for_selector("text=cannot be taken back")
    screen.check()
    screen.shot("more-key-end")
    page.click("main .button-primary")
    page.wait_for_url("**/manage/keys/")
    assert page.locator("tr:has-text('Hotline')").first.locator("text=ended").count()


def test_a_plan_of_hours_is_previewed(look: Callable[..., Any], staff: Callable[..., Any]) -> None:
    screen = look("/manage/calendars/hours/", size="phone", account=staff("administrator"))
    page = screen.page
    page.fill("[name=hours]", "08:00-12:00\n15:00-18:00")
    page.fill("[name=first_day]", "2099-06-01")
    page.click("main .button-primary")
    page.wait_for_selector("text=2099-06-01")
    screen.check()
    screen.shot("more-hours-preview")
    page.click("main .button-primary")
    page.wait_for_selector("main .note:has-text('2099-06-01')")
    screen.check()
    screen.shot("more-hours-planned")
