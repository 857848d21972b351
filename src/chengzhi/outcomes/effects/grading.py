"""How far a design carries: grade A to D, what could be seen at least, and what to beware of."""

import numpy as np
from scipy import stats

from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import Panel
from chengzhi.outcomes.effects.result import Found

#: What every page and export says at grade C or D.
NOT_ATTRIBUTABLE = "现有数据不足以归因"
LEVEL, POWER = 0.05, 0.8
FEWEST_UNITS, FEWEST_IN_GROUP = 10, 3
LONG_SERIES = 12
#: A control that misses the treated by more than this part of their own spread is none.
WORST_FIT = 0.5


def grade(panel: Panel, found: Found, lot: bool) -> tuple[str, list[Sentence]]:
    """The grade and why it is not better.

    A: order drawn by lot and registered. B: untreated units beside, nothing against it. C: one thing
    against it, or a long series alone. D: several things against it, or a short series alone.
    """
    if found.method == "its":
        return _of_series(panel)
    against = [*_sizes(panel), *_before(found)]
    if not against:
        return ("A" if lot else "B"), []
    return ("C" if len(against) == 1 else "D"), against


def _of_series(panel: Panel) -> tuple[str, list[Sentence]]:
    start = panel.cohorts[0]
    long = start >= max(LONG_SERIES, 2 * panel.season)
    said = [
        _("A series before and after has no comparison by lot: other changes at the same time look alike.")
    ]
    if not long:
        said.append(_("There are only %(n)s times before the start.", n=start))
    return ("C" if long else "D"), said


def _sizes(panel: Panel) -> list[Sentence]:
    treated, free = int((~panel.never).sum()), int(panel.never.sum())
    said = []
    if panel.n < FEWEST_UNITS:
        said.append(_("There are only %(n)s units.", n=panel.n))
    least = min(treated, free) if free else min(int((panel.first == one).sum()) for one in panel.cohorts)
    if least < FEWEST_IN_GROUP:
        said.append(_("A group compared has only %(n)s units: chance cannot be told from effect.", n=least))
    return said


def _before(found: Found) -> list[Sentence]:
    if found.misfit is not None:
        bad = found.misfit > WORST_FIT
        return [_("The comparison does not follow the treated units before the start.")] if bad else []
    if found.pretrend is None:
        return [_("There are too few times before the start to see whether the groups moved alike.")]
    if found.pretrend < LEVEL:
        return [_("The groups already moved apart before the start.")]
    return []


def detectable(se: float | None, df: float) -> float | None:
    """The least effect that would be found at 5 % in four of five cases."""
    return None if se is None else float((stats.t.ppf(1 - LEVEL / 2, df) + stats.norm.ppf(POWER)) * se)


def warnings(panel: Panel) -> list[Sentence]:
    """What the numbers alone do not show."""
    said = []
    if _started_at_extreme(panel):
        said.append(
            _(
                "The last time before the start was unusual: a return to the ordinary would look like an effect."
            )
        )
    whole = panel.y.size > 0 and bool((panel.y == np.round(panel.y)).all()) and bool((panel.y >= 0).all())
    if whole and panel.y.max() > 1:
        said.append(
            _(
                "The outcome is a count: if the campaign looks more, more is found. Prefer shares, times or repeats."
            )
        )
    small = [panel.times[one] for one in panel.cohorts if (panel.first == one).sum() < FEWEST_IN_GROUP]
    if small:
        said.append(_("Groups of under three units start at: %(times)s.", times=", ".join(small[:6])))
    return said


def _started_at_extreme(panel: Panel) -> bool:
    sizes = [int((panel.first == one).sum()) for one in panel.cohorts]
    start = panel.cohorts[int(np.argmax(sizes))]
    gap = panel.y[panel.first == start].mean(axis=0)
    if panel.never.any():
        gap = gap - panel.y[panel.never].mean(axis=0)
    if start < 5:
        return False
    before = gap[: start - 1]
    return bool(abs(gap[start - 1] - before.mean()) > 2 * before.std(ddof=1) > 0)
