"""One indicator: every unit's numerator, denominator, uncertainty, points, grade, change, and method."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from chengzhi.analytics.metric import POSTS, Metric, Words
from chengzhi.analytics.metrics import METRICS
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import Evaluation, NoFigures
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation.choosing import Choice, choose
from chengzhi.web.evaluation.showing import language, shown, unit_name

MOST = 300


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
    facts = {
        "choice": choice,
        "evaluation": found,
        "metric": metric,
        "method": method(metric),
        "name": metric.name(language()),
        "lines": _lines(choice, metric, found)[:MOST],
        "least": found.scheme.minimum_cases,
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
