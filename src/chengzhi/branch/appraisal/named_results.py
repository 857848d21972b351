"""The result of a named round: fitted once it is closed, stored with its version and the hash of its marks.

Names in it are keys of people of the round (`p12`), in their order, never by estimate. Design
blocks (small groups) are fitted apart: nothing joins them. A block whose marks do not hang together
is not fitted at all.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from chengzhi.branch.appraisal.estimators import Estimate, Factor, Fit, Ratings, at_the_cut, fit, groups
from chengzhi.branch.appraisal.estimators import design as layout
from chengzhi.branch.appraisal.named_models import NamedMark, NamedResult, NamedRound
from chengzhi.branch.organisation.formulas import cap
from chengzhi.errors import Problem
from chengzhi.jobs.actions import start
from chengzhi.people.actor import Actor

JOB = "appraisal.named_fit"
Mark = tuple[int, int, int, str, int]
"""Block, ratee, rater, criterion, mark."""


def make(row: NamedRound, /, *, by: Actor, on: datetime) -> NamedResult | None:
    """Fit the marks at once, or by a background job where there are many; None while that runs."""
    marks = marks_of(row)
    if len(marks) <= int(row.rules["fit_directly_up_to"]):
        return keep(row, marks, on=on)
    start(
        JOB, title=_("Result of %(number)s") % {"number": row.number}, by=by.account_id, on=on,
        district_id=row.district_id, arguments={"round": row.pk}, key=f"{JOB}:{row.pk}:{row.version}",
    )  # fmt: skip
    return None


def marks_of(row: NamedRound) -> list[Mark]:
    """All marks of a round in a fixed order; one statement."""
    rows = NamedMark.objects.filter(pair__rater__round=row).order_by(
        "pair__ratee", "pair__rater", "criterion"
    )
    fields = ("pair__ratee__block", "pair__ratee_id", "pair__rater_id", "criterion", "mark")
    return list(rows.values_list(*fields))


def keep(row: NamedRound, marks: Sequence[Mark], /, *, on: datetime) -> NamedResult:
    """Store the fit as the next version; the same marks as before keep the version they have."""
    digest = digest_of(marks)
    last = row.results.order_by("-version").first()
    if last is not None and last.inputs_hash == digest:
        return last
    blocks = sorted(set(row.people.values_list("block", flat=True)))
    content = {"blocks": [_block(row, at, [one for one in marks if one[0] == at]) for at in blocks]}
    return NamedResult.objects.create(
        round=row, version=(last.version if last else 0) + 1, inputs_hash=digest, program=version("chengzhi"),
        made_at=on, content=content,
    )  # fmt: skip


def digest_of(marks: Sequence[Mark]) -> str:
    """The hash of some marks in their fixed order."""
    return hashlib.sha256(json.dumps([list(one) for one in marks]).encode()).hexdigest()


def is_current(row: NamedRound) -> bool:
    """Whether the newest result is that of the marks as they are."""
    last = row.results.order_by("-version").values_list("inputs_hash", flat=True).first()
    return last is not None and last == digest_of(marks_of(row))


def tallies_of(marks: Sequence[Mark]) -> dict[int, dict[str, Counter[int]]]:
    """Ratee → criterion → mark → number."""
    found: dict[int, dict[str, Counter[int]]] = {}
    for _block_at, ratee, _rater, criterion, mark in marks:
        found.setdefault(ratee, {}).setdefault(criterion, Counter())[mark] += 1
    return found


def keep_tallies(row: NamedRound) -> None:
    """Put the counts into the result, before the single marks go; only of those who may be reported."""
    last = row.results.order_by("-version").first()
    if last is not None:
        least = max(row.least, int(row.rules["fewest_raters"]))
        last.content["tallies"] = {
            person: said
            for person, said in tallies_of(marks_of(row)).items()
            if max(one.total() for one in said.values()) >= least
        }
        last.save(update_fields=["content"])


def ratings_of(marks: Sequence[Mark]) -> Ratings:
    """The marks as the estimators read them, one row a mark."""
    several = len({one[3] for one in marks}) > 1
    return Ratings(
        np.array([one[4] for one in marks], dtype=np.float64), Factor.of("ratee", [f"p{one[1]}" for one in marks]),
        Factor.of("rater", [f"p{one[2]}" for one in marks]),
        Factor.of("criterion", [one[3] for one in marks]) if several else None,
    )  # fmt: skip


def pair_means(marks: Sequence[Mark]) -> Ratings:
    """One score a pair, the mean over criteria: what a round robin is analysed by."""
    found: dict[tuple[int, int], list[int]] = {}
    for _block_at, ratee, rater, _criterion, mark in marks:
        found.setdefault((ratee, rater), []).append(mark)
    return Ratings(
        np.array([float(np.mean(one)) for one in found.values()]), Factor.of("ratee", [f"p{a}" for a, _b in found]),
        Factor.of("rater", [f"p{b}" for _a, b in found]),
    )  # fmt: skip


def _block(row: NamedRound, at: int, marks: Sequence[Mark]) -> dict[str, Any]:
    """What is said of one block: the models, bands that cannot be told apart, the overlap at the line."""
    said: dict[str, Any] = {"block": at, "n": len(marks)}
    if not marks:
        return said | {"refused": "appraisal.too_few"}
    ratings = ratings_of(marks)
    parts = len(layout.parts(ratings))
    if parts > 1:
        return said | {"refused": "appraisal.unconnected", "parts": parts}
    models = {
        "crossed": _model(ratings, "crossed"), "facets": _model(ratings, "facets"),
        "srm": _model(pair_means(marks), "srm"), "gtheory": _model(ratings, "gtheory"),
    }  # fmt: skip
    return said | {"models": models, **_line(row, ratings), "raters_for": _enough(models, row.rules)}


def _model(ratings: Ratings, model: Any) -> dict[str, Any]:
    design = ("(r:p) x c" if ratings.criterion else "r:p") if model == "gtheory" else None
    try:
        return _told(fit(ratings, model, design=design))
    except Problem as refused:
        return {"refused": refused.code}


def _told(made: Fit) -> dict[str, Any]:
    """As JSON; warnings as message and values, put into the reader's language when read."""
    said = made.as_json()
    said["warnings"] = [
        {"message": one.message, "values": {key: _plain(value) for key, value in one.values.items()}}
        for one in made.warnings
    ]
    return _finite(said)  # type: ignore[no-any-return]


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) else str(value)


