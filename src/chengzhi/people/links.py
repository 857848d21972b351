"""One-time links: an invitation or a reset, carried by mail or handed over by an administrator."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.models import Account, OneTimeLink

LIFETIME = {
    OneTimeLink.Purpose.INVITE: timedelta(days=7),
    OneTimeLink.Purpose.RESET: timedelta(hours=1),
}
"""An invitation waits for someone's next working day; a reset is asked for by someone at the screen."""


class LinkNotValid(Problem):
    """A one-time link was used, replaced, has expired or never existed; it does not say which."""

    code = "people.link_not_valid"
    status = 410


def create(*, account: Account, purpose: OneTimeLink.Purpose, by: int | None, on: datetime) -> str:
    """A new link's token (43 characters); links of the same account made earlier stop working."""
    OneTimeLink.objects.filter(account=account, used_at=None).delete()
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        account=account,
        purpose=purpose,
        digest=_digest(token),
        created_by=by,
        created_at=on,
        expires_at=on + LIFETIME[purpose],
    )
    return token


def path(token: str) -> str:
    """The address of a link, without host."""
    return f"/account/link/{token}/"


def find(token: str, *, on: datetime, lock: bool = False) -> OneTimeLink:
    """The link behind a token. Raises LinkNotValid."""
    rows = OneTimeLink.objects.select_related("account")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    link = rows.filter(digest=_digest(token), used_at=None, expires_at__gt=on).first()
    if link is None:
        raise LinkNotValid(
            _("This link does not work any more."),
            _("A link works once and for a limited time, and a newer one replaces it."),
            _("Ask for a new one on the log-in page, or ask your administrator."),
        )
    return link


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
