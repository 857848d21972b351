"""The secret ballot on a telephone without scripts, and each page of a round in both sizes."""

from collections.abc import Callable
from typing import Any

import pytest

AT = "/branch/appraisal/{round}/"
# Page → its address, who opens it, which round.
PAGES = {
    "index": ("/branch/appraisal/", "书记", "voting"),
    "new": ("/branch/appraisal/new/", "书记", "voting"),
    "issue": (AT + "issue/", "甲", "planned"),
    "cancel": (AT + "cancel/", "书记", "planned"),
    "handing": (AT + "handing/", "甲", "handing"),
    "voting": (AT, "甲", "voting"),
    "count": (AT + "count/", "甲", "closed"),
    "paper": (AT + "count/", "乙", "paper"),
    "kit": (AT + "kit/", "甲", "paper"),
    "counted": (AT, "书记", "counted"),
    "results": (AT + "results/", "书记", "counted"),
    "person": (AT + "results/3/", "书记", "counted"),
    "mine": (AT + "mine/", "书记", "counted"),
}


@pytest.fixture(scope="module")
def town(site: str) -> Any:
    """The house with a round in each state; names of its own."""
    from chengzhi import clock
    from chengzhi.branch.appraisal import casting, counting, opinions, planning
    from chengzhi.people.models import Account
    from tests.unit.branch.appraisal.polls import branch, closed, handed, opened

    home, now = branch(slug="ballot-test"), clock.now()
    for account in home.accounts.values():
        Account.objects.filter(pk=account.pk).update(username=f"ballot-{account.pk}")
        account.refresh_from_db()
    planned = planning.plan(body=home.first, title="2026年度民主评议", by=home.actor("书记"), on=now)
    handing, voting, shut, paper, counted = (
        handed(home), opened(home), opened(home), opened(home, means="paper"), opened(home),
    )  # fmt: skip
    closed(shut)
    closed(paper)
    grades = ("excellent", "qualified", "qualified", "basic")
    for at, (voter, token) in enumerate(zip(counted.ratees, counted.papers.tokens, strict=True)):
        marks = {
            one.pk: "self" if name == voter else grades[(at + to) % 4]
            for to, (name, one) in enumerate(counted.ratees.items())
        }
        casting.cast(counted.round.code, token, marks)
    parts = {"first": counted.papers.first, "second": counted.papers.second}
    counting.count(closed(counted), **parts, by=home.actor("甲"), on=now)
    own = counted.fresh().ratees.get(member=home.members["书记"])
    opinions.opine(own, grade="qualified", text="带头夜查，台账及时销号。", by=home.actor("委员"), on=now)
    opinions.tell(own, by=home.actor("委员"), on=now)
    rounds = {"handing": handing, "voting": voting, "closed": shut, "paper": paper, "counted": counted}
    return home, {"planned": planned.number, **{k: v.round.number for k, v in rounds.items()}}, voting


@pytest.mark.parametrize("size", ["phone", "desktop"])
@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_of_a_round(town: Any, look: Callable[..., Any], size: str, name: str) -> None:
    home, numbers, _voting = town
    address, who, state = PAGES[name]
    screen = look(address.format(round=numbers[state]), size=size, account=home.accounts[who])
    screen.check()
    screen.shot(f"ballot-{name}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_somebody_votes_on_a_telephone_without_scripts(
    town: Any, look: Callable[..., Any], language: str
) -> None:
    from chengzhi.branch.appraisal.problems import AlreadyCast

    home, _numbers, poll = town
    at = f"/ballot/{poll.round.code}/" + ("?l=en" if language == "en" else "")
    for options in ({}, {"java_script_enabled": False}):
        screen = look(at, size="phone", account=home.accounts["丙"], **options)
        if not options:
            screen.check()
        screen.shot(f"ballot-token-{language}")
        token = poll.papers.tokens[0 if language == "zh" else 1]
        screen.page.fill("#token", token.lower().replace("-", " "))
        screen.page.click("button")
        if not options:
            screen.check()
        screen.shot(f"ballot-marks-{language}")
    for name, one in poll.ratees.items():
        mark = "self" if name == ("甲" if language == "zh" else "乙") else "qualified"
        screen.page.check(f"input[name=m{one.pk}][value={mark}]", force=True)
    screen.page.click("button[name=send]")
    screen.shot(f"ballot-done-{language}")
    assert screen.page.locator("[role=alert]").count() == 0
    kept = screen.page.context.cookies()
    assert {one["name"] for one in kept} == {"language", "sessionid"}, "none is new"
    from chengzhi.branch.appraisal import casting

    with pytest.raises(AlreadyCast):
        casting.sheet(poll.round.code, token)


def test_the_slips_are_printed_once(town: Any, look: Callable[..., Any]) -> None:
    home, numbers, _voting = town
    screen = look(AT.format(round=numbers["planned"]) + "issue/", account=home.accounts["甲"])
    screen.page.select_option("#id_first", label="书记")
    screen.page.select_option("#id_second", label="纪检")
    screen.page.click("main form button")
    assert screen.page.locator(".slip").count() == 8
    assert screen.page.locator(".key-part").count() == 2
    screen.check()
    screen.shot("ballot-slips")
    screen.page.emulate_media(media="print")
    screen.shot("ballot-slips-print")
