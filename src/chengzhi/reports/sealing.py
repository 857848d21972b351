"""Reporter data is sealed as all personal data are; see :mod:`chengzhi.people.sealing`."""

from chengzhi.people.sealing import (
    add_key,
    current_key_number,
    follow_secret,
    forget_keys,
    key_number_of,
    open_sealed,
    passer_by_mark,
    same_phone_mark,
    seal,
)

__all__ = [
    "add_key",
    "current_key_number",
    "follow_secret",
    "forget_keys",
    "key_number_of",
    "open_sealed",
    "passer_by_mark",
    "same_phone_mark",
    "seal",
]