def _finite(value: Any) -> Any:
    """The same without NaN and infinity, which JSON of the database does not know."""
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def _line(row: NamedRound, ratings: Ratings) -> dict[str, Any]:
    """Bands and the overlap at the line; in small groups there is no line over all of them."""
    try:
        made: Sequence[Estimate] = fit(ratings).estimates
    except Problem:
        return {}
    said: dict[str, Any] = {"bands": groups(made)}
    places = cap(len(made), row.rules["places"])
    if row.design != NamedRound.Design.GROUPS and 0 < places < len(made):
        said |= {"places": places, "at_cut": at_the_cut(made, places)}
    return said


def _enough(models: dict[str, dict[str, Any]], rules: Mapping[str, Any]) -> dict[str, Any]:
    """How few raters reach the goal, never below the fewest: by the decision study, else from the variances."""
    goal, fewest = float(rules["goal"]), int(rules["fewest_raters"])
    study = models["gtheory"]
    if "dstudy" in study:
        found = next((one["raters"] for one in study["dstudy"] if (one["phi"] or 0.0) >= goal), None)
        return {"goal": goal, "raters": max(found, fewest) if found else None, "by": "gtheory"}
    variance = models["crossed"].get("variance", {})
    true, noise = variance.get("ratee"), _noise(variance, len(rules["criteria"]))
    if not true or noise is None:
        return {"goal": goal, "raters": None, "by": "crossed"}
    found = int(np.ceil(goal / (1 - goal) * noise / true))
    return {"goal": goal, "raters": max(found, fewest), "by": "crossed"}


def _noise(variance: dict[str, float | None], criteria: int) -> float | None:
    """What one rater's view of a ratee adds, over all criteria: leniency, the pair, the rest of each mark."""
    known = {key: value for key, value in variance.items() if key != "ratee" and value is not None}
    if not known:
        return None
    return sum(value / criteria if key == "residual" else value for key, value in known.items())
