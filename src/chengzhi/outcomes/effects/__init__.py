"""Did it help? Estimators of effects from a long table: NumPy, SciPy and polars, no database, no web framework.

`read` a file, then `fit`: Callaway–Sant'Anna (did), Sun–Abraham (event), synthetic control (sc), synthetic
difference in differences (sdid), interrupted time series (its). See docs/effects.md.
"""

from chengzhi.outcomes.effects.fitting import METHODS, Method, fit
from chengzhi.outcomes.effects.grading import NOT_ATTRIBUTABLE
from chengzhi.outcomes.effects.panel import Columns, Panel
from chengzhi.outcomes.effects.reading import panel_of, read
from chengzhi.outcomes.effects.result import Answer, Found

__all__ = [
    "METHODS",
    "NOT_ATTRIBUTABLE",
    "Answer",
    "Columns",
    "Found",
    "Method",
    "Panel",
    "fit",
    "panel_of",
    "read",
]
