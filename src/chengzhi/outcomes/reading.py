"""Open one snapshot of a district's flat tables for one period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.analytics import manifest as manifests
from chengzhi.analytics.manifest import Manifest
from chengzhi.analytics.metric import Metric
from chengzhi.analytics.periods import Period, Window
from chengzhi.analytics.refresh import folder_of
from chengzhi.analytics.tally import Tally, in_order
from chengzhi.outcomes.figures import NoFigures
from chengzhi.outcomes.scheme import Scheme
from chengzhi.places.models import District

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Reading:
    """One snapshot, one window, one way of judging.

    Ibis and DuckDB take a second to import, so they are imported only when figures are read.
    """

    manifest: Manifest
    folder: Path
    window: Window
    scheme: Scheme

    def engine(self, anchor: str) -> "DuckDBPyConnection":
        """DuckDB over the files that can hold a row placed in the window by this time."""
        from chengzhi.analytics.engines import duckdb

        return duckdb.connect(self.manifest.files(self.folder, self.window, [anchor]))

    def tally(self, metrics: Sequence[Metric], group: str | None) -> list[Tally]:
        """Count metrics of one flat table per value of a column."""
        from chengzhi.analytics.engines import duckdb, expression

        found: list[Tally] = []
        options = self.scheme.options
        for anchor, alike in expression.by_anchor(metrics, options).items():
            with self.engine(anchor) as engine:
                found += duckdb.tally(engine, alike, group, self.window, options)
        return in_order(found)


def open_reading(district: District, period: Period, scheme: Scheme) -> Reading:
    """The district's snapshot in force, and the period cut at its moment. Raises NoFigures."""
    folder = folder_of(district.slug)
    manifest = manifests.load(folder)
    if manifest is None:
        raise NoFigures(
            _("The figures of %(district)s are not prepared yet.")
            % {"district": district.name if (get_language() or "en").startswith("zh") else district.name_en},
            _("They are written every two minutes while the worker runs."),
            _("Wait a moment, or run “chengzhi evaluate”, which prepares them."),
        )
    window = period.window(district.zone, until=manifest.as_of)
    return Reading(manifest, folder, window, scheme)


def snapshot_moment(district: District) -> datetime | None:
    """When the figures in force were read from the database."""
    manifest = manifests.load(folder_of(district.slug))
    return manifest.as_of if manifest else None
