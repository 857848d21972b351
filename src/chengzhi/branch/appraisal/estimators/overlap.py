"""Who cannot be told apart: what the program prints at a cut line, and never decides."""

from collections.abc import Sequence
from itertools import pairwise

from chengzhi.branch.appraisal.estimators.problems import UnfitOption
from chengzhi.branch.appraisal.estimators.result import Estimate
from chengzhi.errors import sentence as _

#: Two-sided 95 per cent of a normal distribution.
WIDE = 1.96


def told_apart(one: Estimate, other: Estimate) -> bool:
    """Whether two estimates differ by more than chance, errors taken as independent (the careful side)."""
    if one.estimate is None or other.estimate is None or one.se is None or other.se is None:
        return False
    return abs(one.estimate - other.estimate) > WIDE * float((one.se**2 + other.se**2) ** 0.5)


def groups(estimates: Sequence[Estimate]) -> list[list[str]]:
    """Names in bands: a new band begins where everybody above differs from everybody below.

    Only what may be reported is banded; names within a band stand in the order of their names.
    """
    known = [one for one in estimates if one.reportable and one.estimate is not None]
    falling = sorted(known, key=lambda one: -(one.estimate or 0.0))
    bands: list[list[str]] = [[falling[0].name]] if falling else []
    for at, (_above, below) in enumerate(pairwise(falling), 1):
        if all(
            told_apart(one, below) and told_apart(one, low) for one in falling[:at] for low in falling[at:]
        ):
            bands.append([])
        bands[-1].append(below.name)
    return [sorted(band) for band in bands]


def at_the_cut(estimates: Sequence[Estimate], places: int) -> list[str]:
    """Names on both sides of the line after `places` that cannot be told apart across it, by name.

    The people decide among them; with an empty list the figures leave no doubt.

    Raises
    ------
    UnfitOption: `places` is not between 1 and the number of ratees.
    """
    if not 1 <= places <= len(estimates):
        raise UnfitOption(
            _("A line after %(places)s of %(n)s cannot be drawn.", places=places, n=len(estimates)),
            _("It parts the ratees in two."),
            _("Give a number from 1 to the number of ratees."),
        )
    known = [one for one in estimates if one.reportable and one.estimate is not None]
    falling = sorted(known, key=lambda one: -(one.estimate or 0.0))
    above, below = falling[:places], falling[places:]
    close = {
        name
        for one in above
        for other in below
        if not told_apart(one, other)
        for name in (one.name, other.name)
    }
    return sorted(close | {one.name for one in estimates} - {one.name for one in known})
