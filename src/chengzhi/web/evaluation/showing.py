"""Figures as a page shows them: words, percent, links to the cases behind each number."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.analytics.metric import Metric, Subject
from chengzhi.outcomes.drilling import subject_of
from chengzhi.outcomes.figures import COMPOSITE, By, Evaluation, Figure
from chengzhi.web.evaluation.choosing import Choice
from chengzhi.web.shell.wording import number


def language() -> str:
    """Language of the page for bilingual data."""
    return get_language() or "zh-hans"


def unit_name(figure: Figure) -> str:
    """A row's name in the page's language."""
    chinese = language().startswith("zh")
    return (figure.name if chinese else figure.name_en) or figure.name or _("without one")


def value_text(figure: Figure) -> str:
    """A share as percent, a count grouped, a score with one digit; a dash for nothing."""
    if figure.value is None:
        return "—"
    if figure.indicator == COMPOSITE:
        return number(figure.value, 1)
    return number(figure.value) if figure.denominator is None else f"{number(100 * figure.value, 1)}%"


@dataclass(frozen=True)
class Shown:
    """One figure with all that a cell or line needs."""

    figure: Figure
    text: str
    points: str
    grade: str
    colour: str
    above_url: str
    below_url: str
    change: str
    low: float | None
    high: float | None
    scaled: float | None


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 4)


def shown(choice: Choice, evaluation: Evaluation, figure: Figure, before: Figure | None = None) -> Shown:
    """One figure ready for the template."""
    colours = {band["grade"]: band["colour"] for band in evaluation.scheme.grades}
    rate = figure.denominator is not None
    low, high = figure.interval or (None, None)
    return Shown(
        figure=figure,
        text=value_text(figure),
        points="—" if figure.points is None else number(figure.points, 1),
        grade=figure.grade or "",
        colour=colours.get(figure.grade or "", ""),
        above_url=_cases_url(choice, figure, "numerator"),
        below_url=_cases_url(choice, figure, "denominator") if rate else "",
        change=_change(figure, before),
        low=_percent(low),
        high=_percent(high),
        scaled=_percent(figure.value) if rate else figure.value,
    )


def _cases_url(choice: Choice, figure: Figure, part: str) -> str:
    count = figure.numerator if part == "numerator" else figure.denominator
    if not count:
        return ""
    return choice.address("cases", unit=figure.unit or "", indicator=figure.indicator, part=part)


def _change(figure: Figure, before: Figure | None) -> str:
    if before is None or before.value is None or figure.value is None:
        return "—"
    if not figure.is_count and (before.small or figure.small):  # a count is no estimate
        return "—"
    gap = figure.value - before.value
    if figure.denominator is not None:
        return _("%(gap)s points") % {"gap": f"{100 * gap:+.1f}"}
    return f"{gap:+.1f}" if figure.indicator == COMPOSITE else f"{gap:+,.0f}"


def indicator_name(choice: Choice, indicator: str, unit: str | None = None) -> str:
    """Name of an indicator, or of the composite."""
    if indicator == COMPOSITE:
        return _("Composite score")
    metric = metric_named(choice, indicator, unit)
    return metric.name(language()) if metric else indicator


def metric_named(choice: Choice, indicator: str, unit: str | None = None) -> Metric | None:
    """The metric behind an indicator; for posts the unit tells which post."""
    subject = subject_of(choice.by, unit) if choice.by is By.POST and unit else None
    for metric in choice.metrics:
        if metric.indicator == indicator and subject in (None, metric.subject):
            return metric
    return None


def columns(choice: Choice, evaluation: Evaluation, subject: Subject) -> list[dict[str, Any]]:
    """Heads of an overview: the composite, then the indicators with their weights."""
    weights = evaluation.scheme.weights[subject]
    own = [metric for metric in choice.metrics if metric.subject is subject]
    own.sort(key=lambda m: (list(weights).index(m.indicator) if m.indicator in weights else 99, m.key))
    return [
        {
            "indicator": metric.indicator,
            "name": metric.name(language()),
            "weight": f"{100 * weights[metric.indicator]:.0f}%" if metric.indicator in weights else "",
            "fewer": metric.better == "fewer",
            "url": choice.address("indicator", metric.key),
        }
        for metric in own
    ]
