"""One indicator: every unit's numerator, denominator, uncertainty, points, grade, change, and method."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from chengzhi.analytics.metric import POSTS, Metric, Words
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.tally import Tally
from chengzhi.outcomes.evaluation import evaluate, trend
from chengzhi.outcomes.figures import By, Evaluation, NoFigures
from chengzhi.outcomes.subjects import places_of
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation.choosing import Choice, choose
from chengzhi.web.evaluation.grade_map import grade_map
from chengzhi.web.evaluation.showing import language, shown, unit_name

MOST = 300
PERIODS, PANELS = 6, 9


@dataclass(frozen=True)
class Panels:
    """Small multiples: a panel per unit, a point per period; None where there are too few cases."""

    names: list[str]
    lines: list[tuple[str, list[float | None]]]


@permitted("evaluation.view")
def page(request: Request, name: str) -> HttpResponse:
    """`name` is the key of a metric, such as department_closing_rate."""
    choice, metric = choose(request), METRICS.get(name)
    if metric is None or metric not in choice.metrics:
        raise Http404
    try:
        found = evaluate(choice.district, choice.period, choice.by)
    except NoFigures as problem:
        return render(request, "evaluation/waiting.html", {"choice": choice, "problem": problem})
    name_shown = metric.name(language())
    lines = _lines(choice, metric, found)[:MOST]
    areas = [(one["name"], one["shown"].below_url or one["shown"].above_url, one["shown"]) for one in lines]
    facts = {
        "choice": choice,
        "evaluation": found,
        "metric": metric,
        "method": method(metric),
        "name": name_shown,
        "lines": lines,
        "map": grade_map(choice, name_shown, areas),
        "least": found.scheme.minimum_cases,
        "trend": _trend(choice, metric, found.scheme.minimum_cases) if choice.by is not By.POST else None,
    }
    return render(request, "evaluation/indicator.html", facts)


def _lines(choice: Choice, metric: Metric, found: Evaluation) -> list[dict[str, Any]]:
    of_post = metric.subject.value if metric.subject in POSTS else None
    earlier = evaluate(choice.district, choice.period.previous(), choice.by)
    before = {row.unit: row for row in earlier.of(metric.indicator) if of_post in (None, row.unit)}
    rows = [row for row in found.of(metric.indicator) if of_post in (None, row.unit)]
    return [
        {"name": unit_name(row), "shown": shown(choice, found, row, before.get(row.unit))} for row in rows
    ]


def _trend(choice: Choice, metric: Metric, least: int) -> Panels | None:
    periods = [choice.period]
    while len(periods) < PERIODS:
        periods.insert(0, periods[0].previous())
    counted = trend(choice.district, metric, choice.by, periods)
    total: Counter[int | None] = Counter()
    for period in counted:
        total.update({unit: tally.below for unit, tally in period.items()})
    places = {place.id: place for place in places_of(choice.district.pk, choice.by)}
    largest = [unit for unit, _ in total.most_common() if unit in places][:PANELS]
    shown_units = [unit for unit in places if unit in largest]
    if sum(bool(period) for period in counted) < 2:
        return None
    names = [places[u].name if language().startswith("zh") else places[u].name_en for u in shown_units]
    lines = [
        (period.label, [_point(metric, found.get(unit), least) for unit in shown_units])
        for period, found in zip(periods, counted, strict=True)
    ]
    return Panels(names, lines)


def _point(metric: Metric, tally: Tally | None, least: int) -> float | None:
    if tally is None:
        return None if metric.is_rate else 0
    if not metric.is_rate:
        return tally.above
    return round(100 * tally.above / tally.below, 2) if tally.below >= least else None


def _said(words: Words | None) -> str:
    return words(language()) if words else ""


def method(metric: Metric) -> dict[str, str]:
    """The method in words."""
    return {
        "meaning": metric.meaning(language()),
        "formula": metric.formula(language()),
        "due": _said(metric.due),
        "source": metric.source,
        "better": metric.better,
    }
