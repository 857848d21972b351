"""Designs of generalisability theory as text: `p x i`, `i:p`, `p x i x o`, `p x (r:t)`.

`x` crosses, `:` nests what stands before it in what stands after it, brackets group. Grammar and the effects
that follow are those of Brennan (2001, Generalizability Theory, chapters 3 and 5).
"""

import re
from dataclasses import dataclass

from chengzhi.branch.appraisal.estimators.problems import BadDesign, short
from chengzhi.errors import sentence as _

TOKEN = re.compile(r"\s*([():×]|[^\W\d_]\w*|\S)")
#: More facets mean more than a thousand effects.
MOST_FACETS = 6


@dataclass(frozen=True, slots=True)
class Effect:
    """`main` facets of an effect, nested in `within`."""

    main: frozenset[str]
    within: frozenset[str]

    @property
    def facets(self) -> frozenset[str]:
        """All facets that index it."""
        return self.main | self.within


@dataclass(frozen=True, slots=True)
class Formula:
    """A design: its facets in the order they were written, its effects, and what each facet is nested in."""

    facets: tuple[str, ...]
    effects: tuple[Effect, ...]

    def nest(self, facet: str) -> frozenset[str]:
        """The facets that `facet` is nested in."""
        return next(one.within for one in self.effects if one.main == {facet})


def parse(text: str) -> Formula:
    """Read a design.

    Raises
    ------
    BadDesign: a bracket, sign or name is missing, or a facet stands twice.
    """
    words = TOKEN.findall(text)
    facets = tuple(word for word in words if word not in ("x", "×", ":", "(", ")"))
    if not facets or len(set(facets)) < len(facets) or not all(one.isidentifier() for one in facets):
        raise _bad(text)
    if len(facets) > MOST_FACETS:
        raise _bad(text)
    effects, rest = _crossed(words, text)
    if rest:
        raise _bad(text)
    rank = {facet: at for at, facet in enumerate(facets)}
    order = sorted(effects, key=lambda one: (len(one.facets), sorted(rank[f] for f in one.facets)))
    return Formula(facets, tuple(order))


def _bad(text: str) -> BadDesign:
    return BadDesign(
        _("“%(text)s” is not a design.", text=short(text)),
        _(
            "x crosses, a colon nests, brackets group, each facet stands once, at most %(most)s.",
            most=MOST_FACETS,
        ),
        _("Write it like these: p x i, i:p, p x i x o, p x (r:t)."),
    )


def _crossed(words: list[str], text: str) -> tuple[list[Effect], list[str]]:
    effects, rest = _nested(words, text)
    while rest and rest[0] in ("x", "×"):
        others, rest = _nested(rest[1:], text)
        pairs = [Effect(a.main | b.main, a.within | b.within) for a in effects for b in others]
        effects = effects + others + pairs
    return effects, rest


def _nested(words: list[str], text: str) -> tuple[list[Effect], list[str]]:
    effects, rest = _single(words, text)
    if rest and rest[0] == ":":
        outer, rest = _nested(rest[1:], text)
        around = frozenset[str]().union(*(one.facets for one in outer))
        effects = [Effect(one.main, one.within | around) for one in effects] + outer
    return effects, rest


def _single(words: list[str], text: str) -> tuple[list[Effect], list[str]]:
    if not words or words[0] in ("x", "×", ":", ")"):
        raise _bad(text)
    if words[0] != "(":
        return [Effect(frozenset({words[0]}), frozenset())], words[1:]
    effects, rest = _crossed(words[1:], text)
    if not rest or rest[0] != ")":
        raise _bad(text)
    return effects, rest[1:]
