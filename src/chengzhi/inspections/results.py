"""What a round says of its whole frame: share that passes, means, each with its interval.

Visits excused by the weather, places left out and places not yet visited are counted apart; nothing is
dropped without being named. Second looks do not count: they judge the check, not the street.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext_lazy

from chengzhi.inspections.checklists import measurement
from chengzhi.inspections.estimates import Estimate, stratified_mean, stratified_share, widened
from chengzhi.inspections.models import Reading, Stratum, Visit
from chengzhi.inspections.queries import progress

WHY = {
    "nothing": gettext_lazy("Nothing has been measured yet."),
    "empty_stratum": gettext_lazy("One part of the frame has no result yet; the whole cannot be told."),
    "one_value": gettext_lazy("A single result has no spread: no interval can be told."),
}
"""Why an estimate has no value or no interval, in words."""


Value = TypeVar("Value", float, bool)


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement of a round: mean of the frame, share that keeps to the limit.

    `doubtful` values are counted in and named; `excused` are left out of both figures.
    """

    key: str
    unit: str
    mean: Estimate
    passed: Estimate
    readings: int
    doubtful: int
    excused: int


@dataclass(frozen=True, slots=True)
class Result:
    """A round's results. `passed` is the share of places where everything was in order."""

    passed: Estimate
    measured: tuple[Measured, ...]
    drawn: int
    visited: int
    excused: int
    skipped: int
    waiting: int


def results(round_id: int) -> Result:
    """The results of a round so far; five queries, whatever its size."""
    strata = _strata(round_id)
    visits = list(
        Visit.objects.filter(point__round_id=round_id, recheck_of=None).values_list(
            "point__stratum_id", "passed", "excused"
        )
    )
    judged = [
        (stratum, bool(ok)) for stratum, ok, excused in visits if stratum and ok is not None and not excused
    ]
    states = progress(round_id)
    return Result(
        passed=stratified_share(_samples(strata, judged)),
        measured=tuple(_measured(round_id, strata)),
        drawn=states.drawn,
        visited=len(visits),
        excused=sum(excused for _, _, excused in visits),
        skipped=states.skipped,
        waiting=states.waiting,
    )


def _strata(round_id: int) -> dict[int, int]:
    """Stratum → its places in the frame."""
    return dict(Stratum.objects.filter(round_id=round_id).order_by("pk").values_list("pk", "size"))


def _measured(round_id: int, strata: Mapping[int, int]) -> Iterable[Measured]:
    rows = Reading.objects.filter(visit__point__round_id=round_id, visit__recheck_of=None)
    found: dict[str, list[tuple[int, float, bool | None, bool, bool]]] = defaultdict(list)
    facts = rows.order_by("measurement", "pk").values_list(
        "measurement", "visit__point__stratum_id", "value", "passed", "doubtful", "visit__excused"
    )
    for key, stratum, value, passed, doubtful, excused in facts:
        if stratum is not None:
            found[key].append((stratum, float(value), passed, doubtful, excused))
    for key, all_of in found.items():
        counted = [row for row in all_of if not row[4]]
        one = measurement(key)
        yield Measured(
            key=key,
            unit=one.unit,
            mean=widened(stratified_mean(_samples(strata, [(r[0], r[1]) for r in counted])), one.least),
            passed=stratified_share(
                _samples(strata, [(r[0], bool(r[2])) for r in counted if r[2] is not None])
            ),
            readings=len(all_of),
            doubtful=sum(row[3] for row in counted),
            excused=len(all_of) - len(counted),
        )


def _samples(strata: Mapping[int, int], values: Iterable[tuple[int, Value]]) -> list[tuple[int, list[Value]]]:
    by_stratum: dict[int, list[Value]] = {number: [] for number in strata}
    for stratum, value in values:
        by_stratum[stratum].append(value)
    return [(strata[number], known) for number, known in by_stratum.items()]
