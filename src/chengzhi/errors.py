"""The one base class of everything that may go wrong in a way a person can act on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

_translate: Callable[[str], str] = str


def speak(translate: Callable[[str], str]) -> None:
    """Bind what gives an English message in the reader's language; until then all is English."""
    global _translate
    _translate = translate


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with its values kept apart, put into the reader's language when it is read."""

    message: str
    values: Mapping[str, object]

    def __str__(self) -> str:
        said = _translate(self.message)
        return said % self.values if self.values else said


def sentence(message: str, /, **values: object) -> Sentence:
    """Say `message` with values for its “%(name)s”; imported as `_` where Django must not be.

    Written `_("There is no calendar “%(key)s”.", key=key)` it is found by makemessages.
    """
    return Sentence(message, values)


class Problem(Exception):  # noqa: N818 -- it is shown to people, who have problems
    """A refusal in plain words: what happened, why, and what to do about it.

    Each cause is its own subclass with its own stable `code`. Pages show the three
    sentences, the API answers `as_json()` with `status`, commands print the same and exit 1.
    A `Sentence` is read in the language of the moment it is shown, any other text as it is.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400

    def __init__(self, what: str | Sentence, why: str | Sentence = "", cure: str | Sentence = "") -> None:
        self._said = tuple(part if isinstance(part, Sentence) else str(part) for part in (what, why, cure))
        super().__init__(self.what)

    @property
    def what(self) -> str:
        """What happened."""
        return str(self._said[0])

    @property
    def why(self) -> str:
        """Why; may be empty."""
        return str(self._said[1])

    @property
    def cure(self) -> str:
        """What to do about it; may be empty."""
        return str(self._said[2])

    def as_json(self) -> dict[str, dict[str, str]]:
        """The shape every outside reader of an error gets."""
        return {"error": {"code": self.code, "what": self.what, "why": self.why, "cure": self.cure}}

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.cure) if part)
