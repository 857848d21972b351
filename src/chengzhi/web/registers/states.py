"""The states of a kind in words."""

from chengzhi.domains.kinds import Kind
from chengzhi.registers import lives
from chengzhi.web.registers.words import language


def states_of(kind: Kind) -> list[tuple[str, str]]:
    """Every state of the kind's life with its words."""
    return [(key, state_words(kind, key)) for key in lives.life(kind.key).states]


def state_words(kind: Kind, state: str) -> str:
    """A state in the page's language."""
    return str(lives.state_words(kind.key, state, language()))
