"""How areas, departments and posts did in a period: counts, shares, points, composites, grades.

Never a named person: a post is shown as a whole, with quartiles over its holders, from five on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import quantiles
from typing import Any

from chengzhi.analytics.metric import POSTS, Metric, Subject
from chengzhi.analytics.metrics import of
from chengzhi.analytics.periods import Period
from chengzhi.analytics.tally import Tally, wilson
from chengzhi.outcomes.figures import COMPOSITE, By, Evaluation, Figure
from chengzhi.outcomes.points import composite, grade_of, rate_points, step_points
from chengzhi.outcomes.queries import scheme_of
from chengzhi.outcomes.reading import Reading, open_reading
from chengzhi.outcomes.scheme import Scheme
from chengzhi.outcomes.subjects import Place, places_of
from chengzhi.people.roles import roles
from chengzhi.places.models import District

COLUMN: Mapping[By, str] = {
    By.STREET: "street", By.COMMUNITY: "area", By.CELL: "cell", By.DEPARTMENT: "unit",
}  # fmt: skip


def evaluate(district: District, period: Period, by: By | str, scheme: Scheme | None = None) -> Evaluation:
    """Every indicator and the composite for each unit.

    Parameters
    ----------
    by : street, community, cell, department or post.
    scheme : how to judge; the district's own on the last day of the period if not given.

    Raises NoFigures before the first snapshot.
    """
    by = By(by)
    scheme = scheme or scheme_of(district, period.last)
    if by is By.POST:
        reading = open_reading(district, period, scheme)
        rows = [row for subject in POSTS for row in _post_rows(reading, subject)]
    else:
        subject = Subject.DEPARTMENT if by is By.DEPARTMENT else Subject.AREA
        reading = open_reading(district, period, scheme)
        rows = _unit_rows(reading, subject, places_of(district.pk, by), COLUMN[by])
    return Evaluation(reading.manifest.as_of, period, by, scheme, tuple(rows))


def trend(
    district: District, metric: Metric, by: By | str, periods: Sequence[Period]
) -> list[dict[int | None, Tally]]:
    """One metric over several periods: for each, unit id -> counts. Not for posts."""
    found = []
    for period in periods:
        reading = open_reading(district, period, scheme_of(district, period.last))
        found.append({tally.group: tally for tally in reading.tally([metric], COLUMN[By(by)])})
    return found


def ordered(subject: Subject, scheme: Scheme) -> list[Metric]:
    """The subject's metrics: those of the composite in its order, then the others."""
    weights = list(scheme.weights[subject])
    found = of(subject)
    return sorted(found, key=lambda m: (weights.index(m.indicator) if m.indicator in weights else 99, m.key))


def _unit_rows(reading: Reading, subject: Subject, places: Sequence[Place], column: str) -> list[Figure]:
    metrics = ordered(subject, reading.scheme)
    counted = {(t.metric, t.group): t for t in reading.tally(metrics, column)}
    groups = {group for _, group in counted}
    known = {place.id for place in places}
    shown = [place for place in places if place.always or place.id in groups]
    if groups - known:
        shown.append(Place(None, None, "未落位或未派遣", "without a place or department"))
    rows = []
    for place in shown:
        figures = [_unit_figure(reading.scheme, metric, place, counted, known) for metric in metrics]
        rows += [*figures, _composite(reading.scheme, subject, figures, metrics)]
    return rows


def _unit_figure(
    scheme: Scheme,
    metric: Metric,
    place: Place,
    counted: Mapping[tuple[str, int | None], Tally],
    known: set[int | None],
) -> Figure:
    if place.id is None:  # whatever has no unit of this kind, so that the sums agree
        loose = [t for (key, group), t in counted.items() if key == metric.key and group not in known]
        return _figure(metric, place, sum(t.above for t in loose), sum(t.below for t in loose))
    tally = counted.get((metric.key, place.id))
    above, below = (tally.above, tally.below) if tally else (0, 0)
    figure = _figure(metric, place, above, below)
    if metric.is_rate:
        return _judged_rate(scheme, metric, figure)
    return _judged(figure, step_points(above, _steps(scheme, metric, place)), scheme)


