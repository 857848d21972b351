"""Metrics as Ibis expressions, compiled to the SQL of an engine."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

import ibis

from chengzhi.analytics.declare import within
from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import TABLES
from chengzhi.analytics.tally import Tally, in_order

Dialect = Literal["duckdb", "postgres"]
Side = Literal["above", "below"]


def _flat(name: str) -> Any:
    return ibis.table(TABLES[name].ibis_schema(), name=name)


def _part(metric: Metric, side: Side, t: Any, window: Window, options: Options) -> Any:
    if side == "below" and metric.denominator is not None:
        return metric.denominator(t, window, options)
    return metric.numerator(t, window, options)


def by_anchor(metrics: Sequence[Metric], options: Options) -> dict[str, tuple[Metric, ...]]:
    """Metrics that share the time by which a row falls into a period."""
    found: dict[str, tuple[Metric, ...]] = {}
    for metric in metrics:
        anchor = metric.anchor(options)
        found[anchor] = (*found.get(anchor, ()), metric)
    return found


@lru_cache(maxsize=512)
def tally_sql(
    metrics: tuple[Metric, ...],
    group: str | None,
    window: Window,
    options: Options,
    dialect: Dialect,
) -> str:
    """One SELECT: the group, then counts above and below for each metric in turn.

    All must have one table and one anchor: a plain range, by which an engine skips most of a file.
    """
    t = _flat(metrics[0].table)
    (anchor,) = by_anchor(metrics, options)
    sums: dict[str, Any] = {}
    for place, metric in enumerate(metrics):
        for side in ("above", "below"):
            part = _part(metric, side, t, window, options)
            # no booleans, no decimals: 0/1 summed, and PostgreSQL's numeric made an integer again
            sums[f"{side}_{place}"] = part.ifelse(1, 0).sum().fill_null(0).cast("int64")
    t = t.filter(within(t[anchor], window))
    if group is None:
        query = t.aggregate(**sums).mutate(place=ibis.null().cast("int64"))
    else:
        query = t.group_by(place=t[group]).aggregate(**sums)
    return str(ibis.to_sql(query.select("place", *sums), dialect=dialect))


@lru_cache(maxsize=512)
def cube_sql(
    metric: Metric, columns: tuple[str, ...], window: Window, options: Options, dialect: Dialect
) -> str:
    """One SELECT: the values of several columns, then the counts above and below for each combination."""
    t = _flat(metric.table)
    sums = {
        side: _part(metric, side, t, window, options).ifelse(1, 0).sum().fill_null(0).cast("int64")
        for side in ("above", "below")
    }
    t = t.filter(within(t[metric.anchor(options)], window))
    query = t.group_by([t[name] for name in columns]).aggregate(**sums)
    return str(ibis.to_sql(query.select(*columns, "above", "below"), dialect=dialect))


@lru_cache(maxsize=512)
def rows_sql(
    metric: Metric,
    side: Side,
    group: str | None,
    value: int | None,
    window: Window,
    options: Options,
    dialect: Dialect,
    after: int,
    limit: int,
) -> str:
    """One SELECT: ids of the rows that count on one side, and of their cases, in order of id."""
    t = _flat(metric.table)
    chosen = within(t[metric.anchor(options)], window) & _part(metric, side, t, window, options)
    chosen = chosen & (t.id > after)
    if group is not None:
        chosen = chosen & (t[group].isnull() if value is None else t[group] == value)
    case = t.id if metric.table == "cases_flat" else t.case_id
    query = t.filter(chosen).select(row=t.id, case=case).order_by("row").limit(limit)
    return str(ibis.to_sql(query, dialect=dialect))


def tallies(metrics: Sequence[Metric], rows: Iterable[Sequence[Any]]) -> list[Tally]:
    """Turn the rows of `tally_sql` into tallies."""
    found = []
    for group, *counts in rows:
        for place, metric in enumerate(metrics):
            above, below = int(counts[2 * place]), int(counts[2 * place + 1])
            found.append(Tally(metric.key, group, above, below))
    return in_order(found)
