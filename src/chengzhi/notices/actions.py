"""Writing, withdrawing and sending messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from chengzhi.law.rules import RULES
from chengzhi.ledger.actions import record
from chengzhi.notices.channels import mail
from chengzhi.notices.kinds import kind
from chengzhi.notices.models import DigestChoice, Message
from chengzhi.notices.texts import words_for
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account

ATTEMPTS = 5
BATCH = 200


@dataclass(frozen=True)
class About:
    """What a message is about: a thing, the ledger entry that caused it, facts to fill in."""

    district_id: int
    thing: str
    thing_id: int
    event_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def tell_accounts(key: str, accounts: Iterable[Account], about: About, *, on: datetime) -> int:
    """Tell people with an account, each in his language; waits as long as the act can be undone."""
    return _create([_message(key, about, on, account=account) for account in accounts])


def tell_reporters(key: str, reporters: Sequence[tuple[int, str]], about: About, *, on: datetime) -> int:
    """Tell reporters, given as (number, language), in the words of the kind."""
    return _create([_message(key, about, on, reporter_id=n, language=lang) for n, lang in reporters])


def withdraw(event_id: int, *, thing: str, thing_id: int) -> int:
    """Take back what an undone act would have said; what is sent stays sent. Returns how many."""
    waiting = Message.objects.filter(
        thing=thing, thing_id=thing_id, event_id=event_id, state=Message.State.WAITING
    )
    return waiting.update(state=Message.State.WITHDRAWN)


def send_due(*, on: datetime) -> dict[str, int]:
    """Send what is due; several workers may share the work. Returns counts by outcome.

    A notice is delivered by being visible; a mail is sent and noted in a transaction of
    its own, so that a worker that dies repeats at most the one it was at.
    """
    due = Message.objects.filter(state=Message.State.WAITING, send_after__lte=on)
    shown = due.filter(channel=Message.Channel.INAPP).update(state=Message.State.SENT, sent_at=on)
    counts = {"sent": shown, "failed": 0}
    for number in due.order_by("send_after").values_list("pk", flat=True)[:BATCH]:
        outcome = _send(number, on)
        if outcome:
            counts[outcome] += 1
    return counts


def resend(message_id: int, *, by: Actor, on: datetime) -> None:
    """Try a failed message again at once."""
    failed = Message.objects.filter(pk=message_id, state=Message.State.FAILED)
    if failed.update(state=Message.State.WAITING, attempts=0, send_after=on):
        record(
            district_id=by.district_id, thing="message", thing_id=message_id, step="resend",
            by=by, on=on,
        )  # fmt: skip


def mark_read(account_id: int, message_ids: Sequence[int] | None, *, on: datetime) -> int:
    """Mark own in-app notices as read; all of them when no numbers are given."""
    mine = Message.objects.filter(account_id=account_id, channel="inapp", read_at__isnull=True)
    return (mine if message_ids is None else mine.filter(pk__in=message_ids)).update(read_at=on)


def send_digests(*, on: datetime) -> int:
    """Queue one mail for each account that asked for a daily one and has unread notices."""
    unread = Count("message", filter=Q(message__channel="inapp", message__read_at__isnull=True))
    wanting = (
        Account.objects.filter(digestchoice__daily=True, is_active=True)
        .exclude(email="")
        .filter(Q(digestchoice__last_sent_at__isnull=True)
                | Q(digestchoice__last_sent_at__lt=on - timedelta(hours=20)))
        .annotate(unread=unread)
        .filter(unread__gt=0)
    )  # fmt: skip
    messages = [_digest(account, account.unread, on) for account in wanting]
    DigestChoice.objects.filter(account__in=[m.account_id for m in messages]).update(last_sent_at=on)
    return _create([messages])


def choose_digest(account_id: int, daily: bool) -> None:
    """Switch the daily mail on or off for oneself."""
    DigestChoice.objects.update_or_create(account_id=account_id, defaults={"daily": daily})


def _digest(account: Account, unread: int, on: datetime) -> Message:
    newest = Message.objects.filter(account=account, channel="inapp").order_by("-id").first()
    district = newest.district_id if newest else 0
    about = About(district, "account", account.pk, None, {"count": unread, "link": _inbox_link()})
    message = _message("digest", about, on, account=account)[0]
    message.send_after = on
    return message


def _inbox_link() -> str:
    return f"{settings.PUBLIC_URL}/desk/notices/"


def _message(
    key: str,
    about: About,
    on: datetime,
    *,
    account: Account | None = None,
    reporter_id: int | None = None,
    language: str = "",
) -> list[Message]:
    """One row per channel of the kind."""
    return [
        Message(
            district_id=about.district_id, kind=key, channel=channel, account=account,
            reporter_id=reporter_id, thing=about.thing, thing_id=about.thing_id,
            event_id=about.event_id, facts=about.facts, created_at=on,
            language=language or (account.language if account else "zh-hans"),
            send_after=on + _undo_time(on.date()),
        )
        for channel in kind(key).channels
    ]  # fmt: skip


def _undo_time(day: date) -> timedelta:
    return timedelta(minutes=float(RULES["cases/undo_minutes"].at(day).value))


def _create(rows: Iterable[list[Message]]) -> int:
    messages = [message for row in rows for message in row]
    Message.objects.bulk_create(messages)
    return len(messages)


@transaction.atomic
def _send(number: int, on: datetime) -> str | None:
    """Send one mail; None when another worker has it."""
    message = (
        Message.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("account")
        .filter(pk=number, state=Message.State.WAITING)
        .first()
    )
    if message is None:
        return None
    words = words_for(message.district_id, message.kind, message.language, on.date())
    _note(message, mail.deliver(message, words), on)
    return "failed" if message.error else "sent"


def _note(message: Message, error: str | None, on: datetime) -> None:
    message.attempts += 1
    message.error = error or ""
    if error is None:
        message.state, message.sent_at = Message.State.SENT, on
    elif message.attempts >= ATTEMPTS:
        message.state = Message.State.FAILED
    else:  # 1, 4, 9, 16 minutes: a mail server that restarts is back by then
        message.send_after = on + timedelta(minutes=message.attempts**2)
    message.save(update_fields=["attempts", "error", "state", "sent_at", "send_after"])
