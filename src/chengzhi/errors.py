"""The one base class of everything that may go wrong in a way a person can act on."""

from typing import ClassVar


class Problem(Exception):  # noqa: N818 -- it is shown to people, who have problems
    """A refusal in plain words: what happened, why, and what to do about it.

    Each cause is its own subclass with its own stable `code`. Pages show the three
    sentences, the API answers `as_json()` with `status`, commands print the same and exit 1.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 400

    def __init__(self, what: str, why: str = "", cure: str = "") -> None:
        self.what = str(what)
        self.why = str(why)
        self.cure = str(cure)
        super().__init__(self.what)

    def as_json(self) -> dict[str, dict[str, str]]:
        """The shape every outside reader of an error gets."""
        return {"error": {"code": self.code, "what": self.what, "why": self.why, "cure": self.cure}}

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.cure) if part)
