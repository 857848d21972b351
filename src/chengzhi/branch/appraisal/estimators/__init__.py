"""Estimators of named, confidential appraisal rounds: NumPy, SciPy and polars, no database, no web framework.

The raw mean comes first in every answer; models stand beside it with their errors and never pick anybody.
`read` a file or build `Ratings`, then `fit`: crossed (default), srm, gtheory, facets. See
docs/appraisal-estimators.md.
"""

from chengzhi.branch.appraisal.estimators.fitting import MODELS, Model, fit
from chengzhi.branch.appraisal.estimators.overlap import at_the_cut, groups
from chengzhi.branch.appraisal.estimators.ratings import Columns, Factor, Ratings, read
from chengzhi.branch.appraisal.estimators.result import Estimate, Fit

__all__ = [
    "MODELS",
    "Columns",
    "Estimate",
    "Factor",
    "Fit",
    "Model",
    "Ratings",
    "at_the_cut",
    "fit",
    "groups",
    "read",
]
