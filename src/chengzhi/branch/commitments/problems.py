"""What may be wrong with a promise: one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem


class NoSuchCommitment(Problem):
    """A number nobody promised under, or of a body the person does not belong to."""

    code: ClassVar[str] = "commitments.none"
    status: ClassVar[int] = 404


class StartsTooSoon(Problem):
    """A promise whose first day is today or past (D15: registered before it starts)."""

    code: ClassVar[str] = "commitments.starts_too_soon"
    status: ClassVar[int] = 422


class BadPromise(Problem):
    """Days out of order, an empty part, a target that is no share, a place of another district."""

    code: ClassVar[str] = "commitments.bad_promise"
    status: ClassVar[int] = 422


class NotMeasuredThatWay(Problem):
    """A figure that is not offered for promises, or cannot be cut by that place or class."""

    code: ClassVar[str] = "commitments.not_measured_that_way"
    status: ClassVar[int] = 422


class ContentIsFixed(Problem):
    """Somebody tries to change what was examined or registered."""

    code: ClassVar[str] = "commitments.content_is_fixed"
    status: ClassVar[int] = 409


class Tampered(Problem):
    """The content does not fit the hash in the record."""

    code: ClassVar[str] = "commitments.tampered"
    status: ClassVar[int] = 409
