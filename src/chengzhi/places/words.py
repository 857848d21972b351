"""Two-sign pieces of a text, for the GIN index: Chinese of two characters is found, Latin too."""

import re
import unicodedata

_RUNS = re.compile(r"[0-9a-zÀ-ɏͰ-ӿ㐀-䶿一-鿿豈-﫿぀-ヿ가-힯]+")
MOST = 4000


def folded(text: str) -> str:
    """The text as it is compared: full-width forms narrowed, lower case."""
    return unicodedata.normalize("NFKC", text[:MOST]).lower()


def bigrams(*texts: str) -> list[str]:
    """The distinct neighbouring pairs of signs within each run of letters, digits and characters.

    A run of one sign stands for itself, so that it can still be found. Sorted, so that the
    same text always gives the same array.
    """
    found: set[str] = set()
    for run in _RUNS.findall(folded(" ".join(texts))):
        if len(run) == 1:
            found.add(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return sorted(found)
