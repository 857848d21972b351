"""Group-time effects of Callaway and Sant'Anna and their four summaries.

Source: Callaway & Sant'Anna 2021, J. Econometrics 225:200. Doubly robust, varying base.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.drdid import drdid
from chengzhi.outcomes.effects.panel import Numbers, Panel
from chengzhi.outcomes.effects.problems import NoControl

#: So many clusters for each cell, and chi-square is near enough.
PLENTY = 20

Control = Literal["never", "notyet"]


@dataclass(frozen=True)
class Effect:
    """An effect with its influence function over all units (length N)."""

    att: float
    influence: Numbers


@dataclass(frozen=True)
class GroupTime:
    """Effect of the cohort first treated at position `group`, at position `time`."""

    group: int
    time: int
    effect: Effect


@dataclass(frozen=True)
class GroupTimes:
    """All group-time effects of a panel."""

    panel: Panel
    control: Control
    cells: Sequence[GroupTime]

    def se(self, effect: Effect) -> float | None:
        """Standard error, clustered where the panel is; None where chance cannot be told."""
        sums = np.bincount(self.panel.cluster, weights=effect.influence)
        variance = float((sums**2).sum()) / self.panel.n**2
        return float(np.sqrt(variance)) if variance > 1e-24 else None

    def average(self, cells: Sequence[GroupTime]) -> Effect:
        """Mean weighted by cohort size, the weights' own chance included."""
        first, n = self.panel.first, self.panel.n
        att = np.array([one.effect.att for one in cells])
        member = np.column_stack([(first == one.group).astype(np.float64) for one in cells])
        share = member.mean(axis=0)
        total, off = share.sum(), member - share
        weights = share / total
        chance = off / total - off.sum(axis=1)[:, None] * share[None, :] / total**2
        influence = np.column_stack([one.effect.influence for one in cells]) @ weights + chance @ att
        return Effect(float(att @ weights), influence.reshape(n))

    def simple(self) -> Effect:
        """Over all cells under treatment."""
        return self.average([one for one in self.cells if one.time >= one.group])

    def event(self) -> dict[int, Effect]:
        """By time since the start."""
        since = sorted({one.time - one.group for one in self.cells})
        return {e: self.average([one for one in self.cells if one.time - one.group == e]) for e in since}

    def dynamic(self) -> Effect:
        """Plain mean over the times since the start, 0 and later."""
        return mean([one for e, one in self.event().items() if e >= 0])

    def group(self) -> Effect:
        """By cohort, then weighted by its size."""
        after = {g: [one for one in self.cells if one.group == g <= one.time] for g in self.cohorts}
        return self.average([GroupTime(g, g, mean([one.effect for one in of])) for g, of in after.items()])

    def calendar(self) -> Effect:
        """By time, then plainly over times."""
        times = sorted({one.time for one in self.cells if one.time >= one.group})
        return mean([
            self.average([one for one in self.cells if one.time == t and one.group <= t]) for t in times
        ])  # fmt: skip

    @property
    def cohorts(self) -> list[int]:
        """Cohorts with a cell under treatment."""
        return sorted({one.group for one in self.cells if one.time >= one.group})

    def _smallest(self, before: Sequence[Effect]) -> float | None:
        """The least p of the cells times their number (Bonferroni), where units are too few for Wald."""
        df = max(len(np.unique(self.panel.cluster)) - 1, 1)
        ratios = [abs(one.att / se) for one in before if (se := self.se(one)) is not None]
        return min(1.0, len(ratios) * float(2 * stats.t.sf(max(ratios), df))) if ratios else None

    def pretrend(self) -> float | None:
        """p of the Wald test that all cells before treatment are zero; None where it cannot be asked."""
        before = [one.effect for one in self.cells if one.time < one.group]
        if not before:
            return None
        sums = np.column_stack([
            np.bincount(self.panel.cluster, weights=one.influence) for one in before
        ])  # fmt: skip
        covariance = sums.T @ sums / self.panel.n**2
        if np.linalg.matrix_rank(covariance) < len(before) or len(before) * 2 >= len(sums):
            return self._smallest(before)
        att = np.array([one.att for one in before])
        wald = float(att @ np.linalg.solve(covariance, att))
        clusters, cells = len(np.unique(self.panel.cluster)), len(before)
        if clusters > PLENTY * cells:
            return float(stats.chi2.sf(wald, cells))
        # Hotelling: chi-square refuses far too often where cells are many and units few.
        return float(
            stats.f.sf(wald * (clusters - cells) / (cells * (clusters - 1)), cells, clusters - cells)
        )


def mean(effects: Sequence[Effect]) -> Effect:
    """Plain mean of effects with fixed weights."""
    return Effect(
        float(np.mean([one.att for one in effects])), np.mean([one.influence for one in effects], axis=0)
    )


def controls(panel: Panel, control: Control | None) -> Control:
    """The comparison asked for, else never-treated units where there are any.

    Raises
    ------
    NoControl: there is nobody to compare with.
    """
    if control == "never" and not panel.never.any():
        raise NoControl(
            _("No unit stays untreated."),
            "",
            _("Use --control notyet, or --method its where all start at once."),
        )
    if not panel.never.any() and len(panel.cohorts) < 2:
        raise NoControl(
            _("All units are treated from the same time on."),
            _("Then nothing tells the effect from what would have happened anyway."),
            _("Use --method its, or add untreated units."),
        )
    return control or ("never" if panel.never.any() else "notyet")


def group_times(panel: Panel, control: Control | None = None, universal: bool = False) -> GroupTimes:
    """Every group-time effect.

    Parameters
    ----------
    universal: compare with the last time before the start also before it (Sun & Abraham), else each
        time before it with the one before that.
    """
    kind = controls(panel, control)
    cells = [
        GroupTime(g, t, effect)
        for g in panel.cohorts
        for t in range(panel.t)
        if (effect := _cell(panel, kind, g, t, universal)) is not None
    ]
    if not any(one.time >= one.group for one in cells):
        raise NoControl(_("No treated time has an untreated unit beside it."), "", _("Add untreated units."))
    return GroupTimes(panel, kind, cells)


def base(g: int, t: int, universal: bool) -> int:
    """The time compared with."""
    return g - 1 if t >= g or universal else t - 1


def _cell(panel: Panel, control: Control, g: int, t: int, universal: bool) -> Effect | None:
    before = base(g, t, universal)
    if before < 0 or before == t:
        return None
    treated = panel.first == g
    later = panel.first > max(t, before)
    beside = panel.never if control == "never" else later & ~treated
    if not beside.any():
        return None
    among = treated | beside
    x = panel.x[among, min(before, t)]
    att, own = drdid((panel.y[:, t] - panel.y[:, before])[among], treated[among], x)
    influence = np.zeros(panel.n)
    influence[among] = own * panel.n / among.sum()
    return Effect(att, influence)
