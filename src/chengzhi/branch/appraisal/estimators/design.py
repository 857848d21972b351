"""How a design hangs together: connected parts, complete tables, and the warnings that follow."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from chengzhi.branch.appraisal.estimators.problems import listed
from chengzhi.branch.appraisal.estimators.ratings import FEWEST_RATERS, Numbers, Ratings
from chengzhi.errors import Sentence
from chengzhi.errors import sentence as _

#: Parts named in a warning; the number of all is always said.
PARTS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Part:
    """Ratees and raters that ratings join, directly or through others."""

    ratees: tuple[str, ...]
    raters: tuple[str, ...]

    def __str__(self) -> str:
        return f"[{listed(self.ratees, 3)} ← {listed(self.raters, 3)}]"


def parts(ratings: Ratings) -> list[Part]:
    """Connected parts of the graph of ratees and raters, the largest first.

    Severity and quality can be told apart within a part only (Weeks & Williams 1964, Technometrics 6:319).
    """
    ratees, raters = len(ratings.ratee), len(ratings.rater)
    edges = (np.ones(len(ratings)), (ratings.ratee.codes, ratings.rater.codes + ratees))
    graph = sparse.coo_matrix(edges, shape=(ratees + raters, ratees + raters))
    count, of = csgraph.connected_components(graph, directed=False)
    ratee_names, rater_names = np.array(ratings.ratee.levels), np.array(ratings.rater.levels)
    found = [
        Part(tuple(ratee_names[of[:ratees] == one]), tuple(rater_names[of[ratees:] == one]))
        for one in range(min(count, 1000))
    ]
    return sorted(found, key=lambda part: -len(part.ratees))


def named(found: list[Part]) -> str:
    """The parts in short, for a sentence."""
    more = " …" if len(found) > PARTS_NAMED else ""
    return " ".join(str(part) for part in found[:PARTS_NAMED]) + more


def warnings_of(ratings: Ratings, found: list[Part]) -> list[Sentence]:
    """What a reader of the figures must know of the design."""
    said: list[Sentence] = []
    few = int((ratings.raters_of(ratings.ratee, ratings.rater) < FEWEST_RATERS).sum())
    if few:
        said.append(
            _(
                "%(n)s ratees have fewer than %(least)s raters: not to be reported.",
                n=few,
                least=FEWEST_RATERS,
            )
        )
    if len(found) > 1:
        said.append(
            _(
                "The design is not connected: %(n)s parts, whose ratees cannot be compared: %(parts)s",
                n=len(found),
                parts=named(found),
            )
        )
    cells = ratings.ratee.joined(ratings.rater)
    if ratings.criterion:
        cells = cells.joined(ratings.criterion)
    again = len(ratings) - len(cells)
    if again:
        said.append(_("%(n)s scores repeat a rater's score of the same ratee; each counts.", n=again))
    return said


def own_ratings(ratings: Ratings) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows in which rater and ratee have the same name."""
    ratee = np.array(ratings.ratee.levels, dtype=np.str_)[ratings.ratee.codes]
    rater = np.array(ratings.rater.levels, dtype=np.str_)[ratings.rater.codes]
    return np.asarray(ratee == rater, dtype=np.bool_)


def without_own(ratings: Ratings) -> Ratings:
    """Leave out who rates himself; where names are bare numbers only say that they coincide.

    Two lists may both be numbered from 1 (students, lecturers): equal numbers are then not one person,
    and nothing in the file can tell. A name in both columns is one person.
    """
    own = own_ratings(ratings)
    if not own.any():
        return ratings
    if all(name.isdecimal() for name in ratings.rater.levels):
        said = _(
            "%(n)s scores have the same number as ratee and rater; numbers are taken as two lists, "
            "so they count. Leave them out if they are self-ratings.",
            n=int(own.sum()),
        )
        return ratings.taken(np.ones(len(ratings), dtype=np.bool_), said)
    return ratings.taken(~own, _("%(n)s self-ratings were left out.", n=int(own.sum())))


def table(ratings: Ratings) -> Numbers | None:
    """Ratees × raters where every pair has exactly one score, else None."""
    shape = (len(ratings.ratee), len(ratings.rater))
    cells = ratings.ratee.codes * shape[1] + ratings.rater.codes
    if len(ratings) != shape[0] * shape[1] or len(np.unique(cells)) != len(cells):
        return None
    filled = np.empty(shape)
    filled[ratings.ratee.codes, ratings.rater.codes] = ratings.score
    return filled
