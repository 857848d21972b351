"""PostgreSQL: the same expressions over the flat tables made on the fly, without a stored copy.

Slower than Parquet, but it reads what was committed a moment ago; used to check the other engine.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from chengzhi.analytics.engines.expression import by_anchor, tallies, tally_sql
from chengzhi.analytics.metric import Metric, Options
from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import TABLES
from chengzhi.analytics.tally import Tally, in_order


class Cursor(Protocol):
    """What is needed of a database cursor."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a query."""
        ...

    def fetchall(self) -> Any:
        """All rows."""
        ...


def tally(
    cursor: Cursor,
    metrics: Sequence[Metric],
    group: str | None,
    window: Window,
    options: Options,
    *,
    district_id: int | None = None,
) -> list[Tally]:
    """Count metrics of one flat table per value of the column `group`.

    With `district_id` the flat table is made from that district's cases; without, a table or
    view of its name must exist.
    """
    found: list[Tally] = []
    for alike in by_anchor(metrics, options).values():
        sql = tally_sql(alike, group, window, options, "postgres")
        if district_id is not None:
            table = TABLES[metrics[0].table]
            made = table.select().format(where=f"c.district_id = {int(district_id)}")
            sql = f"WITH {table.name} AS ({made}) SELECT * FROM ({sql}) counted"
        cursor.execute(sql)
        found += tallies(alike, cursor.fetchall())
    return in_order(found)
