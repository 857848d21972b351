"""Which browsers are signed in: kept for the person to see and end, for nothing else."""

import re
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session

from chengzhi.people.models import Account, SignedIn

SEEN_EVERY = timedelta(minutes=5)
"""How exact "last used" is; closer would cost a write per page."""

_BROWSERS = (("Edg", "Edge"), ("MicroMessenger", "WeChat"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
             ("Safari", "Safari"), ("curl", "curl"))  # fmt: skip
_SYSTEMS = (("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device(user_agent: str) -> str:
    """“Chrome · Android” from a browser's own words; the words themselves are not kept."""
    found = [
        next((name for mark, name in table if re.search(re.escape(mark), user_agent)), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or "?"


def begin(*, account: Account, session_key: str, user_agent: str, on: datetime) -> None:
    """Note a browser that has just signed in."""
    SignedIn.objects.update_or_create(
        session_key=session_key,
        defaults={"account": account, "device": device(user_agent), "started_at": on, "last_used_at": on},
    )


def touch(*, session_key: str, on: datetime) -> None:
    """Note that a browser is still in use."""
    SignedIn.objects.filter(session_key=session_key).update(last_used_at=on)


def renamed(*, old_key: str, new_key: str) -> None:
    """A session got a new key (after a password change)."""
    SignedIn.objects.filter(session_key=old_key).update(session_key=new_key)


def end(*, session_key: str) -> None:
    """Forget a browser that signed out."""
    SignedIn.objects.filter(session_key=session_key).delete()


def live(account: Account, on: datetime) -> list[SignedIn]:
    """The browsers whose session has not run out, last used first."""
    keys = Session.objects.filter(expire_date__gt=on).values("session_key")
    return list(SignedIn.objects.filter(account=account, session_key__in=keys))
