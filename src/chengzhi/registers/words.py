"""What a text search finds an object or a party by."""

from collections.abc import Mapping
from typing import Any

from chengzhi.domains.kinds import Kind
from chengzhi.places.words import bigrams

MOST_PIECES = 200  # a register's text facts are short; a pasted essay must not swell the index


def pieces(kind: Kind, name: str, address: str, facts: Mapping[str, Any]) -> list[str]:
    """The search pieces of an object: name, address and the texts among its facts."""
    texts = [str(facts[one.key]) for one in kind.fields if one.type == "text" and facts.get(one.key)]
    return bigrams(name, address, *texts)[:MOST_PIECES]
