"""Closing the books of a ballot: opening the box with both parts of the key, or two equal counts on paper."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import box, recycling, secrecy
from chengzhi.branch.appraisal.grading import ABSTAIN, SELF, grade_keys
from chengzhi.branch.appraisal.models import PaperCount, Ratee, Round, Tally
from chengzhi.branch.appraisal.problems import BoxMissing, CountsDiffer, TooManyVotes, WrongMoment
from chengzhi.branch.organisation import rules
from chengzhi.lifecycle.machine import carry_out, propose
from chengzhi.people.actor import Actor

Counts = Mapping[int, Mapping[str, int]]


def count(row: Round, /, *, first: str, second: str, by: Actor, on: datetime) -> recycling.Recycled:
    """Open the box: single marks in shuffled order replace the ballots, and the box is dropped.

    Raises NotAllowed, StepNotAllowed, BadShare, BoxMissing, TooManyVotes; then nothing changed.
    """
    move = propose(row, "count", by=by, on=on, facts={})
    private = secrecy.joined(first, second, bytes(row.public_key or b""))
    rated = list(row.ratees.filter(graded=True).order_by("position"))
    ratees, grades = [one.pk for one in rated], grade_keys(row.rules)
    with transaction.atomic():
        if not box.exists(row.pk):
            raise _missing()
        ballots = [secrecy.open_ballot(private, one, ratees, grades) for one in box.take(row.pk)]
        _not_more(len(ballots), row.present or 0)
        marks = [(ratee, mark) for one in ballots for ratee, mark in one.items() if mark != SELF]
        named = {ratee for one in ballots for ratee, mark in one.items() if mark == SELF}
        secrets.SystemRandom().shuffle(marks)
        box.put_marks(row.pk, [ratee for ratee, _mark in marks], [mark for _ratee, mark in marks])
        _keep(row, Counter(marks))
        given = set(row.eligible.filter(given=True).values_list("member_id", flat=True))
        here = {one.pk for one in rated if one.member_id in given}
        # Who came and cast nothing leaves no mark of himself either.
        unsaid = max(len(here - named) - ((row.present or 0) - len(ballots)), 0)
        move.context |= {"fields": {"cast": len(ballots), "no_self": unsaid}, "notes": {"cast": len(ballots)}}
        row.eligible.all().delete()
        carry_out(move)
    return recycling.recycle()


def _missing() -> BoxMissing:
    return BoxMissing(
        _("The ballots are not in this database."), _("Backups leave them out on purpose; this one was restored."),
        _("Declare the round void and repeat the ballot."),
    )  # fmt: skip


def _not_more(ballots: int, present: int) -> None:
    if ballots > present:
        raise TooManyVotes(
            _("There are %(ballots)s ballots of %(present)s people present.") % {"ballots": ballots, "present": present},
            _("A paper that was handed to nobody has been used."), _("Declare the round void and repeat the ballot."),
        )  # fmt: skip


def _keep(row: Round, counted: Counter[tuple[int, str]]) -> None:
    keys = (*grade_keys(row.rules), ABSTAIN)
    ratees = row.ratees.filter(graded=True).values_list("pk", flat=True).order_by("position")
    Tally.objects.bulk_create(
        Tally(ratee_id=one, grade=key, count=counted[one, key]) for one in ratees for key in keys
    )


def enter_paper(row: Round, /, *, ballots: int, counts: Counts, by: Actor, on: datetime) -> bool:
    """What one teller counted; with the second, equal one the round is counted. Returns whether it is.

    Raises NotAllowed, WrongMoment, TooManyVotes, CountsDiffer (nothing of the second is kept).
    """
    rules.require(by, "branch.count", row)
    teller = rules.member_of(by)
    if teller is None or row.means != Round.Means.PAPER or row.state != "closed":
        raise WrongMoment(
            _("Nothing is entered from paper here now."), _("The round is not a closed ballot on paper.")
        )
    clean = _possible(row, ballots, counts)
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=row.pk)
        other = row.paper_counts.exclude(teller=teller).first()
        if other is None:
            PaperCount.objects.update_or_create(
                round=row, teller=teller, defaults={"ballots": ballots, "counts": clean}
            )
            return False
        if other.ballots != ballots or other.counts != clean:
            raise _differ(row, clean, other.counts)
        move = propose(row, "count", by=by, on=on, facts={})
        move.context |= {"fields": {"cast": ballots}, "notes": {"cast": ballots}}
        _keep(row, Counter({(int(r), g): n for r, marks in clean.items() for g, n in marks.items()}))
        row.eligible.all().delete()
        row.paper_counts.all().delete()
        carry_out(move)
    return True


def _differ(row: Round, mine: Mapping[str, object], other: Mapping[str, object]) -> CountsDiffer:
    at = [int(key) for key in mine if mine[key] != other.get(key)]
    names = Ratee.objects.filter(pk__in=at).order_by("position").values_list("member__name", flat=True)
    return CountsDiffer(
        _("The two counts differ."), _("They differ at: %(names)s.") % {"names": "、".join(names) or _("the number of ballots")},
        _("Count the papers again, both of you; neither sees what the other entered."),
    )  # fmt: skip


def _possible(row: Round, ballots: int, counts: Counts) -> dict[str, dict[str, int]]:
    """The counts as they are kept; nobody can have more marks than ballots, less his own if he voted."""
    keys, given = (
        (*grade_keys(row.rules), ABSTAIN),
        set(row.eligible.filter(given=True).values_list("member_id", flat=True)),
    )
    _not_more(ballots, row.present or 0)
    rated = list(row.ratees.filter(graded=True).select_related("member").order_by("position"))
    clean = {str(one.pk): {key: int(counts.get(one.pk, {}).get(key, 0)) for key in keys} for one in rated}
    unknown = set(counts) - {one.pk for one in rated}
    everybody_voted = ballots == row.present
    for one in rated:
        most = ballots - (everybody_voted and one.member_id in given)
        marks = clean[str(one.pk)]
        if unknown or min(marks.values()) < 0 or sum(marks.values()) > most:
            raise TooManyVotes(
                _("%(name)s cannot have %(marks)s marks.") % {"name": one.member.name, "marks": sum(marks.values())},
                _("%(ballots)s papers are valid, and nobody rates himself.") % {"ballots": ballots},
            )  # fmt: skip
    return clean
