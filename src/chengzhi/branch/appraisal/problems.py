"""What an appraisal refuses: one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem


class AppraisalRefused(Problem):
    """A refusal of the appraisal that is the caller's to mend."""

    code: ClassVar[str] = "appraisal.refused"
    status: ClassVar[int] = 422


class EmptyGroup(AppraisalRefused):
    """Nobody to appraise, or nobody to vote."""

    code: ClassVar[str] = "appraisal.empty_group"


class NoSuchRound(AppraisalRefused):
    """No round of that number that this person may see."""

    code: ClassVar[str] = "appraisal.no_such_round"
    status: ClassVar[int] = 404


class BadLimit(AppraisalRefused):
    """A display limit below the floor, or below the usual one without saying why."""

    code: ClassVar[str] = "appraisal.bad_limit"


class BadTimes(AppraisalRefused):
    """A ballot that would end before it begins."""

    code: ClassVar[str] = "appraisal.bad_times"


class NoQuorum(AppraisalRefused):
    """Fewer people are here than the rule of practice asks for."""

    code: ClassVar[str] = "appraisal.no_quorum"


class BadHolders(AppraisalRefused):
    """The key's two parts need two different holders."""

    code: ClassVar[str] = "appraisal.bad_holders"


class BadShare(AppraisalRefused):
    """A part of the key that cannot be read, or does not belong to this round."""

    code: ClassVar[str] = "appraisal.bad_share"


class BadBallot(AppraisalRefused):
    """Marks that are no valid ballot: missing, unknown, or for oneself."""

    code: ClassVar[str] = "appraisal.bad_ballot"


class TokenRefused(AppraisalRefused):
    """A token that cannot be spent; says no more than that."""

    code: ClassVar[str] = "appraisal.token_refused"


class AlreadyCast(AppraisalRefused):
    """The token was spent before; the first ballot counts."""

    code: ClassVar[str] = "appraisal.already_cast"
    status: ClassVar[int] = 409


class BallotClosed(AppraisalRefused):
    """No ballots are taken now."""

    code: ClassVar[str] = "appraisal.closed"
    status: ClassVar[int] = 409


class TooManyVotes(AppraisalRefused):
    """More ballots in the box, or more marks, than people who were there."""

    code: ClassVar[str] = "appraisal.too_many_votes"


class BoxMissing(AppraisalRefused):
    """The ballots are not in this database: it was restored from a backup, which leaves them out."""

    code: ClassVar[str] = "appraisal.box_missing"
    status: ClassVar[int] = 409


class CountsDiffer(AppraisalRefused):
    """The two tellers did not enter the same."""

    code: ClassVar[str] = "appraisal.counts_differ"
    status: ClassVar[int] = 409


class WrongMoment(AppraisalRefused):
    """The round is not at the point where this is done."""

    code: ClassVar[str] = "appraisal.wrong_moment"
    status: ClassVar[int] = 409


class NotGraded(AppraisalRefused):
    """A grade for somebody who gets none in this round."""

    code: ClassVar[str] = "appraisal.not_graded"


class CapExceeded(AppraisalRefused):
    """More of the highest grade than the rule lets."""

    code: ClassVar[str] = "appraisal.cap_exceeded"


class AnswersItself(AppraisalRefused):
    """An act that must not be one's own: rating oneself, answering one's own objection."""

    code: ClassVar[str] = "appraisal.own_matter"
    status: ClassVar[int] = 403
