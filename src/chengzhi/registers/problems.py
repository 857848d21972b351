"""What may go wrong with registers, one class per cause."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class UnknownKind(Problem):
    """A register that no domain declares."""

    code: ClassVar[str] = "registers.unknown_kind"
    status: ClassVar[int] = 404


class NoSuchObject(Problem):
    """An object that does not exist, or that the person may not see."""

    code: ClassVar[str] = "registers.no_such_object"
    status: ClassVar[int] = 404


class NoSuchParty(Problem):
    """A party that does not exist, or that the person may not see."""

    code: ClassVar[str] = "registers.no_such_party"
    status: ClassVar[int] = 404


class NoSuchPermit(Problem):
    """A permit that does not exist, or that the person may not see."""

    code: ClassVar[str] = "registers.no_such_permit"
    status: ClassVar[int] = 404


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one value: the field's key, a code of the cause, the cause in words.

    Codes: missing, unknown, number, date, choice, flag, range, long, control, component_code,
    component_taken, party, unit, place, credit_code, phone.
    """

    field: str
    code: str
    says: str

    def as_json(self) -> dict[str, str]:
        """Plain values for the API and the reject file."""
        return {"field": self.field, "code": self.code, "says": self.says}


class BadFields(Problem):
    """One or more values cannot be what they are said to be; all of them are told at once."""

    code: ClassVar[str] = "registers.bad_fields"
    status: ClassVar[int] = 422

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            _("Some of the values cannot be right."),
            " ".join(fault.says for fault in self.faults),
            _("Correct them and save again."),
        )

    def as_json(self) -> dict[str, dict[str, str]]:
        """The usual shape, with the keys of the fields at fault."""
        shape = super().as_json()
        shape["error"]["fields"] = " ".join(fault.field for fault in self.faults)
        return shape


class AlreadyRegistered(Problem):
    """The source's number is in the register already."""

    code: ClassVar[str] = "registers.already_registered"
    status: ClassVar[int] = 409


class NothingChanged(Problem):
    """A correction that corrects nothing."""

    code: ClassVar[str] = "registers.nothing_changed"
    status: ClassVar[int] = 422


class NeedsNoPermit(Problem):
    """A permit for a kind that has none."""

    code: ClassVar[str] = "registers.needs_no_permit"
    status: ClassVar[int] = 409


class TermTooLong(Problem):
    """A term set by law would be extended twice, or by more than the law allows."""

    code: ClassVar[str] = "registers.term_too_long"
    status: ClassVar[int] = 422


class BadPermitDates(Problem):
    """A permit that ends before it begins, or a renewal that ends before what it renews."""

    code: ClassVar[str] = "registers.bad_permit_dates"
    status: ClassVar[int] = 422


class AlreadyRenewed(Problem):
    """A permit that has been renewed before."""

    code: ClassVar[str] = "registers.already_renewed"
    status: ClassVar[int] = 409


class PermitEnded(Problem):
    """A permit that was ended before its time."""

    code: ClassVar[str] = "registers.permit_ended"
    status: ClassVar[int] = 409


class CannotMerge(Problem):
    """Two things that cannot be one: of different kinds or districts, or the same one twice."""

    code: ClassVar[str] = "registers.cannot_merge"
    status: ClassVar[int] = 409


class PartyExists(Problem):
    """A party of this kind and credit code is there already."""

    code: ClassVar[str] = "registers.party_exists"
    status: ClassVar[int] = 409


class PurposeMissing(Problem):
    """Contact data asked for without saying what for."""

    code: ClassVar[str] = "registers.purpose_missing"
    status: ClassVar[int] = 422


class ContactErased(Problem):
    """There is no contact (any more)."""

    code: ClassVar[str] = "registers.contact_erased"
    status: ClassVar[int] = 410


class NotMasked(Problem):
    """A photo nobody has looked through cannot be released."""

    code: ClassVar[str] = "registers.photo_not_masked"
    status: ClassVar[int] = 409


class SecondLookMissing(Problem):
    """Who masked a photo cannot release it."""

    code: ClassVar[str] = "registers.photo_second_look"
    status: ClassVar[int] = 409


class NoComponentCodes(Problem):
    """A component code for a kind, or in a district, that has none."""

    code: ClassVar[str] = "registers.no_component_codes"
    status: ClassVar[int] = 409


class BadPlan(Problem):
    """A check plan for a checklist the kind does not have, or without a sensible interval."""

    code: ClassVar[str] = "registers.bad_plan"
    status: ClassVar[int] = 422


class BadMapping(Problem):
    """A mapping that does not fit the file or the register."""

    code: ClassVar[str] = "registers.bad_mapping"
    status: ClassVar[int] = 422
