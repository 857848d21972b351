"""Generalisability analysis: variance components of a balanced design, and how many raters are enough.

Random-effects analysis of variance, each component from its expected mean square; relative (ρ²) and absolute
(Φ) coefficients and the decision study follow Brennan (2001, Generalizability Theory, chapters 3-5). A
negative component is reported as it comes out and counts as 0 in the coefficients. Unbalanced designs are
refused: their mean squares have no such expectation. `crossed` takes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from chengzhi.branch.appraisal.estimators import design
from chengzhi.branch.appraisal.estimators.formula import Effect, Formula, parse
from chengzhi.branch.appraisal.estimators.icc import intraclass
from chengzhi.branch.appraisal.estimators.problems import BadDesign, UnbalancedDesign, listed, short
from chengzhi.branch.appraisal.estimators.ratings import Factor, Numbers, Ratings
from chengzhi.branch.appraisal.estimators.result import Fit, estimates
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

#: Numbers of raters that the decision study tries.
TRIED = 30
#: Relative coefficients for which it names the least number of raters.
GOALS = (0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Study:
    """Variance components of a design and what they mean for a mean over `sizes`."""

    formula: Formula
    ratee: str
    sizes: Mapping[str, int]
    components: Mapping[Effect, float]

    def coefficients(self, sizes: Mapping[str, int]) -> tuple[float, float]:
        """ρ² and Φ of a ratee's mean over `sizes` levels of each other facet; NaN where ratees do not differ."""
        true = relative = absolute = 0.0
        for effect, raw in self.components.items():
            part = max(raw, 0.0) / float(np.prod([sizes[f] for f in effect.facets if f != self.ratee]))
            if effect.facets == {self.ratee}:
                true = part
                continue
            absolute += part
            relative += part if self.ratee in effect.facets else 0.0
        if true <= 0:
            return float("nan"), float("nan")
        return true / (true + relative), true / (true + absolute)


def fit(ratings: Ratings, text: str | None = None) -> Fit:
    """Analyse a balanced design.

    Parameters
    ----------
    text: the design; without one, `ratee x rater` or `ratee x rater x criterion`. Facets are columns by their
        names or by first letters; `p` is the ratee, `r` the rater where no column begins with it.

    Returns
    -------
    Estimates are the grand mean plus ρ² times a ratee's distance from it (Kelley); reliability is ρ².
    `dstudy` has ρ² and Φ for 1 … 30 raters, other facets as observed; `enough` the least number for a goal.

    Raises
    ------
    BadDesign: the text cannot be read or names no column.
    UnbalancedDesign: a cell is missing or there twice.
    """
    given = _given(ratings)
    formula = parse(text or " x ".join("prcdefg"[at] for at in range(len(given))))
    columns = _matched(formula, ratings, given)
    warnings = [*ratings.warnings, *design.warnings_of(ratings, found := design.parts(ratings))]
    if (own := design.own_ratings(ratings)).any():
        n = int(own.sum())
        warnings.append(_("%(n)s scores have the same name as ratee and rater; they count.", n=n))
    ratee = next(facet for facet, factor in columns.items() if factor is ratings.ratee)
    sizes, cells = _balanced(formula, columns, ratings)
    study = Study(formula, ratee, sizes, _components(formula, sizes, cells))
    return _told(ratings, study, columns, warnings, len(found))


def _given(ratings: Ratings) -> list[Factor]:
    return [
        ratings.ratee,
        ratings.rater,
        *([ratings.criterion] if ratings.criterion else []),
        *ratings.more.values(),
    ]


def _matched(formula: Formula, ratings: Ratings, given: list[Factor]) -> dict[str, Factor]:
    """Facet → column: by whole name, then p and r by role, then by first letter, then in order."""
    if len(formula.facets) != len(given):
        raise BadDesign(
            _(
                "The design has %(n)s facets, but %(m)s columns are named.",
                n=len(formula.facets),
                m=len(given),
            ),
            _("The columns are: %(known)s.", known=listed(one.name for one in given)),
            _("Name one column for each facet: --ratee, --rater, --criterion, then --random."),
        )
    found: dict[str, Factor] = {}
    roles = {"p": ratings.ratee, "r": ratings.rater, "ratee": ratings.ratee, "rater": ratings.rater}
    left = list(given)

    def settle(facet: str, choices: list[Factor]) -> None:
        if facet not in found and len(choices) == 1:
            found[facet] = choices[0]
            left.remove(choices[0])

    for facet in formula.facets:
        settle(facet, [one for one in left if one.name == facet])
    for facet in formula.facets:
        if len(facet) == 1 and facet != "p":
            settle(
                facet,
                [one for one in left if one is not ratings.ratee and one.name.lower().startswith(facet)],
            )
    for facet in formula.facets:
        settle(facet, [one for one in left if one is roles.get(facet)])
    for facet in formula.facets:
        settle(facet, left[:1])
    return found


