"""Open one snapshot of a district's flat tables for one period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.manifest import Manifest
from chengzhi.analytics.metric import Metric
from chengzhi.analytics.periods import Period, Window
from chengzhi.analytics.refresh import folder_of
from chengzhi.analytics.tally import Tally
from chengzhi.outcomes.figures import NoFigures
from chengzhi.outcomes.scheme import Scheme
from chengzhi.places.models import District

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Reading:
    """One snapshot, one window, one way of judging."""

    manifest: Manifest
    window: Window
    scheme: Scheme
    engine: "DuckDBPyConnection"

    def tally(self, metrics: Sequence[Metric], group: str | None) -> list[Tally]:
        """Count metrics of one flat table per value of a column."""
        from chengzhi.analytics.engines import duckdb

        return duckdb.tally(self.engine, metrics, group, self.window, self.scheme.options)


def open_reading(district: District, period: Period, metrics: Iterable[Metric], scheme: Scheme) -> Reading:
    """Only the files that can matter to the metrics in the period. Raises NoFigures."""
    # Ibis and DuckDB take a second to import: only when figures are really read
    from chengzhi.analytics.engines import duckdb

    folder = folder_of(district.slug)
    manifest = manifests.load(folder)
    if manifest is None:
        raise NoFigures(
            f"The figures of {district.name_en} are not prepared yet.",
            "They are written every two minutes while the worker runs.",
            "Wait a moment, or run chengzhi evaluate, which prepares them.",
        )
    window = period.window(district.zone, until=manifest.as_of)
    anchors = {anchor for metric in metrics for anchor in metric.anchors}
    return Reading(manifest, window, scheme, duckdb.connect(manifest.files(folder, window, anchors)))


def snapshot_moment(district: District) -> datetime | None:
    """When the figures in force were read from the database."""
    manifest = manifests.load(folder_of(district.slug))
    return manifest.as_of if manifest else None
