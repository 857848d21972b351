"""Reads of messages: one's own notices, and what could not be sent."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from chengzhi.notices.models import Message
from chengzhi.notices.texts import words_for

PAGE = 50


@dataclass(frozen=True)
class Notice:
    """A message as its reader sees it."""

    message: Message
    subject: str
    body: str


def inbox(account_id: int, before: int | None = None, limit: int = PAGE) -> list[Notice]:
    """One's own in-app notices that are out, newest first, keyset page below number ``before``."""
    rows = Message.objects.filter(account_id=account_id, channel="inapp", state=Message.State.SENT)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_shown(row) for row in rows.order_by("-id")[:limit]]


def unread(account_id: int) -> bool:
    """Whether there is anything new; deliberately not how much."""
    return Message.objects.filter(
        account_id=account_id, channel="inapp", state=Message.State.SENT, read_at__isnull=True
    ).exists()


def failed(district_id: int) -> "QuerySet[Message]":
    """Messages that could not be sent, newest first."""
    return Message.objects.filter(district_id=district_id, state=Message.State.FAILED).order_by("-id")


def _shown(message: Message) -> Notice:
    words = words_for(
        message.district_id, message.kind, message.language, timezone.localdate(message.created_at)
    )
    return Notice(message, *words.filled(message.facts))
