"""Casting a ballot: no person, no time, no record. One statement fills the token's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import box, secrecy
from chengzhi.branch.appraisal.grading import ABSTAIN, SELF, grade_keys
from chengzhi.branch.appraisal.models import Ratee, Round
from chengzhi.branch.appraisal.problems import AlreadyCast, BadBallot, BallotClosed, TokenRefused


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a holder of a token marks: names in the order of the printed ballot, grades of the round."""

    round: Round
    names: tuple[tuple[int, str], ...]
    grades: tuple[Mapping[str, Any], ...]
    each_is_rated: bool


def sheet(code: str, token: str, *, on: datetime | None = None) -> Sheet:
    """The ballot behind an unspent token; `on` is compared with the declared end and kept nowhere.

    Raises TokenRefused, AlreadyCast, BallotClosed.
    """
    _pass(box.put(code, secrecy.token_mark(code, token), None))
    row = Round.objects.get(code=code)
    if on is not None and row.closes_at is not None and on >= row.closes_at:
        _pass("closed")
    return _sheet(row)


def _sheet(row: Round) -> Sheet:
    rated = list(Ratee.objects.filter(round=row, graded=True).select_related("member").order_by("position"))
    voters = set(row.eligible.values_list("member_id", flat=True))
    return Sheet(
        row, tuple((one.pk, one.member.name) for one in rated), tuple(row.rules["grades"]),
        voters <= {one.member_id for one in rated},
    )  # fmt: skip


def cast(code: str, token: str, marks: Mapping[int, str], *, on: datetime | None = None) -> None:
    """Put a ballot in. A repeat of the same request answers AlreadyCast: the first one counts.

    `marks` is ratee → grade, "abstain", or "self" for one's own name.
    Raises TokenRefused, AlreadyCast, BallotClosed, BadBallot.
    """
    said = sheet(code, token, on=on)
    ratees, grades = [number for number, _name in said.names], grade_keys(said.round.rules)
    _complete(said, ratees, marks, grades)
    sealed = secrecy.seal_ballot(bytes(said.round.public_key or b""), ratees, grades, marks)
    _pass(box.put(code, secrecy.token_mark(code, token), sealed))


def _complete(said: Sheet, ratees: list[int], marks: Mapping[int, str], grades: tuple[str, ...]) -> None:
    selves = sum(mark == SELF for mark in marks.values())
    if set(marks) != set(ratees) or any(mark not in (*grades, ABSTAIN, SELF) for mark in marks.values()):
        raise BadBallot(
            _("The ballot is not complete."), _("Every name needs one mark; an abstention is one too.")
        )
    if selves > 1 or (said.each_is_rated and selves != 1):
        raise BadBallot(
            _("Nobody rates himself."), _("Exactly one name is your own, and it must be marked as such."),
            _("Mark your own name with “myself” and grade the others."),
        )  # fmt: skip


def _pass(answer: box.Answer) -> None:
    if answer == "unknown":
        raise TokenRefused(
            _("This paper cannot be used here."), _("Its signs are not those of an open ballot."),
            _("Compare them with the paper, sign by sign."),
        )  # fmt: skip
    if answer == "already":
        raise AlreadyCast(
            _("This paper has been used: its ballot is in the box."), _("The first ballot counts.")
        )
    if answer == "closed":
        raise BallotClosed(
            _("This ballot is not open."), _("No ballots are taken before it opens or after it closed.")
        )
