"""What may be wrong with a file of ratings or with the question asked of it; one class per cause."""

from typing import ClassVar

from chengzhi.errors import Problem

LONGEST = 60


def short(text: object) -> str:
    """A name as it may stand in a sentence: a column's name can be a million signs long."""
    said = str(text)
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"


def listed(names: object, most: int = 6) -> str:
    """The first few names, and a sign that there are more."""
    words = [short(name) for name in names]  # type: ignore[attr-defined]
    return ", ".join(words[:most]) + (", …" if len(words) > most else "")


class UnreadableRatings(Problem):
    """The file is no table of text: empty, binary, or with rows of different lengths."""

    code: ClassVar[str] = "appraisal.unreadable"


class UnknownColumn(Problem):
    """A column that was named is not in the file, or is named for two things."""

    code: ClassVar[str] = "appraisal.column"


class BadScore(Problem):
    """A score is neither a finite number nor empty."""

    code: ClassVar[str] = "appraisal.score"


class TooFewRatings(Problem):
    """What is left is not enough for any estimate: one ratee, or no score."""

    code: ClassVar[str] = "appraisal.too_few"


class TooManyLevels(Problem):
    """The design needs a matrix that does not fit into memory."""

    code: ClassVar[str] = "appraisal.too_large"


class UnfitOption(Problem):
    """An option that the chosen model has no meaning for."""

    code: ClassVar[str] = "appraisal.option"


class BadDesign(Problem):
    """The text of a design cannot be read, or does not fit the columns."""

    code: ClassVar[str] = "appraisal.design"


class UnbalancedDesign(Problem):
    """A cell of the design is missing or filled twice; the analysis of variance needs each once."""

    code: ClassVar[str] = "appraisal.unbalanced"


class IncompleteRoundRobin(Problem):
    """In a round robin everybody rates everybody else, once."""

    code: ClassVar[str] = "appraisal.round_robin"


class UnconnectedDesign(Problem):
    """Raters and ratees fall into parts that no rating joins: severities cannot be compared."""

    code: ClassVar[str] = "appraisal.unconnected"


class NotGrades(Problem):
    """The scores are not a few ordered grades."""

    code: ClassVar[str] = "appraisal.grades"
