"""Why the ledger refuses: one class per cause."""

from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class NoSuchItem(Problem):
    """No item of that number in a body the person belongs to."""

    code: ClassVar[str] = "rectification.no_such_item"
    status: ClassVar[int] = 404

    @classmethod
    def numbered(cls, number: str) -> "NoSuchItem":
        """It is not there, or not for this person: the answer is the same."""
        return cls(_("There is no item %(number)s.") % {"number": number[:40]})


class EmptyGap(Problem):
    """An item that does not say what is wrong."""

    code: ClassVar[str] = "rectification.empty_gap"
    status: ClassVar[int] = 422


class NoBenchmark(Problem):
    """An item without an article or speech it is measured by, or one with a date still to come."""

    code: ClassVar[str] = "rectification.no_benchmark"
    status: ClassVar[int] = 422


class UnsafeLink(Problem):
    """A link to a text that is not https."""

    code: ClassVar[str] = "rectification.unsafe_link"
    status: ClassVar[int] = 422


class BadFigure(Problem):
    """A figure that is not in the catalogue, is about persons, or cannot be read in that slice."""

    code: ClassVar[str] = "rectification.bad_figure"
    status: ClassVar[int] = 422


class NoSuchEvidence(Problem):
    """Evidence that is neither a case the person may see nor an item of his body."""

    code: ClassVar[str] = "rectification.no_such_evidence"
    status: ClassVar[int] = 422


class CheckedByOneself(Problem):
    """The owner, or whoever asked, would check the item himself."""

    code: ClassVar[str] = "rectification.checked_by_oneself"
    status: ClassVar[int] = 409


class CannotReopen(Problem):
    """An item that was not struck off, is too old, or was reopened already."""

    code: ClassVar[str] = "rectification.cannot_reopen"
    status: ClassVar[int] = 409


class NotYourWords(Problem):
    """Own words are said by a member of the body, and changed by whoever said them."""

    code: ClassVar[str] = "rectification.not_your_words"
    status: ClassVar[int] = 404
