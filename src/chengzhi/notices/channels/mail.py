"""E-mail through the configured server."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from chengzhi.notices import addresses
from chengzhi.notices.addresses import Reach
from chengzhi.notices.kinds import Words
from chengzhi.notices.models import Message


def deliver(message: Message, words: Words) -> str | None:
    """Send; returns the error in words, or None when the server took it."""
    reach = _reach(message)
    if reach is None or not reach.mail:
        return "no address"
    subject, body = words.filled(({"link": reach.link} if reach.link else {}) | message.facts)
    mail = EmailMessage(subject.replace("\n", " "), body, settings.DEFAULT_FROM_EMAIL, [reach.mail])
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _reach(message: Message) -> Reach | None:
    if message.reporter_id is not None:
        return addresses.of_reporter(message.reporter_id)
    return Reach(message.account.email) if message.account else None
