"""Every page of named rounds and evidence on a telephone and at a desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

ROUND = "/branch/appraisal/named/{told}/"
# Page → its address and who opens it.
PAGES = {
    "index": ("/branch/appraisal/named/", "书记"),
    "new": ("/branch/appraisal/named/new/", "书记"),
    "open": ("/branch/appraisal/named/{open}/", "甲"),
    "leads": ("/branch/appraisal/named/{open}/", "书记"),
    "rate": ("/branch/appraisal/named/{open}/rate/{person}/", "甲"),
    "cancel": ("/branch/appraisal/named/{open}/do/cancel/", "书记"),
    "told": (ROUND, "乙"),
    "result": (ROUND + "result/", "书记"),
    "person": (ROUND + "people/{one}/", "乙"),
    "answer": (ROUND + "people/{one}/", "委员"),
    "sheets": (ROUND + "evidence/", "书记"),
    "sheet": ("/branch/appraisal/evidence/{sheet}/", "乙"),
    "ratees": ("/branch/appraisal/people/{secret}/", "书记"),
    "ratee": ("/branch/appraisal/people/{secret}/1/", "书记"),
}


@pytest.fixture(scope="module")
def town(site: str) -> Any:
    """The house with an open and a told round, sheets, and a secret round; names of its own."""
    from chengzhi import clock
    from chengzhi.branch.appraisal import evidence, named_texts, planning
    from chengzhi.branch.appraisal.named_models import NamedPair, NamedPerson
    from chengzhi.people.models import Account
    from tests.unit.branch.appraisal.named_rounds import branch
    from tests.unit.web.appraisal.test_named_pages import made

    home, now = branch("named-test"), clock.now()
    for account in home.accounts.values():
        Account.objects.filter(pk=account.pk).update(username=f"named-{account.pk}")
        account.refresh_from_db()
    lead, me = home.actor("书记"), home.actor("乙")
    told = made(home, "closed")
    days = {"first": now.date() - timedelta(days=200), "last": now.date() - timedelta(days=1)}
    evidence.freeze(told, **days, by=lead, on=now)
    sheet = evidence.of_member(told, home.members["乙"].pk)
    assert sheet
    evidence.answer(sheet, text="三月有两件是协办，不是我主办。", by=me, on=now)
    one = NamedPerson.objects.select_related("round", "member").get(round=told, member=home.members["乙"])
    named_texts.opine(one, text="工作踏实，夜间巡查还要加强。", by=home.actor("委员"), on=now)
    from chengzhi.branch.appraisal import named

    named.step(told, "tell", by=lead, on=now)
    one.refresh_from_db()
    named_texts.protest(one, text="有一项不是我经办。", by=me, on=now)
    opened = made(home, "open")
    pair = NamedPair.objects.filter(rater__member=home.members["甲"], rater__round=opened).order_by("pk")[0]
    named.rate(
        opened,
        person=pair.ratee_id,
        marks={"duty": 4, "together": 3, "service": 5},
        by=home.actor("甲"),
        on=now,
    )
    secret = planning.plan(body=home.first, title="民主评议", by=lead, on=now)
    words = {"told": told.number, "open": opened.number, "person": pair.ratee_id, "one": one.pk, "sheet": sheet.pk,
             "secret": secret.number}  # fmt: skip
    return home, words


@pytest.mark.parametrize(("size", "language"), [("phone", "zh"), ("desktop", "zh"), ("phone", "en")])
def test_pages_fit_and_say_what_they_are(
    look: Callable[..., Any], town: Any, size: str, language: str
) -> None:
    home, words = town
    for name, (path, who) in PAGES.items():
        screen = look(path.format(**words), size=size, language=language, account=home.accounts[who])
        screen.shot(f"named-{name}")
        screen.check()
