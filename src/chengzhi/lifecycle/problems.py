"""Why a step is refused. Each cause is its own class, so that pages and programs can tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from chengzhi.errors import Problem


class BrokenLife(Problem):
    """A table of steps that contradicts itself; found when the program starts."""

    code: ClassVar[str] = "lifecycle.broken_life"
    status: ClassVar[int] = 500


class UnboundEffect(Problem):
    """A life names an effect that nothing is bound to; the program refuses to start."""

    code: ClassVar[str] = "lifecycle.unbound_effect"
    status: ClassVar[int] = 500


class NoSuchStep(Problem):
    """A step that is not in the table."""

    code: ClassVar[str] = "lifecycle.no_such_step"
    status: ClassVar[int] = 404

    @classmethod
    def named(cls, name: str, life: str) -> "NoSuchStep":
        """The step `name` was asked of the life `life`."""
        return cls(
            _("There is no step “%(step)s”.") % {"step": name},
            _("The life “%(life)s” does not know it.") % {"life": life},
        )


class StepNotAllowed(Problem):
    """The step does not start from the state the thing is in."""

    code: ClassVar[str] = "lifecycle.step_not_allowed"
    status: ClassVar[int] = 409


class BadFact(Problem):
    """A fact the step does not know, or one it wants and was not given."""

    code: ClassVar[str] = "lifecycle.bad_fact"
    status: ClassVar[int] = 422


class Conflict(Problem):
    """Somebody else changed the thing first."""

    code: ClassVar[str] = "lifecycle.conflict"
    status: ClassVar[int] = 409


class CannotUndo(Problem):
    """The step is final, too long ago, or no longer the last one."""

    code: ClassVar[str] = "lifecycle.cannot_undo"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Unmet:
    """One need that does not hold: its name, what is missing, on which article it rests."""

    need: str
    says: str
    article: str = ""

    def as_json(self) -> dict[str, str]:
        """Plain values for the API."""
        return {"need": self.need, "says": self.says, "article": self.article}


class NeedsNotMet(Problem):
    """One or more needs of the step do not hold; all of them are told at once."""

    code: ClassVar[str] = "lifecycle.needs_not_met"
    status: ClassVar[int] = 409

    def __init__(self, step: str, unmet: Sequence[Unmet]) -> None:
        self.unmet = tuple(unmet)
        reasons = "".join(f"{one.says}（{one.article}）" if one.article else one.says for one in unmet)
        super().__init__(
            _("“%(step)s” is not possible yet.") % {"step": step},
            reasons,
            _("Do what is missing, then try again."),
        )

    def as_json(self) -> dict[str, dict[str, str]]:
        """The usual shape, with the names of the needs that failed."""
        shape = super().as_json()
        shape["error"]["needs"] = " ".join(one.need for one in self.unmet)
        return shape
