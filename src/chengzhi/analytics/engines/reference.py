"""The oracle: each metric's plain-Python definition over a list of rows. No Django, no engine."""

from collections import Counter
from collections.abc import Iterable, Sequence

from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import Row
from chengzhi.analytics.tally import Tally, in_order


def tally(
    rows: Iterable[Row],
    metrics: Sequence[Metric],
    group: str | None,
    window: Window,
    options: Options,
) -> list[Tally]:
    """Count each metric per value of the column `group` (None: all rows together)."""
    above: Counter[tuple[str, int | None]] = Counter()
    below: Counter[tuple[str, int | None]] = Counter()
    for row in rows:
        place = None if group is None else row[group]
        for metric in metrics:
            counts_above, counts_below = metric.plain(row, window, options)
            above[metric.key, place] += bool(counts_above)
            below[metric.key, place] += bool(counts_below)
    return in_order(Tally(key, place, above[key, place], n) for (key, place), n in below.items())