def _steps(scheme: Scheme, metric: Metric, place: Place) -> Any:
    if metric.subject is Subject.AREA:
        steps = scheme.area_points
        return steps.get(str(place.area_class)) or steps[min(steps)]
    group = scheme.groups.get(place.code or "", "")
    return scheme.department_points.get(group) or scheme.department_points[""]


def _figure(metric: Metric, place: Place, above: int, below: int) -> Figure:
    rate = metric.is_rate
    value = (above / below if below else None) if rate else above
    return Figure(
        place.code, place.name, place.name_en, metric.indicator, above, below if rate else None,
        value, None, None, below if rate else above, wilson(above, below) if rate else None,
    )  # fmt: skip


def _small(figure: Figure, scheme: Scheme) -> bool:
    return figure.n < max(1, scheme.minimum_cases)


def _judged_rate(scheme: Scheme, metric: Metric, figure: Figure) -> Figure:
    above, below = figure.numerator or 0, figure.denominator or 0
    points = None if _small(figure, scheme) else rate_points(above, below, metric.better)
    return _judged(figure, points, scheme)


def _judged(figure: Figure, points: float | None, scheme: Scheme) -> Figure:
    """Points and grade. The bands of a plain count begin at nought, a grade only at the least sample:
    "no case filed" counts in a composite, but says nothing of who had none to file."""
    small = points is None or _small(figure, scheme)
    grade = None if points is None or small else grade_of(points, scheme.grades)
    return replace(figure, points=points, grade=grade, small=small)


def _composite(
    scheme: Scheme, subject: Subject, figures: Sequence[Figure], metrics: Sequence[Metric]
) -> Figure:
    points = {figure.indicator: figure.points for figure in figures}
    score = composite(points, scheme.weights[subject])
    weighted = [
        (figure.n, metric.is_rate)
        for figure, metric in zip(figures, metrics, strict=True)
        if metric.indicator in scheme.weights[subject]
    ]
    # a count rests on no sample; only where nothing but counts is weighted is it one itself
    sizes = [n for n, is_rate in weighted if is_rate] or [n for n, _ in weighted]
    first = figures[0]
    empty = Figure(
        first.unit, first.name, first.name_en, COMPOSITE, None, None, score, None, None,
        min(sizes, default=0), holders=first.holders,
    )  # fmt: skip
    return _judged(empty, score, scheme)


def _post_rows(reading: Reading, subject: Subject) -> list[Figure]:
    metrics = ordered(subject, reading.scheme)
    role = roles()[subject.value]
    place = Place(None, subject.value, role.name, role.name_en)
    found = {metric.key: reading.tally([metric], metric.holder) for metric in metrics}
    heads = {t.group for tallies in found.values() for t in tallies if t.group is not None}
    enough = len(heads) >= reading.scheme.minimum_holders
    figures = [
        _post_figure(reading.scheme, metric, place, found[metric.key], len(heads), enough)
        for metric in metrics
    ]
    return [*figures, _composite(reading.scheme, subject, figures, metrics)]


def _post_figure(
    scheme: Scheme, metric: Metric, place: Place, tallies: Sequence[Tally], heads: int, enough: bool
) -> Figure:
    if not enough:  # the figure of so few is a person's: nothing but the head count is told
        hidden = Figure(
            place.code, place.name, place.name_en, metric.indicator, None, None, None, None, None, 0
        )
        return replace(hidden, small=True, holders=heads)
    above, below = sum(t.above for t in tallies), sum(t.below for t in tallies)
    figure = replace(_figure(metric, place, above, below), holders=heads)
    held = [t for t in tallies if t.group is not None]
    if metric.is_rate:
        judged = _judged_rate(scheme, metric, figure)
        each = [t.above / t.below for t in held if t.below >= scheme.minimum_cases]
    else:
        judged = _judged(figure, step_points(above / heads, scheme.post_points), scheme)
        each = [float(t.above) for t in held]
    spread = None
    if len(each) >= scheme.minimum_holders:
        low, middle, high = quantiles(each, n=4, method="inclusive")
        spread = (low, middle, high)
    return replace(judged, spread=spread)
