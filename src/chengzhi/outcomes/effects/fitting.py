"""One door to all methods: the choice of design, the chance, the grade and the words."""

from typing import Any, Literal, get_args

import numpy as np
from scipy import stats

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects import did, grading, its, lot, synthetic
from chengzhi.outcomes.effects import plan as plans
from chengzhi.outcomes.effects.panel import Panel
from chengzhi.outcomes.effects.problems import TooFewUnits, UnfitOption
from chengzhi.outcomes.effects.result import Answer, Found
from chengzhi.outcomes.effects.twoway import bacon, twfe

Method = Literal["auto", "did", "event", "sc", "sdid", "its"]
METHODS: tuple[str, ...] = get_args(Method)
#: Up to so many units the lot is played again; above, influence functions are near enough to normal.
FEW_UNITS = 50
FEW_FOR_SDID, BEFORE_FOR_SDID = 10, 8
#: Placebos needed for an interval at 5 %.
ENOUGH_PLACEBOS = 19


def fit(
    panel: Panel,
    method: Method = "auto",
    *,
    control: did.Control | None = None,
    seed: int = 0,
    plan: dict[str, Any] | None = None,
) -> Answer:
    """Estimate the effect on the treated.

    Parameters
    ----------
    control: never- or not-yet-treated units (did, event); never where there are any.
    seed: of permutations, placebos and bootstrap.
    plan: as `plan.load` gives it; without one the grade is at most B.

    Raises
    ------
    UnfitOption, TooFewUnits, NoControl, PlanBroken, LatePlan: as they say; else as the method says.
    """
    chosen = choose(panel) if method == "auto" else method
    _refuse_unfit(panel, chosen, control)
    if chosen == "its":
        found = _series(panel)
    elif chosen in ("sc", "sdid"):
        found = _synthetic(panel, chosen, seed)
    else:
        found = _compared(panel, chosen, control, seed)
    if plan is not None:
        plans.verify(plan, panel, chosen, found.control)
    level, reasons = grading.grade(panel, found, plan is not None)
    return Answer(
        found, panel.n, int((~panel.never).sum()), panel.t, level, _words(found, level), reasons,
        grading.detectable(found.se, found.df), [*panel.warnings, *grading.warnings(panel), *found.warnings],
        seed, plan["hash"] if plan else None,
    )  # fmt: skip


def choose(panel: Panel) -> str:
    """Series where nobody is untreated; synthetic for one unit with a long past; else group-time effects."""
    if not panel.never.any() and len(panel.cohorts) < 2:
        return "its"
    treated = int((~panel.never).sum())
    one = treated == 1 and panel.n > FEW_FOR_SDID and panel.cohorts[0] >= BEFORE_FOR_SDID
    return "sdid" if one else "did"


def _refuse_unfit(panel: Panel, method: str, control: str | None) -> None:
    unfit = [("--control", control and method not in ("did", "event")),
             ("--covariates", panel.x.shape[2] and method not in ("did", "event")),
             ("--cluster", panel.columns.cluster and method not in ("did", "event"))]  # fmt: skip
    for option, wrong in unfit:
        if wrong:
            raise UnfitOption(
                _("%(option)s means nothing to --method %(method)s.", option=option, method=method),
                "", _("Leave the option out or choose another method."),
            )  # fmt: skip
    if panel.n < 2 and method != "its":
        raise TooFewUnits(
            _("There is one unit only."),
            _("The method compares units."),
            _("Use --method its, or add untreated units."),
        )


def _compared(panel: Panel, method: str, control: did.Control | None, seed: int) -> Found:
    found = did.group_times(panel, control, universal=method == "event")
    simple = found.simple()
    parts = {
        "simple": simple, "dynamic": found.dynamic(), "group": found.group(), "calendar": found.calendar(),
    }  # fmt: skip
    se, df = found.se(simple), max(len(np.unique(panel.cluster)) - 1, 1)
    answer = Found(
        method, simple.att, se, df=df, control=found.control,
        overall={name: one.att for name, one in parts.items()},
        overall_se={name: found.se(one) for name, one in parts.items()},
        event=[{"t": e, "att": one.att, "se": found.se(one)} for e, one in found.event().items()],
        groups=[
            {"group": named(panel, one.group), "time": named(panel, one.time), "att": one.effect.att,
             "se": found.se(one.effect)}
            for one in found.cells
        ],
        pretrend=found.pretrend(), twfe=twfe(panel, seed), bacon=bacon(panel),
    )  # fmt: skip
    _chance(answer, found, seed)
    return answer


def _chance(answer: Found, found: did.GroupTimes, seed: int) -> None:
    """Lot played again for few units without covariates, else Student's t."""
    panel = found.panel
    if panel.n <= FEW_UNITS and not panel.x.shape[2] and panel.columns.cluster is None:
        answer.p, answer.ci = lot.inference(found, answer.att, seed)
        answer.pretrend = lot.pretrend(found, answer.method == "event", seed)
        answer.inference = "randomisation"
    elif answer.se is not None:
        answer.p = float(2 * stats.t.sf(abs(answer.att / answer.se), answer.df))
        answer.ci, answer.inference = _interval(answer.att, answer.se, answer.df), "influence"


def _interval(att: float, se: float, df: float) -> tuple[float, float]:
    half = float(stats.t.ppf(1 - grading.LEVEL / 2, df)) * se
    return att - half, att + half


def _series(panel: Panel) -> Found:
    one = its.fit(panel)
    found = Found(
        "its", one.att, one.se, df=max(one.df, 1), inference="newey-west" if one.se else "none",
        event=[{"t": t, "att": att, "se": se} for t, att, se in one.path],
    )  # fmt: skip
    if one.se is not None and one.df > 0:
        found.p, found.ci = its.p_value(one.att, one.se, one.df), _interval(one.att, one.se, one.df)
    if panel.season and not one.seasonal:
        found.warnings.append(_("There is no whole year before the start: season is not taken out."))
    return found


def _synthetic(panel: Panel, method: str, seed: int) -> Found:
    match, placebos, p = synthetic.fit(panel, method, seed)
    start = panel.cohorts[0]
    names = [name for name, free in zip(panel.units, panel.never, strict=True) if free]
    se = float(placebos.std(ddof=1)) if len(placebos) > 1 and placebos.std() > 0 else None
    far = float(np.quantile(np.abs(placebos), 1 - grading.LEVEL))
    spread = float(panel.y[~panel.never].mean(axis=0)[:start].std())
    return Found(
        method, match.att, se, (match.att - far, match.att + far) if len(placebos) >= ENOUGH_PLACEBOS else None,
        p, inference="placebo", control="never", misfit=match.misfit / spread if spread else np.inf,
        event=[{"t": t - start, "att": float(att), "se": None} for t, att in enumerate(match.path)],
        weights=[{"unit": name, "w": float(w)} for name, w in zip(names, match.weights, strict=True)],
    )  # fmt: skip


def _words(found: Found, level: str) -> str:
    if level in ("C", "D"):
        return grading.NOT_ATTRIBUTABLE
    if found.p is None or found.p >= grading.LEVEL:
        return str(_("No effect can be told from chance."))
    return str(_("An effect can be told from chance."))


def named(panel: Panel, at: int) -> int | str:
    """A time as the file writes it; a whole number as such."""
    return int(float(panel.times[at])) if panel.kind == "integer" else panel.times[at]
