"""What a named round refuses: one class per cause."""

from typing import ClassVar

from chengzhi.branch.appraisal.problems import AppraisalRefused


class TooFewRaters(AppraisalRefused):
    """A design in which somebody would be rated by fewer than three."""

    code: ClassVar[str] = "appraisal.too_few_raters"


class DesignApart(AppraisalRefused):
    """A drawn design whose raters and ratees fall into parts."""

    code: ClassVar[str] = "appraisal.design_apart"


class BadMark(AppraisalRefused):
    """Marks that are not on the scale, or not on every criterion."""

    code: ClassVar[str] = "appraisal.bad_mark"


class NotAssigned(AppraisalRefused):
    """A mark for somebody whom this person is not to rate in this round."""

    code: ClassVar[str] = "appraisal.not_assigned"
    status: ClassVar[int] = 404


class RoundOver(AppraisalRefused):
    """Marks before the round opened or after it closed."""

    code: ClassVar[str] = "appraisal.round_over"
    status: ClassVar[int] = 409


class NotReportable(AppraisalRefused):
    """Nothing to tell yet, or too few marks to tell it."""

    code: ClassVar[str] = "appraisal.not_reportable"


class BadTerm(AppraisalRefused):
    """A closing moment that has passed."""

    code: ClassVar[str] = "appraisal.bad_term"


class NotYours(AppraisalRefused):
    """Something that only the person himself writes or sees."""

    code: ClassVar[str] = "appraisal.not_yours"
    status: ClassVar[int] = 403


class NotSeenYet(AppraisalRefused):
    """An evidence sheet that the person himself has not answered yet."""

    code: ClassVar[str] = "appraisal.not_seen_yet"
    status: ClassVar[int] = 403


class BadPeriod(AppraisalRefused):
    """A period of an evidence sheet that has not ended, or ends before it begins."""

    code: ClassVar[str] = "appraisal.bad_period"
