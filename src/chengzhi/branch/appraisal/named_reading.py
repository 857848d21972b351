"""What may be shown of a named round's result, and to whom.

Number and distribution come first, then the raw mean, then the model's estimate with its error. A
distribution in which all marks but one are the same would tell each rater's mark: it becomes a
bound, and mean and estimate are then given coarsely or not at all. Severity is the rater's own and,
for who leads the body, a spread over all raters.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal import named_queries
from chengzhi.branch.appraisal.named_life import undo_period
from chengzhi.branch.appraisal.named_models import NamedPerson, NamedResult, NamedRound
from chengzhi.branch.appraisal.named_problems import NotReportable
from chengzhi.branch.appraisal.named_results import marks_of, tallies_of
from chengzhi.branch.appraisal.problems import NoSuchRound
from chengzhi.branch.appraisal.showing import Shown, shown
from chengzhi.branch.organisation.rules import may
from chengzhi.people.actor import Actor

TELLS = frozenset({"closed", "told", "archived"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One person's result as it may be shown.

    `raters` stand behind it. Below the round's limit everything else is empty. `coarse`: the mean is
    rounded to halves and no estimate is given, since nearly all marks are the same.
    """

    person: NamedPerson
    raters: int
    left: bool = False
    hidden: bool = True
    coarse: bool = False
    criteria: Mapping[str, Shown] = field(default_factory=dict)
    mean: float | None = None
    estimate: float | None = None
    se: float | None = None


@dataclass(frozen=True, slots=True)
class Severity:
    """A rater's own leniency: the mark he would give an average colleague, all raters' mean beside it."""

    own: float
    se: float | None
    others: float
    n: int


def latest(row: NamedRound, *, on: datetime) -> NamedResult | None:
    """The newest version, once the round is closed and closing it can no longer be taken back.

    Two results, one mark apart, would tell that mark: no result is read while the round may open again.
    """
    if row.state not in TELLS or (row.state == "closed" and on <= row.updated_at + undo_period(row, on)):
        return None
    return row.results.order_by("-version").first()


def block_of(result: NamedResult, at: int) -> dict[str, Any]:
    """What the result says of a block."""
    return next((one for one in result.content["blocks"] if one["block"] == at), {"block": at, "n": 0})


def summaries(row: NamedRound, *, by: Actor, on: datetime) -> list[Seen]:
    """Everybody's result, in the order of the list of members, for the committee. Raises NotReportable."""
    if not may(by, "branch.committee", row):
        raise NoSuchRound(_("There is no such round among yours."))
    return _all(row, by, on)


def own(row: NamedRound, *, by: Actor, on: datetime) -> Seen:
    """One's own result, once it is told. Raises NotReportable."""
    me = named_queries.mine(row, by)
    if me is None or row.state not in ("told", "archived"):
        raise NotReportable(_("There is no result to show yet."), _("It is shown once the body tells it."))
    return next(one for one in _all(row, by, on) if one.person.pk == me.pk)


def _all(row: NamedRound, by: Actor, on: datetime) -> list[Seen]:
    result = latest(row, on=on)
    if result is None:
        raise NotReportable(
            _("There is no result to show yet."),
            _("It is read once closing the round can no longer be taken back."),
        )
    left, counts = named_queries.left(row, row.told_on or by.day), tallies(row, result)
    people = row.people.select_related("member").order_by("position")
    return [_seen(row, one, result, counts.get(one.pk, {}), one.pk in left) for one in people]


def tallies(row: NamedRound, result: NamedResult) -> dict[int, dict[str, Counter[int]]]:
    """Person → criterion → mark → number; from the archive on as the result keeps it."""
    if row.state != "archived":
        return tallies_of(marks_of(row))
    kept = result.content.get("tallies", {})
    return {
        int(person): {
            key: Counter({int(mark): n for mark, n in marks.items()}) for key, marks in said.items()
        }
        for person, said in kept.items()
    }


