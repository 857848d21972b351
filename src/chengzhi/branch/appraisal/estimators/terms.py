"""Fixed and random terms as they are written on the command line.

`a` is a column of names, `number(a)` a column of numbers, `a:b` their product, `a*b` both and their product.
"""

import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from chengzhi.branch.appraisal.estimators.problems import BadDesign, BadScore, short
from chengzhi.branch.appraisal.estimators.ratings import Factor, Numbers, Ratings
from chengzhi.errors import sentence as _

NUMBER = re.compile(r"number\((.+)\)")


def columns_of(terms: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The columns that terms speak of; a column whose name has a sign of ours is taken whole."""
    found: dict[str, None] = {}
    for term in terms:
        for part in _parts(term, known):
            found[_column(part, known)] = None
    return tuple(found)


def fixed_columns(ratings: Ratings, terms: Sequence[str]) -> sparse.csr_matrix:
    """n × p: ones, then the columns of each term; dependent columns may be among them."""
    blocks = [sparse.csr_matrix(np.ones((len(ratings), 1)))]
    known = tuple(ratings.more)
    for term in terms:
        parts = [_block(ratings, part, known) for part in _parts(term, known)]
        if "*" in term and len(parts) > 1:
            blocks += parts
        product = parts[0]
        for other in parts[1:]:
            product = _products(product, other)
        blocks.append(product)
    return sparse.hstack(blocks, format="csr")


def random_factor(ratings: Ratings, term: str) -> Factor:
    """The factor of a random term, of one column or the pairs of several."""
    known = tuple(ratings.more)
    if "*" in term and term not in known:
        raise BadDesign(
            _("“%(term)s” is not a random term.", term=short(term)),
            _("A random term is one column, or the pairs of several written with a colon."),
            _("Write a:b, and a and b as terms of their own where they are wanted."),
        )
    parts = [ratings.column(part) for part in _parts(term, known)]
    whole = parts[0]
    for other in parts[1:]:
        whole = whole.joined(other)
    return Factor(term, whole.levels, whole.codes)


def _parts(term: str, known: Sequence[str]) -> list[str]:
    if term in known:
        return [term]
    parts = [part.strip() for part in re.split(r"[*:]", term)]
    if not all(parts):
        raise BadDesign(
            _("“%(term)s” is not a term.", term=short(term)),
            _("A term is a column, number(column), a:b or a*b."),
            _("Write the columns on both sides of the sign."),
        )
    return parts


def _column(part: str, known: Sequence[str]) -> str:
    match = None if part in known else NUMBER.fullmatch(part)
    return match[1].strip() if match else part


def _block(ratings: Ratings, part: str, known: Sequence[str]) -> sparse.csr_matrix:
    name = _column(part, known)
    factor = ratings.column(name)
    n = len(ratings)
    if name != part:
        return sparse.csr_matrix(_numbers(factor)[factor.codes][:, None])
    return sparse.csr_matrix((np.ones(n), factor.codes, np.arange(n + 1)), shape=(n, len(factor)))


def _numbers(factor: Factor) -> Numbers:
    try:
        found = np.array([float(one) for one in factor.levels])
    except ValueError:
        found = np.array([np.nan])
    if not np.isfinite(found).all():
        raise BadScore(
            _("The column “%(name)s” holds something else than numbers.", name=short(factor.name)),
            _("number(…) needs a finite number in every row that has a score."),
            _("Correct the column, or use it as names."),
        )
    return found


def _products(one: sparse.csr_matrix, other: sparse.csr_matrix) -> sparse.csr_matrix:
    """Every column of the one times every column of the other, those that occur."""
    made = [one.multiply(other[:, at]) for at in range(other.shape[1])]
    whole = sparse.hstack(made, format="csc")
    return whole[:, np.diff(whole.indptr) > 0].tocsr()
