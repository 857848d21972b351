"""From any number back to the very cases it counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from chengzhi.analytics.metric import POSTS, Metric, Subject, UnknownMetric
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.periods import Period
from chengzhi.outcomes.evaluation import COLUMN, evaluate
from chengzhi.outcomes.figures import By, TooFewHolders, UnknownUnit
from chengzhi.outcomes.queries import scheme_of
from chengzhi.outcomes.reading import open_reading
from chengzhi.outcomes.scheme import Scheme
from chengzhi.outcomes.subjects import places_of
from chengzhi.places.models import District

Part = Literal["numerator", "denominator"]


@dataclass(frozen=True)
class Page:
    """Case numbers behind a figure; `after` asks for the next page, None at the end."""

    as_of: datetime
    cases: tuple[int, ...]
    after: int | None


def subject_of(by: By, unit: str | None) -> Subject:
    """Whom a row of this kind is about. Raises UnknownUnit for an unknown post."""
    if by is By.POST:
        try:
            return next(subject for subject in POSTS if subject.value == unit)
        except StopIteration:
            raise UnknownUnit(_("There is no such post.")) from None
    return Subject.DEPARTMENT if by is By.DEPARTMENT else Subject.AREA


def metric_of(subject: Subject, indicator: str) -> Metric:
    """The metric of a subject by its indicator name. Raises UnknownMetric."""
    found = METRICS.get(f"{subject.value}_{indicator}")
    if found is None:
        raise UnknownMetric(
            _("There is no indicator “%(name)s” for this kind of unit.") % {"name": indicator[:60]}
        )
    return found


def drill(
    district: District,
    period: Period,
    by: By | str,
    unit: str | None,
    indicator: str,
    part: Part = "numerator",
    *,
    after: int = 0,
    limit: int = 50,
) -> Page:
    """The very cases a number counts, in order of entry, from the same snapshot.

    A check that opened no case is counted, but has none to show.

    Parameters
    ----------
    unit : code of the row; None for the row without a unit. part : numerator or denominator.

    Raises UnknownUnit, UnknownMetric, TooFewHolders, NoFigures.
    """
    from chengzhi.analytics.engines import duckdb

    by = By(by)
    metric = metric_of(subject_of(by, unit), indicator)
    scheme = scheme_of(district, period.last)
    if by is By.POST:
        _refuse_few(district, period, str(unit), scheme)
    reading = open_reading(district, period, scheme)
    group, value = (None, None) if by is By.POST else (COLUMN[by], _unit_id(district, by, unit))
    with reading.engine(metric.anchor(scheme.options)) as engine:
        found = duckdb.rows(
            engine, metric, "above" if part == "numerator" else "below",
            group, value, reading.window, scheme.options, after, limit + 1,
        )  # fmt: skip
    more = found[limit - 1][0] if len(found) > limit else None
    return Page(reading.manifest.as_of, tuple(case for _, case in found[:limit] if case), more)


def _unit_id(district: District, by: By, unit: str | None) -> int | None:
    if not unit:
        return None
    for place in places_of(district.pk, by, code=unit):
        return place.id
    raise UnknownUnit(_("The district has no unit with this code."))


def _refuse_few(district: District, period: Period, unit: str, scheme: Scheme) -> None:
    rows = [row for row in evaluate(district, period, By.POST, scheme).rows if row.unit == unit]
    if not rows or (rows[0].holders or 0) < scheme.minimum_holders:
        raise TooFewHolders(
            _("This post has too few holders to be shown."),
            _("Fewer than %(n)d people: the figure would be one person's.") % {"n": scheme.minimum_holders},
        )
