"""Component codes: 17 digits = 6 district, 2 + 3 class, 6 sequence (GB/T 47678.5-2026, transcription, unverified)."""

import re

from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.places.models import District
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.numbers import take
from chengzhi.registers.problems import FieldFault, NoComponentCodes

FIELD = "component_code"
DIGITS = 17
_CODE = re.compile(r"\d{17}")


def faults(kind: Kind, district: District, code: str) -> list[FieldFault]:
    """What is wrong with a code as such; nothing for an empty one."""
    if not code:
        return []
    why = _wrong(kind, district, code)
    return [FieldFault(FIELD, "component_code", why)] if why else []


def _wrong(kind: Kind, district: District, code: str) -> str:
    if not kind.components:
        return _("This register has no component codes.")
    if not _CODE.fullmatch(code):
        return _("The component code “%(code)s” must have %(digits)d digits.") % {
            "code": code[:40], "digits": DIGITS
        }  # fmt: skip
    if district.code and not code.startswith(district.code):
        return _("The component code must begin with the district's code %(code)s.") % {"code": district.code}
    if code[6:11] not in kind.components:
        known = ", ".join(kind.components)
        return _("The component code must name the class %(known)s.") % {"known": known}
    return ""


def taken_faults(district_id: int, code: str, but: int = 0) -> list[FieldFault]:
    """Whether another live object of the district bears the code."""
    if not code:
        return []
    others = RegisteredObject.objects.filter(district_id=district_id, component_code=code).exclude(pk=but)
    other = others.exclude(state="merged").values_list("number", flat=True).first()
    if other is None:
        return []
    says = _("%(other)s has this component code already.") % {"other": other}
    return [FieldFault(FIELD, "component_taken", says)]


def next_code(kind: Kind, district: District, component: str | None = None) -> str:
    """The next free code of a class (the kind's first without one). Raises NoComponentCodes."""
    wanted = component or (kind.components[0] if kind.components else "")
    if wanted not in kind.components or not re.fullmatch(r"\d{6}", district.code):
        raise NoComponentCodes(
            _("No component code can be given here."),
            _("The register has none of this class, or the district has no code of six digits."),
            _("Leave it empty."),
        )
    while True:
        sequence = take(district.pk, f"component:{wanted}")
        code = f"{district.code}{wanted}{sequence:06d}"
        if not RegisteredObject.objects.filter(district_id=district.pk, component_code=code).exists():
            return code
