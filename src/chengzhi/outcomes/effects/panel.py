"""A balanced panel: units by times, with each unit's first treated time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from chengzhi.errors import Sentence

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]
#: The position of a first treated time that never comes.
NEVER_TREATED = 10**9


@dataclass(frozen=True)
class Columns:
    """Which column of a file says what."""

    unit: str
    time: str
    outcome: str
    treated_from: str
    covariates: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True)
class Panel:
    """Outcomes of every unit at every time.

    Parameters
    ----------
    units: names, length N.
    times: as the file writes them, length T, one apart.
    y: N × T, finite.
    first: position in `times` of the first treated time, NEVER_TREATED where it does not come; length N.
    x: N × T × K covariates.
    cluster: code of the cluster of each unit; every unit its own where none is named.
    season: times in a season, 0 where unknown.
    """

    units: tuple[str, ...]
    times: tuple[str, ...]
    y: Numbers
    first: Codes
    x: Numbers
    cluster: Codes
    columns: Columns
    season: int = 0
    kind: str = "integer"
    warnings: tuple[Sentence, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of units."""
        return len(self.units)

    @property
    def t(self) -> int:
        """Number of times."""
        return len(self.times)

    @property
    def never(self) -> NDArray[np.bool_]:
        """Which units are never treated."""
        return np.asarray(self.first == NEVER_TREATED)

    @property
    def cohorts(self) -> list[int]:
        """First treated positions that occur, in order."""
        return [int(one) for one in np.unique(self.first[~self.never])]

    @property
    def treated(self) -> Numbers:
        """N × T, 1 where a unit is under treatment."""
        return (np.arange(self.t)[None, :] >= self.first[:, None]).astype(np.float64)

    def taken(self, rows: NDArray[np.bool_], *said: Sentence) -> "Panel":
        """The same with some units only, and why."""
        return replace(
            self, units=tuple(np.array(self.units, dtype=object)[rows]), y=self.y[rows], x=self.x[rows],
            first=self.first[rows], cluster=self.cluster[rows], warnings=(*self.warnings, *said),
        )  # fmt: skip
