"""A registered object that a report is about: what may be said of it to everybody, what is offered first."""

from chengzhi.cases.models import CaseType
from chengzhi.places.models import District
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.queries import object_by_public_code


def public_object(code: str, district: District | None = None) -> RegisteredObject | None:
    """The object of a printed code that has a public card; of this district when one is given.

    Sensitive kinds have none, whatever else is declared of them.
    """
    found = object_by_public_code(code) if 0 < len(code) <= 16 else None
    if found is None or (district is not None and found.district_id != district.pk):
        return None
    kind = kinds().get(found.kind)
    return found if kind is not None and kind.public and not kind.sensitive else None


def offered_types(thing: RegisteredObject) -> list[CaseType]:
    """The matters the kind offers first, in their declared order."""
    codes = kinds()[thing.kind].case_types
    rows = CaseType.objects.filter(district_id=thing.district_id, code__in=codes, valid_to=None)
    by_code = {one.code: one for one in rows}
    return [by_code[code] for code in codes if code in by_code]
