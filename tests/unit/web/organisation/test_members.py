"""Keeping the list of members: who may, what each change leaves, what is refused, what the record says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from chengzhi.branch.organisation import actions
from chengzhi.branch.organisation.models import BodyRole, Exemption, Held, Member, Membership
from chengzhi.branch.organisation.problems import AlreadyMember, BadMemberChange, BadMemberDay, NoSuchPlace
from chengzhi.branch.organisation.queries import expected, holders, members_in
from chengzhi.ledger.models import Entry
from chengzhi.people.actor import actor_of
from chengzhi.people.models import Account
from chengzhi.people.rules import NotAllowed
from tests.unit.branch.house import House, house
from tests.unit.cases.town import FRIDAY, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 3)
DAY = timedelta(days=1)


@pytest.fixture
def made() -> House:
    return house()


def keeper(made: House) -> Any:
    return actor_of(made.town.accounts["administrator"], made.town.district.pk, FRIDAY)


def row_of(made: House, name: str) -> Membership:
    return Membership.objects.select_related("body", "member").get(member=made.members[name])


def names(made: House, day: date, body: str = "first") -> set[str]:
    return {one.name for one in members_in(getattr(made, body).pk, day)}


def test_a_move_ends_roles_and_keeps_the_past(made: House) -> None:
    by = keeper(made)
    actions.move(row_of(made, "委员"), to=made.second, since=TODAY, by=by, on=FRIDAY)
    assert "委员" in names(made, TODAY - DAY)
    assert "委员" not in names(made, TODAY)
    assert "委员" in names(made, TODAY, "second")
    assert holders(made.first.pk, "committee_member", TODAY - DAY)
    assert not holders(made.first.pk, "committee_member", TODAY)


def test_probation_ends_and_the_time_before_stays(made: House) -> None:
    by, row = keeper(made), row_of(made, "预备")
    before = len(expected(made.first.pk, TODAY))
    actions.make_formal(row, since=TODAY, by=by, on=FRIDAY)
    assert len(expected(made.first.pk, TODAY)) == before + 1
    assert len(expected(made.first.pk, TODAY - DAY)) == before
    with pytest.raises(BadMemberChange):
        actions.make_formal(row_of(made, "甲"), since=TODAY, by=by, on=FRIDAY)


def test_an_exemption_leaves_the_denominator_and_its_reason_the_record(made: House) -> None:
    actions.exempt(row_of(made, "甲"), reason="ill", since=TODAY, until=TODAY, by=keeper(made), on=FRIDAY)
    assert len(expected(made.first.pk, TODAY, exempt=["ill"])) == len(expected(made.first.pk, TODAY)) - 1
    assert "ill" not in str(Entry.objects.filter(thing="body").latest("id").facts)
    with pytest.raises(BadMemberDay):
        actions.exempt(
            row_of(made, "甲"), reason="ill", since=TODAY, until=TODAY - DAY, by=keeper(made), on=FRIDAY
        )


def test_a_row_entered_by_mistake_counts_on_no_day_and_stays(made: House) -> None:
    row = row_of(made, "甲")
    actions.annul(row, by=keeper(made), on=FRIDAY)
    assert "甲" not in names(made, TODAY) | names(made, row.valid_from)
    assert Membership.objects.filter(pk=row.pk).exists()


def test_what_does_not_fit_is_refused_and_changes_nothing(made: House) -> None:
    by, row = keeper(made), row_of(made, "甲")
    far = build("elsewhere")
    tries = [
        (AlreadyMember, lambda: actions.admit(body=made.first, name="", account=made.accounts["甲"], standing="formal",
                                              since=TODAY, by=by, on=FRIDAY)),
        (NoSuchPlace, lambda: actions.admit(body=made.first, name="", account=far.accounts["handler"], standing="formal",
                                            since=TODAY, by=by, on=FRIDAY)),
        (BadMemberChange, lambda: actions.admit(body=made.first, name=" ", account=None, standing="formal",
                                                since=TODAY, by=by, on=FRIDAY)),
        (BadMemberDay, lambda: actions.leave(row, last=row.valid_from - 2 * DAY, by=by, on=FRIDAY)),
        (BadMemberChange, lambda: actions.give_role(row, role="member", since=TODAY, by=by, on=FRIDAY)),
        (NotAllowed, lambda: actions.leave(row, last=TODAY, by=made.actor("书记"), on=FRIDAY)),
        (BadMemberDay, lambda: actions.note_held(body=made.first, form="branch_meeting", held_on=TODAY + DAY, by=by, on=FRIDAY)),
    ]  # fmt: skip
    before = list(Membership.objects.order_by("pk").values()), Member.objects.count()
    for problem, attempt in tries:
        with pytest.raises(problem):
            attempt()  # type: ignore[no-untyped-call]
    assert (list(Membership.objects.order_by("pk").values()), Member.objects.count()) == before


def test_a_meeting_is_noted_once(made: House) -> None:
    for _twice in range(2):
        actions.note_held(body=made.first, form="branch_meeting", held_on=TODAY, by=keeper(made), on=FRIDAY)
    assert Held.objects.count() == 1


def enter(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_administrator_keeps_the_list_on_pages(made: House) -> None:
    client = enter(made.town.accounts["administrator"])
    person = Account.objects.get(pk=made.town.accounts["inspector"].pk)
    sent = {"account": person.username, "standing": "probationary", "since": "2026-01-05"}
    assert client.post("/branch/bodies/01/members/new/", {**sent, "account": "nobody"}).status_code == 422
    assert client.post("/branch/bodies/01/members/new/", sent).status_code == 302
    row = Membership.objects.get(member__account=person)
    page = client.get("/branch/bodies/01/").content.decode()
    assert f"/branch/members/{row.pk}/" in page
    for what, more in (("role", {"role": "teller"}), ("exempt", {"reason": "away"}), ("formal", {})):
        address = f"/branch/members/{row.pk}/{what}/"
        assert client.get(address).status_code == 200
        assert client.post(address, {"day": "2026-02-01", **more}).status_code == 302, what
    assert BodyRole.objects.get(member=row.member).role == "teller"
    now = Membership.objects.get(member=row.member, standing="formal")
    held, exemption = BodyRole.objects.get(member=row.member), Exemption.objects.get(member=row.member)
    assert "计票人" in client.get(f"/branch/members/{now.pk}/").content.decode()
    assert client.post(f"/branch/members/exemption/{exemption.pk}/annul/").status_code == 302
    assert client.post(f"/branch/members/roles/{held.pk}/end/").status_code == 302
    assert (
        client.post(
            f"/branch/members/{now.pk}/move/", {"day": "2026-03-01", "to": made.second.pk}
        ).status_code
        == 302
    )
    assert client.post(f"/branch/members/{row.pk}/leave/", {"day": "2030-01-01"}).status_code == 422


def test_a_secretary_reads_the_list_and_may_not_change_it(made: House) -> None:
    client, row = enter(made.accounts["书记"]), row_of(made, "甲")
    assert f"/branch/members/{row.pk}/" not in client.get("/branch/bodies/01/").content.decode()
    assert client.get(f"/branch/members/{row.pk}/").status_code == 404
    assert client.post(f"/branch/members/membership/{row.pk}/annul/").status_code == 404
    other = enter(build("elsewhere").accounts["administrator"])
    assert other.get(f"/branch/members/{row.pk}/").status_code == 404
