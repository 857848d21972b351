"""Which rounds somebody sees, and what of a count is free to be shown to whom."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.grading import grade_keys
from chengzhi.branch.appraisal.models import Ratee, Round, Tally
from chengzhi.branch.appraisal.problems import NoSuchRound
from chengzhi.branch.appraisal.showing import CutLine, Shown, cut_line, shown, totals
from chengzhi.branch.organisation import rules
from chengzhi.people.actor import Actor

MEMBER = "branch.member"
COUNTED = frozenset({"counted", "told", "archived", "destroyed"})
"""The states in which there is a count."""


def rounds(actor: Actor) -> "QuerySet[Round]":
    """The rounds of the bodies somebody belongs to or leads, newest first."""
    own = rules.standing_of(actor).where(MEMBER)
    return Round.objects.filter(body_id__in=own).select_related("body").order_by("-id")


def round_of(number: str, /, *, by: Actor) -> Round:
    """The round of a number. Raises NoSuchRound, also for a round of another body."""
    found = rounds(by).filter(district_id=by.district_id or 0, number=number).first()
    if found is None:
        raise NoSuchRound(
            _("There is no such round."), _("The number is mistyped, or it is a round of another body.")
        )
    return found


def own_row(row: Round, /, *, by: Actor) -> Ratee | None:
    """The actor's own row in a round; None for who is not appraised in it."""
    member = rules.member_of(by)
    return row.ratees.select_related("member").filter(member=member).first() if member else None


@dataclass(frozen=True, slots=True)
class Results:
    """A count as the committee may see it: each person's marks, totals, the line of the capped grade."""

    people: tuple[tuple[Ratee, Shown | None], ...]
    totals: Mapping[str, int] | None
    line: CutLine
    tied: tuple[Ratee, ...]


def results(row: Round) -> Results:
    """What may be shown of a counted round: hidden below its limit, bands, no total that betrays one."""
    ratees = list(row.ratees.select_related("member").order_by("position"))
    counts = _counts(row, [one.pk for one in ratees if one.graded])
    line = cut_line(counts, row.rules["cap"], row.least)
    return Results(
        tuple((one, shown(counts[one.pk], row.least) if one.graded else None) for one in ratees),
        totals(list(counts.values()), row.least), line, tuple(one for one in ratees if one.pk in line.tied),
    )  # fmt: skip


def result_of(one: Ratee) -> Shown | None:
    """What one person may see of his own marks; None for who gets no grade."""
    return shown(_counts(one.round, [one.pk])[one.pk], one.round.least) if one.graded else None


def _counts(row: Round, ratees: list[int]) -> dict[int, dict[str, int]]:
    """Marks by person and grade; an abstention is no mark."""
    keys = grade_keys(row.rules)
    found = {one: dict.fromkeys(keys, 0) for one in ratees}
    for ratee, grade, count in Tally.objects.filter(ratee_id__in=ratees).values_list(
        "ratee_id", "grade", "count"
    ):
        if grade in keys:
            found[ratee][grade] = count
    return found
