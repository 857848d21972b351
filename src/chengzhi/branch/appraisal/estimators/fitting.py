"""One door to all models: which options each takes."""

from collections.abc import Sequence
from typing import Literal, get_args

from chengzhi.branch.appraisal.estimators import crossed, facets, gtheory, srm
from chengzhi.branch.appraisal.estimators.problems import UnfitOption
from chengzhi.branch.appraisal.estimators.ratings import Ratings
from chengzhi.branch.appraisal.estimators.result import Fit
from chengzhi.errors import sentence as _

Model = Literal["crossed", "srm", "gtheory", "facets"]
MODELS: tuple[str, ...] = get_args(Model)
#: Options beyond ratee, rater, score and criterion that a model knows.
TAKES = {
    "crossed": {"--fixed", "--random"},
    "srm": {"--group"},
    "gtheory": {"--design", "--random"},
    "facets": set[str](),
}


def fit(
    ratings: Ratings,
    model: Model = "crossed",
    *,
    fixed: Sequence[str] = (),
    random: Sequence[str] = (),
    design: str | None = None,
) -> Fit:
    """Fit `model` to the ratings.

    Parameters
    ----------
    fixed, random: terms over the further columns of `ratings` (crossed); random columns are further facets
        of a design (gtheory).
    design: text of a balanced design (gtheory).

    Raises
    ------
    UnfitOption: an option that the model has no meaning for; else as the model says.
    """
    given = {"--fixed": fixed, "--random": random, "--design": design, "--group": ratings.group}
    unfit = [option for option, value in given.items() if value and option not in TAKES[model]]
    if unfit:
        raise UnfitOption(
            _("%(option)s means nothing to --model %(model)s.", option=unfit[0], model=model),
            _("It takes besides: %(known)s.", known=", ".join(sorted(TAKES[model])) or "–"),
            _("Leave the option out or choose another model."),
        )
    if model == "crossed":
        return crossed.fit(ratings, fixed=fixed, random=random)
    if model == "gtheory":
        return gtheory.fit(ratings, design)
    return srm.fit(ratings) if model == "srm" else facets.fit(ratings)
