"""The seal key: Ed25519, kept in the home folder, never in the database."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengzhi.keys import secret


@dataclass(frozen=True)
class SealKey:
    """A signing key with its short name, the start of the hash of its public part."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """32 bytes that anybody may have."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def key_id(self) -> str:
        """Sixteen hexadecimal digits naming the key in every seal."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    def sign(self, digest: bytes) -> bytes:
        """64-byte signature of a seal's digest."""
        return self.private.sign(digest)


def signed_by(public: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the holder of ``public`` signed ``digest``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, digest)
    except InvalidSignature:
        return False
    return True


def load(home: Path) -> SealKey:
    """The installation's key ``keys/seal_key``, made on first use."""
    return SealKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret(home, "seal_key"))))
