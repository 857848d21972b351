"""Encryption of personal data (reporters, responsible parties) with keys that lie outside the database.

A sealed value is `version (1 byte) · key number (1 byte) · nonce (12) · AES-256-GCM text and tag`.
The key number says which file of `HOME/keys` opens it: `field_key` is number 1, `field_key.2`
number 2 and so on; the highest one seals. A stolen database without the keys tells nothing.
"""

import hashlib
import hmac
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.keys import secret

VERSION = 1
NONCE = 12
_NAME = re.compile(r"field_key(?:\.(\d{1,3}))?")


class SealBroken(Problem):
    """A sealed value that its key does not open: wrong key, wrong binding, or tampered with."""

    code: ClassVar[str] = "reports.seal_broken"
    status: ClassVar[int] = 500


def seal(text: str, *, bound_to: str) -> bytes:
    """Encrypt `text`; it opens only with the same `bound_to` (such as "reporter:3")."""
    number = current_key_number()
    nonce = os.urandom(NONCE)
    box = AESGCM(_key(_home(), number)).encrypt(nonce, text.encode(), bound_to.encode())
    return bytes((VERSION, number)) + nonce + box


def open_sealed(sealed: bytes, *, bound_to: str) -> str:
    """The text again. Raises SealBroken when key, binding or content do not fit."""
    sealed = bytes(sealed)
    if len(sealed) < 2 + NONCE + 16 or sealed[0] != VERSION:
        raise _broken(_("It is too short or of an unknown version."))
    nonce, box = sealed[2 : 2 + NONCE], sealed[2 + NONCE :]
    if not (_home() / "keys" / _file(sealed[1])).exists():
        raise _broken(
            _("Its key number %(number)s is not among the installation's keys.") % {"number": sealed[1]}
        )
    try:
        plain = AESGCM(_key(_home(), sealed[1])).decrypt(nonce, box, bound_to.encode())
    except InvalidTag as error:
        raise _broken(_("It was sealed with another key or changed since.")) from error
    return plain.decode()


def key_number_of(sealed: bytes | memoryview) -> int:
    """Which key sealed this; 0 for nothing."""
    return bytes(sealed)[1] if len(sealed) > 1 else 0


def current_key_number() -> int:
    """The highest key number present; 1 when there is none yet."""
    names = (_NAME.fullmatch(name) for name in os.listdir(_home() / "keys"))
    return max((int(match[1] or 1) for match in names if match), default=1)


def add_key() -> int:
    """Make the next key, which seals from now on; the older ones still open. Its number."""
    secret(_home(), "field_key")
    number = current_key_number() + 1
    secret(_home(), _file(number))
    return number


def same_phone_mark(phone: str) -> bytes:
    """HMAC of a normalised telephone number: equal for the same number, tells nothing else.

    Its key is apart from the field keys, so that marks survive their rotation.
    """
    return _mark("phone_key", phone)


def follow_secret(district_id: int, idempotency_key: str) -> bytes:
    """18 bytes for a follow-up link, the same for the same request, so that a repeat can answer."""
    return _mark("follow_key", f"{district_id}\x1f{idempotency_key}")[:18]


def passer_by_mark(address: str, day: str) -> bytes:
    """Mark of a network address for one day; from the next day on it matches nothing."""
    return _mark("visitor_key", f"{day}\x1f{address}")[:16]


def _mark(key_name: str, text: str) -> bytes:
    return hmac.digest(_raw(_home(), key_name), text.encode(), hashlib.sha256)


def _home() -> Path:
    home: Path = settings.HOME
    return home


def _file(number: int) -> str:
    return "field_key" if number == 1 else f"field_key.{number}"


def _key(home: Path, number: int) -> bytes:
    return _raw(home, _file(number))


@lru_cache(maxsize=64)
def _raw(home: Path, name: str) -> bytes:
    return bytes.fromhex(secret(home, name))


def _broken(why: str) -> SealBroken:
    return SealBroken(
        _("The sealed data cannot be opened."),
        why,
        _("Restore the keys folder from the backup that belongs to this database."),
    )


def forget_keys() -> None:
    """Drop keys held in memory (tests; after an old key was destroyed)."""
    _raw.cache_clear()
