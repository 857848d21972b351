"""Register numbers and public codes."""

import secrets
from itertools import islice

from django.db import connection

from chengzhi.domains.kinds import Kind

# Without signs that are taken for one another; ten of them: 2^49 codes, not to be guessed.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_SIGNS = 10
WIDTH = 6
_FAIR = 256 // len(ALPHABET) * len(ALPHABET)

_TAKE = """
INSERT INTO registers_registercounter AS c (district_id, kind, next) VALUES (%s, %s, %s + 1)
ON CONFLICT (district_id, kind) DO UPDATE SET next = c.next + %s
RETURNING next - %s
"""


def take(district_id: int, key: str, count: int = 1) -> int:
    """The first of `count` numbers that nobody else gets; in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, (district_id, key, count, count, count))
        return int(cursor.fetchone()[0])


def number(kind: Kind, value: int) -> str:
    """A register number such as GG-000123."""
    return f"{kind.prefix}-{value:0{WIDTH}d}"


def public_code() -> str:
    """A code for the printed label."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_SIGNS))


def public_codes(count: int) -> list[str]:
    """Many of them; they differ from one another and, for all that chance can do, from every other."""
    found: set[str] = set()
    while len(found) < count:
        # Bytes above the last multiple of the alphabet's length would favour its first signs.
        drawn = secrets.token_bytes((count - len(found)) * CODE_SIGNS * 9 // 8 + 99)
        text = "".join(ALPHABET[byte % len(ALPHABET)] for byte in drawn if byte < _FAIR)
        codes = (text[at : at + CODE_SIGNS] for at in range(0, len(text) - CODE_SIGNS, CODE_SIGNS))
        found.update(islice(codes, count - len(found)))
    return list(found)
