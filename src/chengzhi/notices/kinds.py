"""The kinds of messages and their words, shipped as data."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chengzhi.errors import Problem

LANGUAGES = {"zh-hans": "zh", "en": "en"}
NAMES = frozenset(("number", "type", "place", "unit", "due", "why", "link", "share", "count"))


class UnknownKind(Problem):
    """A message kind that is not declared in kinds.yaml."""

    code = "notices.unknown_kind"
    status = 500


class UnknownPlaceholder(Problem):
    """A text names something in braces that no message has."""

    code = "notices.unknown_placeholder"


@dataclass(frozen=True)
class Words:
    """Subject and body of a message in one language, with placeholders in braces."""

    subject: str
    body: str

    def checked(self) -> "Words":
        """The same words; raises :class:`UnknownPlaceholder` when a name is unknown."""
        try:
            used = {name for text in (self.subject, self.body) for _, name, _, _ in
                    Formatter().parse(text) if name is not None}  # fmt: skip
        except ValueError as error:
            raise UnknownPlaceholder(
                _("The text has a brace that is not closed."), str(error), _("Write {{ for a brace.")
            ) from error
        unknown = sorted(used - NAMES)
        if unknown:
            raise UnknownPlaceholder(
                _("The text names “%(name)s” in braces, which no message has.") % {"name": unknown[0]},
                _("Only what stands in the list can be filled in."),
                _("Use one of: %(known)s.") % {"known": ", ".join(sorted(NAMES))},
            )
        return self

    def filled(self, facts: dict[str, Any]) -> tuple[str, str]:
        """Subject and body with the facts put in; a missing fact is left out."""
        known = dict.fromkeys(NAMES, "") | {k: str(v) for k, v in facts.items() if k in NAMES}
        body = self.body.format_map(known)
        lines = [line.strip() for line in body.splitlines()]
        return self.subject.format_map(known), "\n".join(line for line in lines if line)


@dataclass(frozen=True)
class Kind:
    """A kind of message: its name, the channels it goes out on, its words per language."""

    key: str
    name: str
    name_en: str
    channels: tuple[str, ...]
    words: dict[str, Words]


@cache
def kinds() -> dict[str, Kind]:
    """All declared kinds by key."""
    raw = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text(encoding="utf-8"))
    return {key: _kind(key, body) for key, body in raw.items()}


def kind(key: str) -> Kind:
    """One kind; raises :class:`UnknownKind`."""
    try:
        return kinds()[key]
    except KeyError:
        raise UnknownKind(
            _("There is no message kind “%(key)s”.") % {"key": key},
            cure=_("Use one of: %(known)s.") % {"known": ", ".join(kinds())},
        ) from None


def _kind(key: str, body: dict[str, Any]) -> Kind:
    words = {code: Words(**body[short]).checked() for code, short in LANGUAGES.items()}
    return Kind(key, body["name"]["zh"], body["name"]["en"], tuple(body["channels"]), words)
