"""Why the lectures refuse: one class per cause."""

from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class NoSuchLecture(Problem):
    """No lecture of that number in a body the person belongs to."""

    code: ClassVar[str] = "lectures.no_such_lecture"
    status: ClassVar[int] = 404

    @classmethod
    def numbered(cls, number: str) -> "NoSuchLecture":
        """It is not there, or not for this person: the answer is the same."""
        return cls(_("There is no lecture %(number)s.") % {"number": number[:40]})


class BadPlan(Problem):
    """A plan without theme, aim or domain, an on-site one without a spot, a day that is over."""

    code: ClassVar[str] = "lectures.bad_plan"
    status: ClassVar[int] = 422


class BadText(Problem):
    """A text without title, issuer or date, or whose address is not https."""

    code: ClassVar[str] = "lectures.bad_text"
    status: ClassVar[int] = 422


class BadMaterial(Problem):
    """A material without a name, or with both or neither of a file and an address."""

    code: ClassVar[str] = "lectures.bad_material"
    status: ClassVar[int] = 422


class BadDecision(Problem):
    """A decision of a group without its words, its person or a day to come, or by no figure on offer."""

    code: ClassVar[str] = "lectures.bad_decision"
    status: ClassVar[int] = 422


class NotNow(Problem):
    """Something written to a lecture in a state in which it does not belong."""

    code: ClassVar[str] = "lectures.not_now"
    status: ClassVar[int] = 409


class BadHours(Problem):
    """A line of study without a name, of no hours, of a day to come, or entered twice."""

    code: ClassVar[str] = "lectures.bad_hours"
    status: ClassVar[int] = 422


class NotYourLine(Problem):
    """A line of study of another person, whom one does not lead."""

    code: ClassVar[str] = "lectures.not_your_line"
    status: ClassVar[int] = 404
