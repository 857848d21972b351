"""Tokens, the split key and the sealing of ballots; no database.

A ballot is sealed to a key of its round: X25519 with a fresh key pair, HKDF-SHA256,
AES-256-GCM. The private key is never stored: it is split into two parts (one random, the
other its XOR with the key), each printed once for one holder; a single part tells nothing.
All ballots of a round have the same length.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.grading import ABSTAIN, SELF
from chengzhi.branch.appraisal.problems import BadBallot, BadShare

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a printed token: none that look alike."""
TOKEN_SIGNS = 16
KEY = 32
NONCE = 12
_CHECK = 3
_FIXED = {ABSTAIN: 254, SELF: 255}


def new_token() -> str:
    """A random token as it is printed, 78 bits: ABCD-EFGH-JKMN-PQRS."""
    signs = "".join(secrets.choice(SIGNS) for _sign in range(TOKEN_SIGNS))
    return "-".join(signs[at : at + 4] for at in range(0, TOKEN_SIGNS, 4))


def token_mark(code: str, token: str) -> bytes:
    """SHA-256 of a token of the round `code`; case, blanks and hyphens do not matter."""
    bare = "".join(sign for sign in token.upper() if sign.isalnum())[:64]
    return hashlib.sha256(f"ballot\x1f{code}\x1f{bare}".encode()).digest()


def new_key() -> tuple[bytes, str, str]:
    """Public key of a round and the two parts of its private key, as printed."""
    private = X25519PrivateKey.generate()
    raw, first = private.private_bytes_raw(), os.urandom(KEY)
    second = bytes(a ^ b for a, b in zip(raw, first, strict=True))
    return _public(private), _printed(first), _printed(second)


def _public(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _printed(part: bytes) -> str:
    whole = part + hashlib.sha256(part).digest()[:_CHECK]
    signs = base64.b32encode(whole).decode()
    return "-".join(signs[at : at + 7] for at in range(0, len(signs), 7))


def _read(printed: str, which: str) -> bytes:
    bare = "".join(sign for sign in printed.upper() if sign.isalnum())
    try:
        whole = base64.b32decode(bare)
    except ValueError:
        whole = b""
    part = whole[:KEY]
    if len(whole) != KEY + _CHECK or hashlib.sha256(part).digest()[:_CHECK] != whole[KEY:]:
        raise BadShare(
            _("The %(which)s part of the key cannot be read.") % {"which": which},
            _("Its check signs do not fit, so at least one sign was mistyped or is unreadable."),
            _("Compare it with the paper, sign by sign. Without both parts nobody can open the ballots."),
        )
    return part


def joined(first: str, second: str, public: bytes) -> X25519PrivateKey:
    """The private key from both printed parts. Raises BadShare."""
    parts = _read(first, _("first")), _read(second, _("second"))
    private = X25519PrivateKey.from_private_bytes(bytes(a ^ b for a, b in zip(*parts, strict=True)))
    if _public(private) != bytes(public):
        raise BadShare(
            _("The two parts do not open this ballot."),
            _("They are readable, but together they are not the key of this round."),
            _("Take the two papers printed for this round; the same part twice opens nothing."),
        )
    return private


def seal_ballot(
    public: bytes, ratees: Sequence[int], grades: Sequence[str], marks: Mapping[int, str]
) -> bytes:
    """A sealed ballot: one byte per ratee in the order of the printed ballot."""
    codes = {**{key: at for at, key in enumerate(grades)}, **_FIXED}
    plain = bytes(codes[marks[ratee]] for ratee in ratees)
    once, nonce = X25519PrivateKey.generate(), os.urandom(NONCE)
    key = _derived(once.exchange(X25519PublicKey.from_public_bytes(bytes(public))), public)
    return _public(once) + nonce + AESGCM(key).encrypt(nonce, plain, bytes(public))


def open_ballot(
    private: X25519PrivateKey, sealed: bytes, ratees: Sequence[int], grades: Sequence[str]
) -> dict[int, str]:
    """The marks of a sealed ballot. Raises BadBallot for one that its key does not open."""
    public, sealed = _public(private), bytes(sealed)
    nonce, box = sealed[KEY : KEY + NONCE], sealed[KEY + NONCE :]
    key = _derived(private.exchange(X25519PublicKey.from_public_bytes(sealed[:KEY])), public)
    names = {**dict(enumerate(grades)), **{code: name for name, code in _FIXED.items()}}
    try:
        plain = AESGCM(key).decrypt(nonce, box, public)
        return {ratee: names[code] for ratee, code in zip(ratees, plain, strict=True)}
    except (InvalidTag, KeyError, ValueError) as error:
        raise BadBallot(_("A ballot in the box cannot be opened."), _("It was changed since it was cast."),
                        _("Stop the round and repeat the ballot.")) from error  # fmt: skip


def _derived(shared: bytes, public: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, salt=bytes(public), info=b"chengzhi ballot 1").derive(shared)
