"""Mail with a one-time link. It goes out beside the request, so that its time tells nothing."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, connection
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from chengzhi.people import links
from chengzhi.people.models import Account, OneTimeLink

log = logging.getLogger(__name__)
_sender = ThreadPoolExecutor(max_workers=1, thread_name_prefix="account-mail")
MOST_ACCOUNTS = 3
"""How many accounts of one address get a link; more share it by mistake."""


def is_configured() -> bool:
    """Whether a mail server is set (CHENGZHI_SMTP_URL)."""
    return bool(settings.ENV["CHENGZHI_SMTP_URL"])


def _server() -> BaseEmailBackend:
    url = urlsplit(settings.ENV["CHENGZHI_SMTP_URL"])
    return get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=url.hostname,
        port=url.port or (465 if url.scheme == "smtps" else 25),
        username=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_ssl=url.scheme == "smtps",
        use_tls=url.scheme == "smtp" and bool(url.username),
        timeout=15,
    )


def send_reset(who: str, site: str, on: datetime) -> None:
    """Send links to the active accounts of this user name or address, if there are any."""
    site = f"{settings.PUBLIC_URL}/" if settings.PUBLIC_URL else site
    _sender.submit(_send_all, who.strip(), site, on)


def wait() -> None:
    """Until every mail asked for so far has been handed over (for an orderly stop)."""
    _sender.submit(lambda: None).result(timeout=30)


def _send_all(who: str, site: str, on: datetime) -> None:
    close_old_connections()
    try:
        wanted = Account.objects.filter(Q(username=who) | Q(email__iexact=who), is_active=True, demo=False)
        for account in wanted.exclude(email="")[:MOST_ACCOUNTS]:
            token = links.create(account=account, purpose=OneTimeLink.Purpose.RESET, by=None, on=on)
            _send(account, site.rstrip("/") + links.path(token))
    except Exception:
        log.exception("A mail with a reset link could not be sent")
    finally:
        connection.close()


def _send(account: Account, address: str) -> None:
    with translation.override(account.language):
        facts = {"account": account, "address": address}
        EmailMessage(
            subject=translation.gettext("Chengzhi: a new password"),
            body=render_to_string("account/mail_reset.txt", facts),
            to=[account.email],
            connection=_server(),
        ).send()
