"""Planning a round and handing out its ballot papers."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import box, grading, recycling, secrecy, thresholds
from chengzhi.branch.appraisal.models import Eligible, Ratee, Round
from chengzhi.branch.appraisal.problems import (
    BadHolders,
    BadLimit,
    BadTimes,
    EmptyGroup,
    NoQuorum,
    TooManyVotes,
    WrongMoment,
)
from chengzhi.branch.organisation import rules
from chengzhi.branch.organisation.models import Body, Exemption, Membership
from chengzhi.branch.organisation.queries import expected, members_in
from chengzhi.cases.habits import habits
from chengzhi.ledger.actions import record
from chengzhi.lifecycle.machine import Outcome, carry_out, propose
from chengzhi.people.actor import Actor


def plan(
    *, body: Body, title: str, by: Actor, on: datetime, means: str = "tokens", least: int | None = None,
    least_reason: str = "", ratees: Collection[int] | None = None, opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Round:  # fmt: skip
    """A round for a body: who is appraised and who votes are those of this day.

    `ratees` narrows it to some members (of a committee, say); everybody else still votes.
    `opens_at` is printed; after `closes_at` no ballot is taken, even if nobody closes it.
    Raises NotAllowed, EmptyGroup, BadLimit, BadTimes.
    """
    rules.require(by, "branch.lead", body)
    day = habits(body.district_id).day(on)
    said = grading.rules_for(body.district_id, body.pack, day)
    limit = _limit(said, least, least_reason)
    _in_order(on, opens_at, closes_at)
    voters = expected(body.pk, day)
    with transaction.atomic():
        Body.objects.select_for_update().get(pk=body.pk)
        row = Round.objects.create(
            district_id=body.district_id, body=body, number=_number(body.district_id, day.year), title=title,
            code="".join(secrets.choice(secrecy.SIGNS) for _sign in range(8)), means=Round.Means(means), rules=said,
            least=limit, least_reason=least_reason, planned_at=on, updated_at=on, expected=len(voters),
            opens_at=opens_at, closes_at=closes_at,
        )  # fmt: skip
        Ratee.objects.bulk_create(_ratees(row, day, ratees))
        Eligible.objects.bulk_create(Eligible(round=row, member=one) for one in voters)
        if not voters or not row.ratees.filter(graded=True).exists():
            raise EmptyGroup(
                _("There is nobody to appraise or nobody to vote in this body."),
                _("It has no formal members today."), _("Check the list of members first."),
            )  # fmt: skip
        record(district_id=row.district_id, thing="appraisal", thing_id=row.pk, step="plan", after="planned",
               by=by, on=on, article="教条18", facts={"notes": {"expected": row.expected}, "version": 0})  # fmt: skip
    return row


def _limit(said: Mapping[str, dict[str, int]], least: int | None, reason: str) -> int:
    usual, floor = said["display"]["least"], said["display"]["floor"]
    limit = usual if least is None else least
    if limit < floor or (limit < usual and not reason.strip()):
        raise BadLimit(
            _("Results of %(limit)s marks cannot be shown in this round.") % {"limit": limit},
            _("The usual limit is %(usual)s; %(floor)s is the floor, and only where declared beforehand with the reason.")
            % {"usual": usual, "floor": floor},
            _("Take the usual limit, or write the reason for the lower one."),
        )  # fmt: skip
    return limit


def _number(district_id: int, year: int) -> str:
    head = f"PY{year}-"
    last = (
        Round.objects.filter(district_id=district_id, number__startswith=head)
        .order_by("-number").values_list("number", flat=True).first()
    )  # fmt: skip
    return f"{head}{(int(last[len(head) :]) if last else 0) + 1:04d}"


def _in_order(on: datetime, opens_at: datetime | None, closes_at: datetime | None) -> None:
    if closes_at is not None and closes_at <= max(on, opens_at or on):
        raise BadTimes(
            _("The ballot would close before it opens."),
            _("The end must lie after the beginning and after now."),
            _("Correct the two times."),
        )


def _ratees(row: Round, day: date, wanted: Collection[int] | None) -> list[Ratee]:
    probationary = {m.pk for m in members_in(row.body_id, day, standing=Membership.Standing.PROBATIONARY)}
    exempt = set(
        Exemption.objects.filter(rules.in_force(day), reason__in=row.rules["exempt"]["reasons"])
        .values_list("member_id", flat=True)
    )  # fmt: skip
    why = {**dict.fromkeys(exempt, "exempt"), **dict.fromkeys(probationary, "probationary")}
    return [
        Ratee(round=row, member=one, position=at, graded=one.pk not in why, why_not=why.get(one.pk, ""))
        for at, one in enumerate(
            (m for m in members_in(row.body_id, day) if wanted is None or m.pk in wanted), 1
        )
    ]


@dataclass(frozen=True, slots=True)
class Papers:
    """What is printed once and kept nowhere: tokens in random order, the two parts of the key."""

    tokens: tuple[str, ...]
    first: str
    second: str


def issue(row: Round, /, *, holders: tuple[int, int], by: Actor, on: datetime) -> Papers:
    """Make one token per voter and the round's key; what is returned cannot be had again.

    `holders` are the two members who take one part each; a ballot on paper has neither tokens
    nor a key, see `begin_paper`. Raises NotAllowed, BadHolders.
    """
    belong = set(row.eligible.values_list("member_id", flat=True))
    if len(set(holders)) != 2 or not set(holders) <= belong:
        raise BadHolders(
            _("The key needs two different holders of this body."),
            _("One person who holds both parts could open the ballots alone."), _("Choose two members."),
        )  # fmt: skip
    public, first, second = secrecy.new_key()
    tokens = (
        [secrecy.new_token() for _voter in range(row.expected)] if row.means == Round.Means.TOKENS else []
    )
    move = propose(row, "issue", by=by, on=on, facts={})
    move.context["fields"] = {"public_key": public, "holders": sorted(holders)}
    with transaction.atomic():
        carry_out(move)
        if tokens:
            box.make(row.pk, [secrecy.token_mark(row.code, one) for one in tokens])
    secrets.SystemRandom().shuffle(tokens)
    return Papers(tuple(tokens), first, second)


def begin_paper(row: Round, /, *, by: Actor, on: datetime) -> Outcome:
    """Begin to hand out the papers of a ballot on paper. Raises NotAllowed, WrongMoment."""
    if row.means != Round.Means.PAPER:
        raise WrongMoment(
            _("This ballot is not on paper."), _("Its papers carry tokens, and its box needs a key.")
        )
    return carry_out(propose(row, "issue", by=by, on=on, facts={}))


def hand_over(row: Round, /, *, member_id: int, given: bool = True, by: Actor) -> None:
    """Tick that somebody was handed a paper; no time and no ledger row. Raises NotAllowed, WrongMoment."""
    rules.require(by, "branch.count", row)
    row.refresh_from_db(fields=["state", "version"])
    if row.state != "handing" or not row.eligible.filter(member_id=member_id).update(given=given):
        raise WrongMoment(
            _("No paper can be handed out here now."),
            _("Papers are handed out to those entitled, after they were made and before the ballot opens."),
        )


def open_ballot(row: Round, /, *, absences: Mapping[str, int], by: Actor, on: datetime) -> Outcome:
    """End the handing out; why people are absent is kept as numbers. Raises TooManyVotes, EmptyGroup, NoQuorum."""
    present = row.eligible.filter(given=True).count()
    known = {one["key"] for one in row.rules["absences"]}
    said = {key: int(count) for key, count in absences.items() if count}
    bad = set(said) - known or any(count < 0 for count in said.values())
    if bad or sum(said.values()) != row.expected - present:
        raise TooManyVotes(
            _("The numbers do not add up."),
            _("Expected %(expected)s, handed out %(present)s, absent by reason %(absent)s.")
            % {"expected": row.expected, "present": present, "absent": sum(said.values())},
            _("Every absent person needs a reason; only the numbers are kept."),
        )  # fmt: skip
    if not present:
        raise EmptyGroup(_("Nobody was handed a paper."), _("A ballot without voters decides nothing."))
    turnout = thresholds.turnout(row, present=present, day=habits(row.district_id).day(on))
    if turnout is not None and turnout.holds is False:
        raise NoQuorum(
            _("Too few people are here: the ballot cannot open."), str(turnout.says),
            _("Hand papers to more people, or declare the round void and hold it on another day."),
        )  # fmt: skip
    move = propose(row, "open", by=by, on=on, facts={})
    move.context["fields"] = {"present": present, "absences": said}
    return carry_out(move)


def cancel(row: Round, /, *, reason: str, by: Actor, on: datetime) -> recycling.Recycled:
    """Declare a round void: its ballots go with their files, and the server's log with them.

    Returns what could be removed of the log. Raises NotAllowed, StepNotAllowed, BadFact.
    """
    move = propose(row, "cancel", by=by, on=on, facts={"reason": reason})
    carry_out(move)
    done: recycling.Recycled = move.context.get("recycled", recycling.INSIDE)
    return done
