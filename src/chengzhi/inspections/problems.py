"""Why an inspection is refused; one class per cause."""

from collections.abc import Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class EntryProblem(Problem):
    """Something is wrong with one line of an entry. `field` names it: item or measurement, or "".

    Whoever catches it reads `problems`: all that is wrong with the entry, told at once.
    """

    code: ClassVar[str] = "inspections.entry"
    status: ClassVar[int] = 422

    def __init__(self, what: str, why: str = "", cure: str = "", *, field: str = "") -> None:
        self.field = field
        super().__init__(what, why, cure)

    @property
    def problems(self) -> "tuple[EntryProblem, ...]":
        """Itself; several where several were found."""
        return (self,)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The usual shape, with the line it is about."""
        shape = super().as_json()
        shape["error"]["field"] = self.field
        return shape


class SeveralProblems(EntryProblem):
    """More than one line of the entry is wrong; each keeps its own cause."""

    code: ClassVar[str] = "inspections.several"

    def __init__(self, problems: Sequence[EntryProblem]) -> None:
        self._problems = tuple(problems)
        super().__init__(
            _("%(count)s things in this entry are not right.") % {"count": len(problems)},
            " ".join(one.what for one in problems),
            _("Nothing was saved; what you entered stays on your screen. Mend each line."),
        )

    @property
    def problems(self) -> tuple[EntryProblem, ...]:
        """What was found, in the order of the checklist."""
        return self._problems


class UnknownItem(EntryProblem):
    """An answer to a line that the checklist does not have."""

    code: ClassVar[str] = "inspections.unknown_item"


class MissingAnswer(EntryProblem):
    """A line of the checklist without an answer."""

    code: ClassVar[str] = "inspections.missing_answer"


class UnknownAnswer(EntryProblem):
    """An answer that is none of: in order, not in order, does not apply."""

    code: ClassVar[str] = "inspections.unknown_answer"


class PhotoMissing(EntryProblem):
    """A failed line that wants a photo has none."""

    code: ClassVar[str] = "inspections.photo_missing"


class BadPhoto(EntryProblem):
    """The file is no photo of this district."""

    code: ClassVar[str] = "inspections.bad_photo"


class UnknownMeasurement(EntryProblem):
    """A value of something that the checklist does not measure."""

    code: ClassVar[str] = "inspections.unknown_measurement"


class NotANumber(EntryProblem):
    """A value that cannot be read as a number."""

    code: ClassVar[str] = "inspections.not_a_number"


class ImpossibleValue(EntryProblem):
    """A value beyond what an instrument can show at all."""

    code: ClassVar[str] = "inspections.impossible_value"


class InstrumentMissing(EntryProblem):
    """The measurement needs an instrument and none was named."""

    code: ClassVar[str] = "inspections.instrument_missing"


class WrongInstrument(EntryProblem):
    """The instrument is not one that measures this, or not of this district, or out of use."""

    code: ClassVar[str] = "inspections.wrong_instrument"


class NotCalibrated(EntryProblem):
    """The instrument was not within its calibration on the day of the visit."""

    code: ClassVar[str] = "inspections.not_calibrated"


class EmptyEntry(EntryProblem):
    """Nothing was answered and nothing measured."""

    code: ClassVar[str] = "inspections.empty_entry"


class UnknownResult(EntryProblem):
    """A result of the visit that is not known, or that belongs to nothing found."""

    code: ClassVar[str] = "inspections.unknown_result"


class ExcuseWithoutReason(EntryProblem):
    """A visit excused by the weather does not say what the weather was."""

    code: ClassVar[str] = "inspections.excuse_without_reason"


class UnknownChecklist(Problem):
    """No domain has a checklist of this name, or it does not inspect this kind of object."""

    code: ClassVar[str] = "inspections.unknown_checklist"
    status: ClassVar[int] = 404


class NotForThisKind(Problem):
    """The checklist does not inspect this kind of object."""

    code: ClassVar[str] = "inspections.not_for_this_kind"
    status: ClassVar[int] = 422


class NoSuchThing(Problem):
    """A round, point, visit, object, instrument or approval that is not in this district."""

    code: ClassVar[str] = "inspections.no_such_thing"
    status: ClassVar[int] = 404


class NoPerson(Problem):
    """A visit needs a person who made it; neither the program nor a visitor can make one."""

    code: ClassVar[str] = "inspections.no_person"
    status: ClassVar[int] = 403


class BadTime(Problem):
    """A visit in the future, or a time without its zone."""

    code: ClassVar[str] = "inspections.bad_time"
    status: ClassVar[int] = 422


class KeyReused(Problem):
    """The phone used one key for two different entries."""

    code: ClassVar[str] = "inspections.key_reused"
    status: ClassVar[int] = 409


class NotRevealed(Problem):
    """A visit to a point that nobody had been shown at that time."""

    code: ClassVar[str] = "inspections.not_revealed"
    status: ClassVar[int] = 409


class PointEnded(Problem):
    """The point was visited or skipped already, or its round has ended."""

    code: ClassVar[str] = "inspections.point_ended"
    status: ClassVar[int] = 409


class SamePerson(Problem):
    """A second look by whoever took the first."""

    code: ClassVar[str] = "inspections.same_person"
    status: ClassVar[int] = 409


class NotForRecheck(Problem):
    """The visit is not one to be looked at a second time, or was already."""

    code: ClassVar[str] = "inspections.not_for_recheck"
    status: ClassVar[int] = 409


class NotApproved(Problem):
    """A visit to a business that nobody approved, or whose approval has ended."""

    code: ClassVar[str] = "inspections.not_approved"
    status: ClassVar[int] = 409


class NotAnnounced(Problem):
    """A visit to a business that was approved but of which it was not given notice."""

    code: ClassVar[str] = "inspections.not_announced"
    status: ClassVar[int] = 409


class CapReached(Problem):
    """The business has had as many visits this year as it may get."""

    code: ClassVar[str] = "inspections.cap_reached"
    status: ClassVar[int] = 409


class BadFrame(Problem):
    """A round whose frame, strata or size cannot be drawn from."""

    code: ClassVar[str] = "inspections.bad_frame"
    status: ClassVar[int] = 422


class BadLimit(Problem):
    """A limit, cap or term that cannot be: unknown name, impossible value, days in the wrong order."""

    code: ClassVar[str] = "inspections.bad_limit"
    status: ClassVar[int] = 422


class NothingToDeduct(Problem):
    """A reading that is no ground for a deduction; it says why."""

    code: ClassVar[str] = "inspections.nothing_to_deduct"
    status: ClassVar[int] = 409


def missing(what: str) -> NoSuchThing:
    """The refusal for something that is not here."""
    return NoSuchThing(
        _("There is no such %(thing)s in this district.") % {"thing": what},
        "",
        _("Go back to the list and choose again."),
    )


class NotCorrectable(Problem):
    """The record of a visit may not, or no longer, be corrected by this person."""

    code: ClassVar[str] = "inspections.not_correctable"
    status: ClassVar[int] = 409


class ReasonMissing(Problem):
    """A record is corrected or withdrawn without a word why."""

    code: ClassVar[str] = "inspections.reason_missing"
    status: ClassVar[int] = 422


class DeductionRests(Problem):
    """A contract deduction rests on what would be changed."""

    code: ClassVar[str] = "inspections.deduction_rests"
    status: ClassVar[int] = 409
