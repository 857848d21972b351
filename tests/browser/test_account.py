"""Account and administrator pages in a real browser: every size, language and theme; by keyboard."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

DOORS = ("/account/login/", "/account/forgotten/", "/account/link/no-such/")
MINE = ("/account/", "/account/password/", "/account/second-factor/", "/account/sessions/")
MANAGE = (
    "/manage/", "/manage/people/", "/manage/people/invite/", "/manage/roles/", "/manage/units/",
    "/manage/units/new/", "/manage/limits/", "/manage/limits/new/", "/manage/limits/file/",
    "/manage/limits/stages/", "/manage/limits/escalation/", "/manage/calendars/?year=2026",
    "/manage/calendars/hours/", "/manage/routing/", "/manage/routing/new/", "/manage/rules/",
    "/manage/rules/reopen_days/", "/manage/people/existing/", "/manage/messages/", "/manage/packs/", "/manage/jobs/", "/manage/health/",
)  # fmt: skip
LOOKS = (
    ("phone", "zh", "light"),
    ("phone", "en", "dark"),
    ("desktop", "zh", "dark"),
    ("desktop", "en", "light"),
)
PASSWORD = "a-long-enough-phrase-9"


@pytest.fixture(scope="module")
def filled(district: Any, staff: Callable[..., Any]) -> Any:
    """The made-up district with limits, clocks, rules, a long unit name and people."""
    from chengzhi.cases.models import CaseLimit, CaseType, Escalation, StageLimit
    from chengzhi.people.models import CalendarDay, Unit

    for role in ("dispatcher", "handler", "head"):
        staff(role)
    Unit.objects.create(
        district=district,
        code="long",
        kind="sanitation",
        name="环境卫生管理所北部片区临时清扫保洁与应急保障联合工作队",
        name_en="Joint sweeping and emergency crew of the northern part of the sanitation office",
    )
    kind = CaseType.objects.create(district=district, code_set="local", code="0101", name="暴露垃圾",
                                   name_en="Exposed rubbish")  # fmt: skip
    since = {"valid_from": date(2026, 1, 1)}
    CaseLimit.objects.create(type=kind, amount=Decimal(8), unit="working_hours", **since)
    StageLimit.objects.create(district=district, stage="verify", amount=2, unit="working_hours", **since)
    Escalation.objects.create(district=district, share=Decimal("0.8"), role="shift_leader", **since)
    CalendarDay.objects.create(district=district, date=date(2026, 4, 8), off=True, name="区庆")
    return district


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_the_doors_look_right(look: Callable[..., Any], size: str, language: str, theme: str) -> None:
    for path in DOORS[:2]:
        screen = look(path, size=size, language=language, theme=theme)
        screen.check()
        screen.shot("account-" + path.strip("/").replace("/", "-"))


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_my_account_looks_right(
    look: Callable[..., Any], staff: Callable[..., Any], size: str, language: str, theme: str
) -> None:
    screen = look(MINE[0], size=size, language=language, theme=theme, account=staff("dispatcher"))
    for path in MINE:
        screen.goto(path).check()
        screen.shot("mine-" + path.strip("/").replace("/", "-"))


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_administrator_pages_look_right(
    look: Callable[..., Any], filled: Any, staff: Callable[..., Any], size: str, language: str, theme: str
) -> None:
    screen = look(MANAGE[0], size=size, language=language, theme=theme, account=staff("administrator"))
    faults = []
    for path in MANAGE:
        try:
            screen.goto(path).check()
        except AssertionError as error:
            faults.append(str(error))
        screen.shot(path.split("?")[0].strip("/").replace("/", "-"))
    assert not faults, "\n".join(faults)


@pytest.fixture
def person(district: Any, staff: Callable[..., Any]) -> Iterator[Any]:
    """Somebody with a password."""
    account = staff("handler", "keyboard-user")
    account.set_password(PASSWORD)
    account.save()
    yield account
    account.is_active = False
    account.save()


def test_a_person_logs_in_and_out_by_keyboard_alone(look: Callable[..., Any], person: Any) -> None:
    page = look("/account/login/?next=/account/").page
    page.keyboard.type(person.username)  # the first field has the focus
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url="**/account/"):
        page.keyboard.press("Enter")
    assert person.name in page.inner_text("h1")
    page.evaluate("document.querySelector('form[action=\"/account/logout/\"] button').click()")
    page.wait_for_url("**/account/login/")


def test_a_right_is_taken_with_its_effect_shown_first(
    look: Callable[..., Any], filled: Any, staff: Callable[..., Any]
) -> None:
    from chengzhi.people.models import RolePermission

    page = look("/manage/roles/", language="en", account=staff("administrator")).page
    page.uncheck("input[value='contractor photo.add']")
    page.click("text=Show what changes")
    assert "Add photos" in page.inner_text("main")
    page.click("text=Make the change")
    page.wait_for_url("**/manage/roles/")
    assert "Contractor" in page.inner_text(".timeline")
    rows = RolePermission.objects.filter(district=filled, role="contractor", permission="photo.add")
    assert rows.get().valid_to is not None
