"""What is due: periods, what was held, reasons; told to the body itself; a calendar file."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengzhi.branch.organisation import actions, due
from chengzhi.branch.organisation.models import Body, MissingReason
from chengzhi.branch.organisation.packs import load_branch, read_branch
from chengzhi.branch.organisation.problems import BadMemberChange
from chengzhi.ledger.models import Entry
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY
from tests.unit.web.organisation.test_pages import SAMPLE, UNITS

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 3)


@pytest.fixture
def home() -> House:
    made = house()
    read = read_branch(SAMPLE, UNITS)
    assert read is not None
    load_branch(read, made.town.district, today=TODAY, since=date(2020, 1, 1))
    # The pack has a body of the same code, a committee; here it stays the branch it was.
    Body.objects.filter(pk=made.first.pk).update(pack=read.head.key, kind="branch")
    made.first.refresh_from_db()
    return made


def of(home: House, key: str, day: date = TODAY) -> list[due.Due]:
    return [one for one in due.due([home.first], day) if one.rule.key == key]


@pytest.mark.parametrize(
    ("per", "day", "first", "last"),
    [("month", date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29)),
     ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2026, 12, 31)),
     ("year", date(2026, 1, 1), date(2026, 1, 1), date(2026, 12, 31))],
)  # fmt: skip
def test_a_period_is_the_month_quarter_or_year_around_the_day(
    per: str, day: date, first: date, last: date
) -> None:
    assert due.period(per, day) == (first, last)


def test_the_missed_quarter_stands_before_the_running_one_until_it_was_held(home: House) -> None:
    assert [(one.over, one.done) for one in of(home, "B-03")] == [(True, False), (False, False)]
    actions.note_held(
        body=home.first, form="assembly", held_on=date(2026, 3, 31), by=home.actor("书记"), on=FRIDAY
    )
    assert [(one.over, one.done) for one in of(home, "B-03")] == [(False, False)]
    actions.note_held(body=home.first, form="assembly", held_on=TODAY, by=home.actor("书记"), on=FRIDAY)
    assert [(one.over, one.done) for one in of(home, "B-03")] == [(False, True)]


def test_one_statement_more_for_no_number_of_bodies(home: House, django_assert_num_queries: Any) -> None:
    both = [home.first, home.second]
    Body.objects.filter(pk=home.second.pk).update(pack=home.first.pack, kind="branch")
    home.second.refresh_from_db()
    with django_assert_num_queries(4):
        due.due(both, TODAY)


def test_a_reason_is_given_by_the_committee_and_its_words_stay_out_of_the_record(home: House) -> None:
    said: dict[str, Any] = {"body": home.first, "key": "B-03", "first": date(2026, 1, 1), "on": FRIDAY}
    due.give_reason(**said, reason="防汛值班", by=home.actor("书记"))
    assert of(home, "B-03")[0].reason == "防汛值班"
    assert "防汛" not in str(Entry.objects.filter(step="reason").get().facts)
    with pytest.raises(NotAllowed):
        due.give_reason(**said, reason="x", by=home.actor("甲"))
    for bad in ({"first": date(2026, 1, 2)}, {"reason": " "}, {"key": "B-16"}):
        with pytest.raises(BadMemberChange):
            due.give_reason(**{**said, "reason": "x", "by": home.actor("书记"), **bad})


def enter(home: House, name: str) -> Client:
    client = Client()
    client.force_login(home.accounts[name], backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_page_is_told_to_members_and_noted_by_the_committee(home: House) -> None:
    member, secretary = enter(home, "甲"), enter(home, "书记")
    assert "支部党员大会" in member.get("/branch/due/").content.decode()
    assert "due/01/" not in member.get("/branch/due/").content.decode()
    page = secretary.get("/branch/due/").content.decode()
    assert "/branch/due/01/" in page
    assert secretary.post("/branch/due/01/", {"form": "assembly", "day": "2020-01-06"}).status_code == 302
    assert secretary.post("/branch/due/01/", {"form": "assembly", "day": "x"}).status_code == 302
    first = of(home, "B-03")[0].first.isoformat()
    secretary.post("/branch/due/01/", {"rule": "B-03", "first": first, "reason": "值班"})
    member.post("/branch/due/01/", {"rule": "B-03", "first": first, "reason": "别的"})
    assert MissingReason.objects.get().reason == "值班"
    file = member.get("/branch/due.ics")
    assert file["Content-Type"].startswith("text/calendar")
    assert file.content.count(b"BEGIN:VEVENT") >= 3
    assert (
        enter(home, "庚").post("/branch/due/01/", {"form": "assembly", "day": "2020-01-06"}).status_code
        == 404
    )
