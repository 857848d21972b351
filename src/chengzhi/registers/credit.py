"""统一社会信用代码: 18 signs with a check sign (GB 32100-2015, from memory of its arithmetic, unverified)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from chengzhi.registers.problems import FieldFault

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = [pow(3, place, 31) for place in range(17)]


def is_credit_code(code: str) -> bool:
    """Whether the signs are allowed ones and the last one checks the others."""
    if len(code) != 18 or any(sign not in SIGNS for sign in code):
        return False
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(code, _WEIGHTS, strict=False))
    return SIGNS[(31 - total % 31) % 31] == code[17]


def credit_fault(code: str) -> Iterator[FieldFault]:
    """The fault of a code that is none; nothing for an empty one."""
    if code and not is_credit_code(code):
        says = _("“%(code)s” is no credit code: 18 signs, the last of which checks the others.")
        yield FieldFault("credit_code", "credit_code", says % {"code": code[:40]})
