"""What is said goes out once, after the time to undo, by a real mail server; failures stay visible."""

import email
import socket
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings

from chengzhi.notices import actions, addresses, queries
from chengzhi.notices.actions import About
from chengzhi.notices.addresses import Reach
from chengzhi.notices.kinds import UnknownKind, UnknownPlaceholder, Words, kinds
from chengzhi.notices.models import DigestChoice, Message
from chengzhi.notices.texts import change_words, words_for
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account
from chengzhi.places.models import District

NOON = datetime(2026, 4, 3, 4, tzinfo=UTC)
LATER = NOON + timedelta(minutes=11)
pytestmark = pytest.mark.django_db


class Mailbox:
    """Takes mail as a server does."""

    def __init__(self) -> None:
        self.mails: list[email.message.Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False, EMAIL_HOST_USER="",
    ):  # fmt: skip
        yield box
    server.stop()


@pytest.fixture(autouse=True)
def as_wired() -> Iterator[None]:
    """Each test says how reporters are reached; afterwards it is as the program has it."""
    wired = list(addresses._bound)
    yield
    addresses._bound[:] = wired


@pytest.fixture
def district() -> District:
    return District.objects.create(
        slug="t", name="示例区", name_en="Sample", zone="Asia/Shanghai", code_set="x", min_lon=0,
        min_lat=0, max_lon=1, max_lat=1, outline={}, pack_version="1", loaded_at=NOON,
    )  # fmt: skip


@pytest.fixture
def clerk(db: None) -> Account:
    return Account.objects.create(username="w", name="王", email="w@example.org", created_at=NOON)


def about(district: District, **facts: Any) -> About:
    return About(district.pk, "case", 7, 99, {"number": "示2026-1", **facts})


def test_notice_waits_until_the_act_cannot_be_undone(district: District, clerk: Account) -> None:
    actions.tell_accounts("case_for_you", [clerk], about(district, type="暴露垃圾"), on=NOON)
    assert actions.send_due(on=NOON + timedelta(minutes=9)) == {"sent": 0, "failed": 0}
    assert actions.send_due(on=LATER) == {"sent": 1, "failed": 0}
    assert [n.subject for n in queries.inbox(clerk.pk)] == ["案卷 示2026-1 指派给您：暴露垃圾"]


def test_undone_act_tells_nobody(district: District, clerk: Account) -> None:
    actions.tell_accounts("case_for_you", [clerk], about(district), on=NOON)
    assert actions.withdraw(99, thing="case", thing_id=7) == 1
    assert actions.send_due(on=LATER) == {"sent": 0, "failed": 0}
    assert queries.inbox(clerk.pk) == []


def test_reporter_gets_a_mail_in_his_language(district: District, mailbox: Mailbox) -> None:
    addresses.bind({3: Reach("ann@example.org", "/follow/x/"), 4: Reach("li@example.org")}.get)
    actions.tell_reporters(
        "report_closed", [(3, "en"), (4, "zh-hans")], about(district, why="cleaned"), on=NOON
    )
    assert actions.send_due(on=LATER) == {"sent": 2, "failed": 0}
    assert [m["To"] for m in mailbox.mails] == ["ann@example.org", "li@example.org"]
    body = mailbox.mails[0].get_payload(decode=True).decode()
    assert body.strip().splitlines() == [
        "Result: cleaned", "If it is not solved, tell us: /follow/x/",
    ]  # fmt: skip


def test_mail_that_fails_is_tried_again_then_shown_and_can_be_resent(
    district: District, mailbox: Mailbox
) -> None:
    addresses.bind({3: Reach("ann@example.org")}.get)
    actions.tell_reporters("report_closed", [(3, "en")], about(district), on=NOON)
    with override_settings(EMAIL_PORT=1):
        for hours in range(1, 7):
            actions.send_due(on=NOON + timedelta(hours=hours))
    failed = list(queries.failed(district.pk))
    assert [(m.attempts, m.error.split(":")[0]) for m in failed] == [(5, "ConnectionRefusedError")]
    actions.resend(failed[0].pk, by=Actor.system(), on=NOON + timedelta(days=1))
    assert actions.send_due(on=NOON + timedelta(days=1)) == {"sent": 1, "failed": 0}
    assert len(mailbox.mails) == 1


def test_reporter_without_address_is_noted_not_lost(district: District) -> None:
    addresses.bind({}.get)
    actions.tell_reporters("report_closed", [(3, "en")], about(district), on=NOON)
    actions.send_due(on=LATER)
    assert Message.objects.get().error == "no address"


def test_district_has_its_own_words_from_a_day_on(district: District) -> None:
    change_words(
        district_id=district.pk, key="report_closed", language="en",
        words=Words("Done: {number}", "{why}"), valid_from=date(2026, 5, 1),
        by=Actor.system(), on=NOON,
    )  # fmt: skip
    before = words_for(district.pk, "report_closed", "en", date(2026, 4, 30))
    after = words_for(district.pk, "report_closed", "en", date(2026, 5, 1))
    assert (before.subject, after.subject) == ("Your report was closed ({number})", "Done: {number}")


@pytest.mark.parametrize("body", ["{name}", "{", "{number.__class__}"])
def test_words_with_an_unknown_placeholder_are_refused(district: District, body: str) -> None:
    with pytest.raises(UnknownPlaceholder):
        change_words(
            district_id=district.pk, key="report_closed", language="en", words=Words("x", body),
            valid_from=date(2026, 5, 1), by=Actor.system(), on=NOON,
        )  # fmt: skip


def test_unknown_kind_is_refused(district: District, clerk: Account) -> None:
    with pytest.raises(UnknownKind):
        actions.tell_accounts("gossip", [clerk], about(district), on=NOON)


def test_every_kind_speaks_both_languages() -> None:
    for kind in kinds().values():
        assert set(kind.words) == {"zh-hans", "en"}, kind.key
        assert all(w.subject and w.body for w in kind.words.values()), kind.key


def test_daily_digest_goes_to_those_who_asked_and_have_news(
    district: District, clerk: Account, mailbox: Mailbox
) -> None:
    other = Account.objects.create(username="o", name="欧", email="o@example.org", created_at=NOON)
    actions.choose_digest(clerk.pk, True)
    actions.tell_accounts("case_for_you", [clerk, other], about(district), on=NOON)
    actions.send_due(on=LATER)
    assert actions.send_digests(on=LATER) == 1
    assert actions.send_digests(on=LATER) == 0
    actions.send_due(on=LATER)
    assert [m["To"] for m in mailbox.mails] == ["w@example.org"]
    assert DigestChoice.objects.get().last_sent_at == LATER


def test_reading_takes_away_the_mark_and_only_ones_own(district: District, clerk: Account) -> None:
    other = Account.objects.create(username="o", name="欧", created_at=NOON)
    actions.tell_accounts("case_for_you", [clerk, other], about(district), on=NOON)
    actions.send_due(on=LATER)
    assert actions.mark_read(clerk.pk, None, on=LATER) == 1
    assert (queries.unread(clerk.pk), queries.unread(other.pk)) == (False, True)
