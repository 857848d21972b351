"""E-mail through the configured server."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from chengzhi.notices import addresses
from chengzhi.notices.models import Message


def deliver(message: Message, subject: str, body: str) -> str | None:
    """Send; returns the error in words, or None when the server took it."""
    to = _address(message)
    if not to:
        return "no address"
    mail = EmailMessage(subject.replace("\n", " "), body, settings.DEFAULT_FROM_EMAIL, [to])
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        mail.send()
    except (OSError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _address(message: Message) -> str | None:
    if message.reporter_id is not None:
        return addresses.of_reporter(message.reporter_id)
    return message.account.email if message.account else None
