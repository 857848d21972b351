"""Two-sign pieces of a text, as the search of cases keeps them."""

from chengzhi.places.words import MOST, bigrams, folded

__all__ = ["MOST", "bigrams", "folded"]
