"""Numbers that a law, standard or authority sets: dated, sourced, never in code.

`RULES["cases/lamp"].at(day)` gives the value in force on a day with the article it rests on. Files
lie beside this one, one value each, a folder for each subject. A bare number is not allowed: each
file names its unit, and each value its article.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, ClassVar

import yaml

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

STATUSES = frozenset({"seen", "unverified"})


class UnknownRule(Problem):
    """A rule name for which there is no file."""

    code: ClassVar[str] = "unknown_rule"
    status: ClassVar[int] = 404


class NotYetInForce(Problem):
    """A day before the first value of a rule."""

    code: ClassVar[str] = "rule_not_in_force"
    status: ClassVar[int] = 422


class BadRule(Problem):
    """A rule file that lacks what every rule must have."""

    code: ClassVar[str] = "bad_rule"
    status: ClassVar[int] = 500


@dataclass(frozen=True, slots=True)
class Value:
    """What a rule says on a day.

    `value` is a number, text, list or mapping as the file has it; `choice` picks one of several
    readings when the file offers named choices.
    """

    value: Any
    unit: str
    article: str
    first_day: date
    checked_on: date
    status: str

    def choice(self, name: str | None = None) -> Any:
        """One of the named readings of the value; the file's default without a name.

        Raises UnknownRule for a name the file does not offer.
        """
        wanted = name or self.value["default"]
        if wanted not in self.value["choices"]:
            offered = ", ".join(self.value["choices"])
            raise UnknownRule(
                _("There is no reading “%(name)s”.", name=wanted),
                cure=_("Use one of: %(known)s.", known=offered),
            )
        return self.value["choices"][wanted]


@dataclass(frozen=True)
class Rule:
    """One rule: its meaning and its values, oldest first."""

    path: str
    title: str
    title_en: str
    source: str
    values: tuple[Value, ...]

    def at(self, day: date) -> Value:
        """The value in force on `day`. Raises NotYetInForce, naming the file."""
        index = bisect_right([value.first_day for value in self.values], day)
        if not index:
            raise NotYetInForce(
                _("The rule %(rule)s has no value on %(day)s.", rule=self.path, day=day),
                _(
                    "Its file %(file)s.yaml begins on %(day)s.",
                    file=self.path,
                    day=self.values[0].first_day,
                ),
                _("Add the value in force on that day, with its article."),
            )
        return self.values[index - 1]


def parse(path: str, text: str) -> Rule:
    """Read one rule file. Raises BadRule, naming the file and what is missing."""
    said = yaml.safe_load(text)
    wanted = ("title", "title_en", "unit", "source", "status", "checked_on", "values")
    lacking = [name for name in wanted if not said.get(name)]
    if lacking:
        raise BadRule(f"{path}.yaml lacks {', '.join(lacking)}.")
    if said["status"] not in STATUSES:
        raise BadRule(f"{path}.yaml has the status {said['status']!r}; it is seen or unverified.")
    days = list(said["values"])
    if any(not isinstance(day, date) for day in days) or days != sorted(days):
        raise BadRule(f"The dates in {path}.yaml do not ascend.")
    values = tuple(_value(path, said, day) for day in days)
    return Rule(path, said["title"], said["title_en"], said["source"], values)


def _value(path: str, said: Mapping[str, Any], day: date) -> Value:
    entry = said["values"][day]
    if "value" not in entry or not entry.get("article"):
        raise BadRule(f"{path}.yaml: the value of {day} needs value and article.")
    return Value(entry["value"], said["unit"], entry["article"], day, said["checked_on"], said["status"])


class Rules(Mapping[str, Rule]):
    """All shipped rules by path, such as "cases/lamp"."""

    @cached_property
    def _all(self) -> dict[str, Rule]:
        found = _walk(files(__package__), "")
        return {path: parse(path, entry.read_text("utf-8")) for path, entry in sorted(found)}

    def __getitem__(self, path: str) -> Rule:
        if path not in self._all:
            raise UnknownRule(
                _("There is no rule “%(rule)s”.", rule=path),
                _("No file %(file)s.yaml lies in law/rules.", file=path),
            )
        return self._all[path]

    def __contains__(self, path: object) -> bool:
        return path in self._all

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _walk(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".yaml"):
            yield prefix + entry.name[: -len(".yaml")], entry


RULES = Rules()