def _balanced(
    formula: Formula, columns: Mapping[str, Factor], ratings: Ratings
) -> tuple[dict[str, int], Numbers]:
    """Levels of each facet within what it is nested in, and the scores as a full array over the facets."""
    codes, sizes = {}, {}
    for facet in formula.facets:
        nest = [columns[one].codes for one in formula.facets if one in formula.nest(facet)]
        around = (
            np.unique(np.stack(nest), axis=1, return_inverse=True)[1] if nest else np.zeros(len(ratings), int)
        )
        own = columns[facet].codes
        pairs, of = np.unique(around.ravel() * len(columns[facet]) + own, return_inverse=True)
        home = pairs // len(columns[facet])
        counts = np.bincount(home)
        if counts.min() != counts.max():
            raise _unbalanced(columns[facet].name, int(counts.min()), int(counts.max()))
        codes[facet] = (np.arange(len(pairs)) - np.searchsorted(home, home))[of]
        sizes[facet] = int(counts[0])
    shape = tuple(sizes[facet] for facet in formula.facets)
    flat = np.ravel_multi_index(tuple(codes[facet] for facet in formula.facets), shape)
    times = np.bincount(flat, minlength=int(np.prod(shape)))
    if times.min() != 1 or times.max() != 1:
        raise _unbalanced(
            " x ".join(columns[f].name for f in formula.facets), int(times.min()), int(times.max())
        )
    cells = np.empty(len(flat))
    cells[flat] = ratings.score
    return sizes, cells.reshape(shape)


def _unbalanced(name: str, least: int, most: int) -> UnbalancedDesign:
    return UnbalancedDesign(
        _(
            "The design is not balanced in “%(name)s”: %(least)s to %(most)s.",
            name=short(name),
            least=least,
            most=most,
        ),
        _("The analysis of variance needs each cell of the design exactly once."),
        _("Correct the rows or the design, or use --model crossed, which takes gaps."),
    )


def _components(formula: Formula, sizes: Mapping[str, int], cells: Numbers) -> dict[Effect, float]:
    """Each effect's variance from its mean square, from the highest order down (Brennan, section 3.4)."""
    total = cells.size
    marginal: dict[frozenset[str], float] = {}

    def uncorrected(facets: frozenset[str]) -> float:
        if facets not in marginal:
            out = tuple(at for at, one in enumerate(formula.facets) if one not in facets)
            means = (cells - cells.mean()).mean(axis=out) if out else cells - cells.mean()
            marginal[facets] = float((np.asarray(means) ** 2).sum() * total / np.asarray(means).size)
        return marginal[facets]

    found: dict[Effect, float] = {}
    for effect in sorted(formula.effects, key=lambda one: -len(one.facets)):
        squares = sum(
            (-1) ** (len(effect.main) - k) * uncorrected(frozenset(some) | effect.within)
            for k in range(len(effect.main) + 1)
            for some in combinations(sorted(effect.main), k)
        )
        free = np.prod([sizes[f] - 1 for f in effect.main]) * np.prod([sizes[f] for f in effect.within])
        above = sum(
            value * _cell(other, sizes, total)
            for other, value in found.items()
            if other.facets > effect.facets
        )
        square = squares / free if free else float("nan")
        found[effect] = float((square - above) / _cell(effect, sizes, total))
    return {effect: found[effect] for effect in formula.effects}


def _cell(effect: Effect, sizes: Mapping[str, int], total: int) -> float:
    """How many scores share one level of an effect."""
    return total / float(np.prod([sizes[f] for f in effect.facets]))


def _told(
    ratings: Ratings, study: Study, columns: Mapping[str, Factor], warnings: list[Sentence], components: int
) -> Fit:
    names = {effect: _label(effect, study, columns, ratings) for effect in study.formula.effects}
    negative = [names[effect] for effect, value in study.components.items() if value < 0]
    if negative:
        warnings.append(_("Negative components count as 0: %(names)s.", names=listed(negative)))
    if any(np.isnan(value) for value in study.components.values()):
        warnings.append(_("A facet has one level: what rests on it is not known."))
    rho2, phi = study.coefficients(study.sizes)
    true = max(study.components[Effect(frozenset({study.ratee}), study.formula.nest(study.ratee))], 0.0)
    means, grand = ratings.means(ratings.ratee), float(ratings.score.mean())
    values = errors = None
    if np.isfinite(rho2):
        values = grand + rho2 * (means - grand)
        errors = np.full(len(means), np.sqrt(true * (1.0 - rho2)))
    else:
        warnings.append(_("The ratees do not differ by more than chance."))
    complete = design.table(ratings) if len(columns) == 2 else None
    return Fit(
        "gtheory", len(ratings), len(ratings.ratee), len(ratings.rater),
        {names[effect]: value for effect, value in study.components.items()}, None,
        rho2 if np.isfinite(rho2) else None,
        estimates(ratings, ratings.ratee, ratings.rater, values, errors), components, warnings,
        {} if complete is None else intraclass(complete),
        more={"rho2": rho2, "phi": phi, **_decision(study, columns, ratings)},
    )  # fmt: skip


def _label(effect: Effect, study: Study, columns: Mapping[str, Factor], ratings: Ratings) -> str:
    """`ratee`, `rater:task`, `ratee x task`; what has all facets is the residual."""
    if len(effect.facets) == len(study.formula.facets):
        return "residual"
    roles = {id(ratings.ratee): "ratee", id(ratings.rater): "rater"}
    words = {f: roles.get(id(columns[f]), columns[f].name) for f in study.formula.facets}
    main = " x ".join(words[f] for f in study.formula.facets if f in effect.main)
    within = " x ".join(words[f] for f in study.formula.facets if f in effect.within)
    return f"{main}:{within}" if within else main


def _decision(study: Study, columns: Mapping[str, Factor], ratings: Ratings) -> dict[str, Any]:
    rater = next(facet for facet, factor in columns.items() if factor is ratings.rater)
    rows = []
    for number in range(1, TRIED + 1):
        rho2, phi = study.coefficients({**study.sizes, rater: number})
        rows.append({"raters": number, "rho2": rho2, "phi": phi})
    enough = {str(goal): next((row["raters"] for row in rows if row["rho2"] >= goal), None) for goal in GOALS}
    return {"dstudy": rows, "enough": enough}
