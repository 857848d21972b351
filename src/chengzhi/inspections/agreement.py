"""How well the second look agrees with the first.

Answers: share of equal ones and Cohen's kappa (Cohen 1960, Educational and Psychological Measurement
20, 37–46). Values: mean difference and limits of agreement (Bland & Altman 1986, Lancet 327, 307–310).
No person is named: the figures are about the check, not about who made it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from django.utils.translation import gettext as _

from chengzhi.inspections.models import Finding, Reading, Round, Visit
from chengzhi.inspections.problems import missing

FEWEST = 2
"""Pairs below which a spread is no number."""
Z95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Pairs of answers to the same line. `kappa` is None where it is no number; `why` says so."""

    pairs: int
    equal: int
    kappa: float | None
    why: str = ""

    @property
    def share(self) -> float | None:
        """Share of equal answers; None without pairs."""
        return self.equal / self.pairs if self.pairs else None


@dataclass(frozen=True, slots=True)
class Values:
    """Pairs of one measurement, second minus first. `low` and `high` hold 95 % of such differences."""

    measurement: str
    pairs: int
    mean: float | None
    spread: float | None
    low: float | None
    high: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of the second looks of a round with the first; `lines` splits the answers by line."""

    visits: int
    answers: Answers
    lines: Mapping[str, Answers]
    values: tuple[Values, ...]


def agreement(round_id: int) -> Agreement:
    """The agreement of a round as far as second looks have been taken. Raises NoSuchThing."""
    if not Round.objects.filter(pk=round_id).exists():
        raise missing(_("round"))
    seconds = Visit.objects.filter(point__round_id=round_id, recheck_of__isnull=False)
    pairs = _answer_pairs(round_id)
    lines = {
        item: compare([p[1:] for p in pairs if p[0] == item]) for item in dict.fromkeys(p[0] for p in pairs)
    }
    measured = _value_pairs(round_id)
    values = tuple(
        differences(key, [p[1:] for p in measured if p[0] == key])
        for key in dict.fromkeys(p[0] for p in measured)
    )
    return Agreement(seconds.count(), compare([p[1:] for p in pairs]), lines, values)


def compare(pairs: Sequence[tuple[str, str]]) -> Answers:
    """Share of equal answers and kappa of (first, second) pairs."""
    equal = sum(first == second for first, second in pairs)
    if not pairs:
        return Answers(0, 0, None, _("No second look yet."))
    count = len(pairs)
    first, second = Counter(one for one, _two in pairs), Counter(two for _one, two in pairs)
    by_chance = sum(first[word] * second[word] for word in first) / count**2
    if by_chance == 1:
        return Answers(count, equal, None, _("All answers are the same: chance alone would agree as well."))
    return Answers(count, equal, (equal / count - by_chance) / (1 - by_chance))


def differences(measurement: str, pairs: Sequence[tuple[float, float]]) -> Values:
    """Mean and limits of agreement of second minus first."""
    diffs = [second - first for first, second in pairs]
    if not diffs:
        return Values(measurement, 0, None, None, None, None, _("No second look yet."))
    mean = sum(diffs) / len(diffs)
    if len(diffs) < FEWEST:
        return Values(measurement, len(diffs), mean, None, None, None, _("One pair alone has no spread."))
    spread = sqrt(sum((one - mean) ** 2 for one in diffs) / (len(diffs) - 1))
    return Values(measurement, len(diffs), mean, spread, mean - Z95 * spread, mean + Z95 * spread)


def _answer_pairs(round_id: int) -> list[tuple[str, str, str]]:
    """(line, first, second) for each line answered twice."""
    seconds = Finding.objects.filter(
        visit__recheck_of__isnull=False, visit__point__round_id=round_id
    ).values_list("visit__recheck_of_id", "item", "answer")
    second = {(visit, item): answer for visit, item, answer in seconds}
    firsts = Finding.objects.filter(visit__in={visit for visit, _item in second}).order_by("visit_id", "pk")
    return [
        (item, answer, second[visit, item])
        for visit, item, answer in firsts.values_list("visit_id", "item", "answer")
        if (visit, item) in second
    ]


def _value_pairs(round_id: int) -> list[tuple[str, float, float]]:
    """(measurement, first, second) for each quantity measured twice."""
    seconds = Reading.objects.filter(
        visit__recheck_of__isnull=False, visit__point__round_id=round_id
    ).values_list("visit__recheck_of_id", "measurement", "value")
    second = {(visit, key): float(value) for visit, key, value in seconds}
    firsts = Reading.objects.filter(visit__in={visit for visit, _key in second}).order_by("visit_id", "pk")
    return [
        (key, float(value), second[visit, key])
        for visit, key, value in firsts.values_list("visit_id", "measurement", "value")
        if (visit, key) in second
    ]
