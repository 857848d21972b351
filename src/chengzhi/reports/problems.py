"""Why a report is refused, one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem
from chengzhi.people.sealing import SealBroken as SealBroken


class TextTooLong(Problem):
    """More characters than a report holds."""

    code: ClassVar[str] = "reports.text_too_long"
    status: ClassVar[int] = 422


class NothingSaid(Problem):
    """Neither words nor a type nor a photo: nobody could act on it."""

    code: ClassVar[str] = "reports.nothing_said"
    status: ClassVar[int] = 422


class NoPlace(Problem):
    """Neither a point nor a cell nor an address."""

    code: ClassVar[str] = "reports.no_place"
    status: ClassVar[int] = 422


class BadPhone(Problem):
    """A telephone number nobody can be reached at."""

    code: ClassVar[str] = "reports.bad_phone"
    status: ClassVar[int] = 422


class BadEmail(Problem):
    """A mail address nobody can be reached at."""

    code: ClassVar[str] = "reports.bad_email"
    status: ClassVar[int] = 422


class UnknownType(Problem):
    """A case type that this district does not have (any more)."""

    code: ClassVar[str] = "reports.unknown_type"
    status: ClassVar[int] = 422


class UnknownPhoto(Problem):
    """A photo's draft is no longer kept, or belongs to somebody else."""

    code: ClassVar[str] = "reports.unknown_photo"
    status: ClassVar[int] = 422


class KeyReused(Problem):
    """The idempotency key came before with another content."""

    code: ClassVar[str] = "reports.key_reused"
    status: ClassVar[int] = 422


class TooManyReports(Problem):
    """More in a short time than one address may send."""

    code: ClassVar[str] = "reports.too_many"
    status: ClassVar[int] = 429


class LooksAutomatic(Problem):
    """Filled in faster than a person can, or the field that people do not see was filled."""

    code: ClassVar[str] = "reports.looks_automatic"
    status: ClassVar[int] = 400


class NoSuchReport(Problem):
    """No report belongs to this link or number."""

    code: ClassVar[str] = "reports.not_found"
    status: ClassVar[int] = 404


class TooLateToChange(Problem):
    """The case has been filed: from here on words and place are the district's record."""

    code: ClassVar[str] = "reports.too_late_to_change"
    status: ClassVar[int] = 409


class ReasonMissing(Problem):
    """Reporter data is shown against a written reason only."""

    code: ClassVar[str] = "reports.reason_missing"
    status: ClassVar[int] = 422


class ReporterErased(Problem):
    """The reporter's data was erased; nobody can bring it back."""

    code: ClassVar[str] = "reports.reporter_erased"
    status: ClassVar[int] = 410
