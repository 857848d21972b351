"""Intraclass correlations of a complete table of ratees × raters."""

import numpy as np

from chengzhi.branch.appraisal.estimators.ratings import Numbers


def intraclass(scores: Numbers) -> dict[str, float]:
    """The six coefficients of Shrout & Fleiss (1979, Psychol. Bull. 86:420-428), by their names.

    Parameters
    ----------
    scores: n ratees × k raters, every cell filled.

    Returns
    -------
    "1,1", "2,1", "3,1" for one rater and "1,k", "2,k", "3,k" for the mean of the k: each rater at random (1),
    the same random raters for all (2), these raters and no others (3). NaN where nothing varies.
    """
    n, k = scores.shape
    if n < 2 or k < 2:
        return {}
    grand, rows, columns = scores.mean(), scores.mean(axis=1), scores.mean(axis=0)
    between = k * ((rows - grand) ** 2).sum() / (n - 1)
    judges = n * ((columns - grand) ** 2).sum() / (k - 1)
    within = ((scores - rows[:, None]) ** 2).sum() / (n * (k - 1))
    residual = scores - rows[:, None] - columns[None, :] + grand
    error = (residual**2).sum() / ((n - 1) * (k - 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "1,1": (between - within) / (between + (k - 1) * within),
            "2,1": (between - error) / (between + (k - 1) * error + k * (judges - error) / n),
            "3,1": (between - error) / (between + (k - 1) * error),
            "1,k": (between - within) / between,
            "2,k": (between - error) / (between + (judges - error) / n),
            "3,k": (between - error) / between,
        }
    return {key: float(value) for key, value in found.items()}
