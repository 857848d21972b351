"""What may go wrong when the list of members is kept, one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem


class NoSuchPlace(Problem):
    """A body, member or row that does not exist in this district."""

    code: ClassVar[str] = "branch.no_such_place"
    status: ClassVar[int] = 404


class AlreadyMember(Problem):
    """The person belongs to the body on that day already."""

    code: ClassVar[str] = "branch.already_member"
    status: ClassVar[int] = 409


class BadMemberDay(Problem):
    """A day that cannot be: before the row begins, or after it ended."""

    code: ClassVar[str] = "branch.bad_member_day"
    status: ClassVar[int] = 422


class BadMemberChange(Problem):
    """A change that does not fit the row: a formal member made formal, a role held already."""

    code: ClassVar[str] = "branch.bad_member_change"
    status: ClassVar[int] = 422
