"""Every page of the lectures on a telephone and at a desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

LECTURE = "/branch/lectures/{number}/"
# Page → its address and who opens it.
PAGES = {
    "index": ("/branch/lectures/", "书记"),
    "new": ("/branch/lectures/new/", "书记"),
    "lecture": (LECTURE, "书记"),
    "member": (LECTURE, "甲"),
    "planned": ("/branch/lectures/{other}/", "书记"),
    "hold": ("/branch/lectures/{other}/hold/", "书记"),
    "pack": (LECTURE + "print/", "书记"),
    "hours": ("/branch/lectures/hours/", "书记"),
    "body": ("/branch/lectures/hours/{code}/", "书记"),
}


@pytest.fixture(scope="module")
def town(site: str, tmp_path_factory: Any) -> Any:
    """A lecture held 40 days ago with a change looked at again, and one planned; figures are prepared."""
    from django.conf import settings

    from chengzhi import clock
    from chengzhi.analytics.refresh import refresh
    from chengzhi.branch.lectures.actions import add_question
    from chengzhi.branch.lectures.models import Decision, Lecture
    from chengzhi.people.models import Account
    from tests.unit.branch.house import house
    from tests.unit.branch.lectures.talks import RATE, held, planned, rules_of_hours, with_text

    home, now, usual = house("lectures-test"), clock.now(), settings.HOME
    settings.HOME = tmp_path_factory.mktemp("lectures")
    for account in home.accounts.values():
        Account.objects.filter(pk=account.pk).update(username=f"lectures-{account.pk}")
        account.refresh_from_db()
    rules_of_hours(home)
    done, other = (
        held(home, theme="夜间烧烤油烟为什么反复"),
        planned(home, form="on_site", spot="和平路夜市口"),
    )
    with_text(home, other)
    Lecture.objects.filter(pk=done.pk).update(held_on=(now - timedelta(days=40)).date())
    add_question(done.number, text="夜里十二点以后谁管？", answer="值班中队", by=home.actor("甲"), on=now)
    Decision.objects.create(
        lecture=done, group="第一小组", text="晚上八点后先劝导再登记", responsible=home.members["甲"], metric=RATE,
        look_again_on=(now - timedelta(days=10)).date(), entered_at=now,
    )  # fmt: skip
    _cases(home, now)
    refresh(home.town.district, full=True)
    from chengzhi.branch.lectures.figures import read_due

    assert len(read_due(home.town.district)) == 2
    yield home, {"number": done.number, "other": other.number, "code": home.first.code}
    settings.HOME = usual


def _cases(home: Any, now: Any) -> None:
    from chengzhi.places.zorder import zkey
    from tests.unit.cases.town import case_in

    for days in range(15, 200, 3):
        due = now - timedelta(days=days)
        ended = due + timedelta(hours=5 if days % 4 == 0 else -5)
        place = (109.31 + days % 7 * 0.012, 24.31 + days % 5 * 0.017)
        case_in(
            home.town, "closed", on=due - timedelta(days=2), due_at=due, handled_at=ended, closed_at=ended,
            filed_at=due - timedelta(days=2), check_due_at=None, close_due_at=None, lon=place[0], lat=place[1],
            zkey=zkey(*place), number=f"LT{days}",
        )  # fmt: skip


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "zh"), ("phone", "en")])
def test_pages_fit_and_say_what_they_are(
    look: Callable[..., Any], town: Any, size: str, language: str
) -> None:
    home, words = town
    for name, (path, who) in PAGES.items():
        screen = look(path.format(**words), size=size, language=language, account=home.accounts[who])
        screen.shot(f"lectures-{name}")
        screen.check()


def test_a_change_is_entered_with_the_mouse(look: Callable[..., Any], town: Any) -> None:
    from chengzhi import clock
    from chengzhi.branch.lectures.models import Decision

    home, words = town
    screen = look(LECTURE.format(**words), size="desktop", language="zh", account=home.accounts["丙"])
    page = screen.page
    page.get_by_text("录入小组要改的事").click()
    page.get_by_label("小组", exact=True).fill("第二小组")
    page.get_by_label("改什么", exact=True).fill("每周三晚与商户一起擦洗净化器")
    page.locator("#c-day").fill(f"{clock.now() + timedelta(days=30):%Y-%m-%d}")
    page.locator("#c-metric").select_option(index=1)
    page.locator("form[action$='/changes/'] button").click()
    page.wait_for_url(f"**{LECTURE.format(**words)}")
    assert page.get_by_text("每周三晚与商户一起擦洗净化器").count() == 1
    assert Decision.objects.filter(group="第二小组").count() == 1
