"""A promise as pages show it: its words, how it stands, its curve. Small samples show no value."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chengzhi.branch.commitments.life import COMMITMENT_LIFE
from chengzhi.branch.commitments.models import Commitment, Reading
from chengzhi.branch.commitments.offered import offered
from chengzhi.branch.commitments.queries import latest, smallest_of
from chengzhi.domains import DOMAINS


def language() -> str:
    """The page's language."""
    return get_language() or "zh"


def local(thing: Any) -> str:
    """A name of data in the page's language."""
    own = thing.name if language().startswith("zh") else (getattr(thing, "name_en", "") or thing.name)
    return str(own)


def domain_name(key: str) -> str:
    """A domain in words."""
    found = next((one for one in DOMAINS if one.key == key), None)
    return local(found) if found else key


def share(value: float | None) -> str:
    """A share in per cent, one digit."""
    return "—" if value is None else f"{100 * value:.1f}%"


@dataclass(frozen=True)
class Shown:
    """One promise with its newest reading (or none)."""

    thing: Commitment
    reading: Reading | None

    @property
    def state(self) -> str:
        """The state in words."""
        return COMMITMENT_LIFE.state_words(self.thing.state, language())

    @property
    def smallest(self) -> int:
        """From how many rows on the value is shown."""
        return smallest_of(self.thing)

    @property
    def small(self) -> bool:
        """Whether the sample is too small for a value."""
        return self.reading is None or self.reading.below < self.smallest

    @property
    def value(self) -> str:
        """The value now."""
        return "—" if self.small or self.reading is None else share(self.reading.value)

    @property
    def interval(self) -> str:
        """Its 95 % interval."""
        if self.small or self.reading is None:
            return "—"
        return f"{share(self.reading.low)}–{share(self.reading.high)}"

    def _beside(self, name: str) -> str:
        if self.reading is None or getattr(self.reading, f"{name}_n") < self.smallest:
            return "—"
        return share(getattr(self.reading, f"{name}_value"))

    @property
    def baseline(self) -> str:
        """The value of the baseline window."""
        return self._beside("baseline")

    @property
    def compared(self) -> str:
        """The value of the comparison."""
        return self._beside("comparison")

    @property
    def outcome(self) -> str:
        """What the rule says now, in words."""
        return str(self.reading.get_outcome_display()) if self.reading else _("not begun")

    @property
    def grade(self) -> str:
        """The design grade, in words."""
        if self.reading is None:
            return "—"
        said = {
            "C": _("C: before and after only, no cause is claimed"),
            "D": _("D: nothing measurable to hold it against"),
        }
        return said[self.reading.grade]

    @property
    def target(self) -> str:
        """Target with its side."""
        return f"{self.thing.get_direction_display()} {share(self.thing.target)}"

    @property
    def metric(self) -> str:
        """The figure's name."""
        found = offered().get(self.thing.metric)
        return found.name(language()) if found else self.thing.metric

    @property
    def meaning(self) -> str:
        """The figure's meaning."""
        found = offered().get(self.thing.metric)
        return found.meaning(language()) if found else ""

    @property
    def place(self) -> str:
        """Where."""
        return local(self.thing.area) if self.thing.area else local(self.thing.district)

    @property
    def unit(self) -> str:
        """The department."""
        return local(self.thing.unit) if self.thing.unit else ""

    @property
    def what(self) -> str:
        """Which cases."""
        if self.thing.type:
            return local(self.thing.type)
        return domain_name(self.thing.domain) if self.thing.domain else _("all cases")

    @property
    def body(self) -> str:
        """Which body promised."""
        return local(self.thing.body)

    @property
    def who(self) -> str:
        """Who, for the public: post and body; the name only where its person let it be shown."""
        name = self.thing.member.name if self.thing.member and self.thing.name_shown else ""
        return " · ".join(part for part in (self.body, self.thing.post, name) if part)


def shown_all(things: Iterable[Commitment]) -> list[Shown]:
    """Promises with their newest readings; one statement more."""
    listed = list(things)
    newest = latest(listed)
    return [Shown(one, newest.get(one.pk)) for one in listed]


def curve(shown: Shown) -> Sequence[dict[str, Any]]:
    """The dated readings that may be shown: value, target and comparison in per cent."""
    rows = Reading.objects.filter(commitment=shown.thing, below__gte=shown.smallest).order_by("day")
    target = round(100 * shown.thing.target, 1)
    return [
        {"day": one.day.isoformat(), "value": round(100 * (one.value or 0), 1), "target": target, "n": one.below,
         "beside": round(100 * one.comparison_value, 1)
         if one.comparison_value is not None and one.comparison_n >= shown.smallest else None}
        for one in rows
    ]  # fmt: skip
