"""What a domain's file says besides its registers: what stands near a case, and which alarms it knows."""

from dataclasses import dataclass
from typing import Literal

from chengzhi.domains.words import Word


@dataclass(frozen=True, slots=True)
class Beside:
    """Objects that a case page shows beside a matter: the nearest of a kind, or the areas it lies in.

    Attributes
    ----------
    kind : of the objects. types : codes of the case types it is shown with.
    states : of the objects; empty for all that stand there.
    how : "nearest" by distance, "around" for areas with a permit in force that hold the place.
    within : metres for "nearest".
    facts : keys of the facts named in the line.
    """

    kind: str
    types: tuple[str, ...]
    name: str
    name_en: str
    states: tuple[str, ...] = ()
    how: Literal["nearest", "around"] = "nearest"
    within: int = 2000
    facts: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        """The heading in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning (预警) that brings the checks of a kind forward and makes a list of whom to call.

    Attributes
    ----------
    kind : objects it concerns. checklist : the check that is due at once.
    only : key of a flag among the facts; only objects that have it are called. None: all.
    levels : how strong it may be.
    """

    key: str
    name: str
    name_en: str
    kind: str
    checklist: str
    levels: tuple[Word, ...]
    only: str | None = None

    def words(self, language: str) -> str:
        """The alarm's name in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


COLOURS = (
    Word("blue", "蓝色", "Blue"),
    Word("yellow", "黄色", "Yellow"),
    Word("orange", "橙色", "Orange"),
    Word("red", "红色", "Red"),
)


@dataclass(frozen=True, slots=True)
class Demand:
    """Where people trade without a place: proposes new places, a demand map.

    Cells with at least `least` cases of `types` within `days` and no object of `kind` in a `free`
    state within `within` metres. The numbers are choices of ours; the page says them.
    """

    kind: str
    types: tuple[str, ...]
    free: tuple[str, ...]
    within: int = 300
    days: int = 180
    least: int = 5


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums of one quantity of a kind by how far its objects have come, split by a choice.

    Ways that lead to the same end (removed by the owner, legalised, demolished) stand side by side;
    none is a target.
    """

    kind: str
    quantity: str
    split: str
    groups: tuple[tuple[str, str, tuple[str, ...]], ...]
