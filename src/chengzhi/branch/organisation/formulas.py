"""What the kinds of practice rules compute: pure functions over counts, exact, with their reason.

A share is a fraction of two whole numbers, never a float: a meeting of 7 with 4 present is
"half or more" by 4·2 ≥ 7·1. 应到会 (expected) and 到会 (present) are kept apart everywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class BadCount(Problem):
    """Counts that cannot be: more present than expected, more votes than voters, a negative number."""

    code: ClassVar[str] = "branch.bad_count"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its way of comparing: `strict` asks for more than it, else it is enough to reach it."""

    over: int
    under: int
    strict: bool = False

    def met(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` is enough; nothing is enough of an empty whole."""
        if whole <= 0:
            return False
        left, right = part * self.under, whole * self.over
        return left > right if self.strict else left >= right

    def least(self, whole: int) -> int:
        """The smallest number that is enough of `whole`."""
        exact = whole * self.over
        reached = -(-exact // self.under)
        return reached + 1 if self.strict and reached * self.under == exact else reached


def share(parameters: Mapping[str, Any]) -> Share:
    """The share of a rule's parameters: `over`, `under`, `strict`."""
    return Share(int(parameters["over"]), int(parameters["under"]), bool(parameters.get("strict")))


def cap(whole: int, parameters: Mapping[str, Any]) -> int:
    """At most so many of `whole`, rounded as the rule declares: `floor` (default) or `nearest`."""
    if whole < 0:
        raise BadCount(_("A group cannot have fewer than no members."))
    exact = whole * int(parameters["over"]) / int(parameters["under"])
    if parameters.get("rounding", "floor") == "nearest":
        return floor(exact + 0.5)
    return whole * int(parameters["over"]) // int(parameters["under"])
