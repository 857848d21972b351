"""The residents' pages in a real browser: every size, language and theme, empty, filled and refused."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.intake_builders import SOUTH, WEST, build_district

LOOKS = (
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desktop", "zh", "dark"),
    ("desktop", "en", "light"),
)
PAGES = ("", "report/", "find/", "about/", "find/?number=no-such")
LONG = "路灯不亮，旁边的井盖也松了🕳️；الإنارة معطلة " + "https://example.invalid/" + "x" * 120


@pytest.fixture(scope="module")
def place(site: str) -> Any:
    """A district of its own with a case that has an ugly text."""
    return build_district("residents", code="459905", case_prefix="民")


@pytest.fixture(scope="module")
def follow(place: Any) -> str:
    """The follow-up page of one report."""
    from chengzhi import clock
    from chengzhi.people.actor import Actor
    from chengzhi.reports.intake import NewReport, receive

    told = NewReport(
        district_id=place.district.pk, channel="resident", text=LONG, type_id=place.types["02007"].pk,
        lon=WEST + 0.005, lat=SOUTH + 0.005, address="启明路与长长长长长长长长长长长长长长长长长长的路口",
    )  # fmt: skip
    return f"/follow/{receive(told, by=Actor.resident(), on=clock.now()).follow_token}/"


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_the_residents_pages_look_right(
    look: Callable[..., Any], place: Any, follow: str, size: str, language: str, theme: str
) -> None:
    screen = look("/d/residents/", size=size, language=language, theme=theme)
    faults = []
    for path in [*(f"/d/residents/{page}" for page in PAGES), follow, f"{follow}?sent=1", "/no-such-page/"]:
        # A page that is not there says so with its status; the console repeats it.
        screen.goto(path)
        screen.errors[:] = [one for one in screen.errors if "404" not in one]
        try:
            screen.check()
        except AssertionError as error:
            faults.append(str(error))
    screen.goto("/d/residents/report/").shot("public-report")
    screen.goto(follow).shot("public-follow")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "en")])
def test_a_refused_form_keeps_what_was_typed_and_looks_right(
    look: Callable[..., Any], place: Any, size: str, language: str
) -> None:
    screen = look("/d/residents/report/", size=size, language=language)
    screen.page.fill("textarea[name=text]", "路灯不亮")
    screen.page.wait_for_timeout(3200)  # a person needs some seconds
    screen.page.click("button[name=action][value=send]")
    screen.page.wait_for_selector("[role=alert], .note-error, .field-error")
    assert screen.page.input_value("textarea[name=text]") == "路灯不亮"
    screen.errors[:] = [one for one in screen.errors if "422" not in one]
    screen.check()
    screen.shot("public-refused")