def _seen(
    row: NamedRound, one: NamedPerson, result: NamedResult, counts: Mapping[str, Counter[int]], left: bool
) -> Seen:
    raters = max((said.total() for said in counts.values()), default=0)
    if left or raters < max(row.least, int(row.rules["fewest_raters"])):
        return Seen(one, raters, left)
    scale = range(1, len(row.rules["scale"]) + 1)
    criteria = {
        key: shown({str(mark): said[mark] for mark in scale}, row.least) for key, said in counts.items()
    }
    mean = _mean(counts)
    if any(said.counts is None for said in criteria.values()):
        return Seen(one, raters, hidden=False, coarse=True, criteria=criteria, mean=round(mean * 2) / 2)
    estimate, se = _estimate(block_of(result, one.block), one)
    return Seen(one, raters, hidden=False, criteria=criteria, mean=mean, estimate=estimate, se=se)


def _mean(counts: Mapping[str, Counter[int]]) -> float:
    total = sum(said.total() for said in counts.values())
    return sum(mark * n for said in counts.values() for mark, n in said.items()) / total


def _estimate(block: Mapping[str, Any], one: NamedPerson) -> tuple[float | None, float | None]:
    rows = block.get("models", {}).get("crossed", {}).get("estimates", ())
    found = next((row for row in rows if row["ratee"] == f"p{one.pk}" and row["reportable"]), None)
    return (found["estimate"], found["se"]) if found else (None, None)


def _severities(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = block.get("models", {}).get("facets", {}).get("rater_estimates", ())
    return [one for one in rows if one["estimate"] is not None]


def severity(row: NamedRound, *, by: Actor, on: datetime) -> Severity | None:
    """The actor's own leniency; nobody else can ask for it. None where the figures do not say it."""
    me, result = named_queries.mine(row, by), latest(row, on=on)
    if me is None or result is None:
        return None
    rows = _severities(block_of(result, me.block))
    found = next((one for one in rows if one["rater"] == f"p{me.pk}"), None)
    if found is None or len(rows) < int(row.rules["fewest_raters"]):
        return None
    others = float(np.mean([one["estimate"] for one in rows if one is not found]))
    return Severity(float(found["estimate"]), found["se"], others, len(rows))


@dataclass(frozen=True, slots=True)
class Spread:
    """How far raters differ, over all of them: never one of them.

    `deviation` of the marks they would give an average colleague; `reciprocity` of the two marks
    of a pair; `reliability` of a ratee's estimate.
    """

    raters: int
    deviation: float | None
    reciprocity: float | None
    reliability: float | None


def spread(row: NamedRound, at: int, *, by: Actor, on: datetime) -> Spread | None:
    """A block's raters in aggregate, for who leads the body; None below the display limit of five."""
    result = latest(row, on=on)
    if result is None or not may(by, "branch.lead", row):
        return None
    block = block_of(result, at)
    rows, models = _severities(block), block.get("models", {})
    if len(rows) < int(row.rules["display"]["least"]):
        return None
    reliability = models["crossed"].get("reliability")
    return Spread(
        len(rows), float(np.std([one["estimate"] for one in rows], ddof=1)),
        models["srm"].get("correlation", {}).get("relationship"), reliability,
    )  # fmt: skip


def enough_raters(body_id: int) -> dict[str, Any] | None:
    """What the body's last result says of how few raters are enough, for planning the next round."""
    rows = NamedResult.objects.filter(round__body_id=body_id, round__state__in=TELLS)
    last = rows.select_related("round").order_by("-made_at", "-pk").first()
    said = [one["raters_for"] for one in last.content["blocks"] if "raters_for" in one] if last else []
    known = [one["raters"] for one in said if one["raters"]]
    if last is None or not known:
        return None
    return {"number": last.round.number, "goal": said[0]["goal"], "raters": max(known)}
