"""How are we doing: every unit of one kind in one period, every indicator, score and grade."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chengzhi.analytics.metric import POSTS, Subject
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import COMPOSITE, By, Evaluation, Figure, NoFigures
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation.choosing import Choice, choose
from chengzhi.web.evaluation.grade_map import grade_map
from chengzhi.web.evaluation.showing import Shown, columns, shown, unit_name

MOST = 300
"""Rows on one page; the workbook has all."""


@permitted("evaluation.view")
def index(request: Request) -> HttpResponse:
    """The overview of a period."""
    choice = choose(request)
    try:
        found = evaluate(choice.district, choice.period, choice.by)
    except NoFigures as problem:
        return render(request, "evaluation/waiting.html", {"choice": choice, "problem": problem})
    facts: dict[str, Any] = {"choice": choice, "evaluation": found, "xlsx": choice.address("export")}
    if choice.by is By.POST:
        facts["posts"] = [_post(choice, found, subject) for subject in POSTS]
        return render(request, "evaluation/posts.html", facts)
    before = _before(choice)
    subject = Subject.DEPARTMENT if choice.by is By.DEPARTMENT else Subject.AREA
    heads = columns(choice, found, subject)
    lines = _lines(choice, found, before, heads)
    facts |= {
        "columns": heads,
        "lines": lines[:MOST],
        "hidden": max(0, len(lines) - MOST),
        "counted": any(line["score"].figure.n or line["any"] for line in lines),
        "total_weight": round(100 * sum(found.scheme.weights[subject].values())),
        "least": found.scheme.minimum_cases,
        "map": grade_map(choice, _("Composite score"), _scores(lines[:MOST])),
    }
    return render(request, "evaluation/overview.html", facts)


def _scores(lines: list[dict[str, Any]]) -> list[tuple[str, str, Shown]]:
    return [(line["name"], f"#unit-{line['unit']}", line["score"]) for line in lines]


def _before(choice: Choice) -> dict[tuple[str | None, str], Figure]:
    rows = evaluate(choice.district, choice.period.previous(), choice.by).rows
    return {(row.unit, row.indicator): row for row in rows}


def _lines(
    choice: Choice,
    found: Evaluation,
    before: dict[tuple[str | None, str], Figure],
    heads: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    units: dict[str | None, dict[str, Figure]] = {}
    for row in found.rows:
        units.setdefault(row.unit, {})[row.indicator] = row
    lines = []
    for unit, figures in units.items():
        cells = [shown(choice, found, figures[head["indicator"]]) for head in heads]
        score = figures[COMPOSITE]
        lines.append({
            "name": unit_name(score),
            "unit": unit,
            "score": shown(choice, found, score, before.get((unit, COMPOSITE))),
            "cells": [{"head": head["name"], "shown": cell} for head, cell in zip(heads, cells, strict=True)],
            "any": any(cell.figure.numerator or cell.figure.denominator for cell in cells),
        })  # fmt: skip
    return lines


def _post(choice: Choice, found: Evaluation, subject: Subject) -> dict[str, Any]:
    rows = {row.indicator: row for row in found.rows if row.unit == subject.value}
    score = rows[COMPOSITE]
    least = found.scheme.minimum_holders
    return {
        "name": unit_name(score),
        "holders": score.holders or 0,
        "enough": (score.holders or 0) >= least,
        "why": _("Shown from %(n)d holders on, so that no figure is one person's.") % {"n": least},
        "score": shown(choice, found, score),
        "lines": [
            {
                **head,
                "shown": shown(choice, found, rows[head["indicator"]]),
                "spread": _spread(rows[head["indicator"]]),
            }
            for head in columns(choice, found, subject)
        ],
    }


def _spread(figure: Figure) -> str:
    if figure.spread is None:
        return "—"
    if figure.denominator is None:
        return " · ".join(f"{value:,.0f}" for value in figure.spread)
    return " · ".join(f"{100 * value:.1f}%" for value in figure.spread)
