"""How a lecture of each form runs, and what groups may ask themselves, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the agenda; `minutes` is 0 for a question."""

    words: str
    minutes: int = 0


@cache
def _shipped() -> Mapping[str, Any]:
    said: Mapping[str, Any] = yaml.safe_load(
        files("chengzhi.branch.lectures").joinpath("agenda.yaml").read_text("utf-8")
    )
    return said


def _words(one: Mapping[str, Any], language: str) -> str:
    return str(one["zh" if language.startswith("zh") else "en"])


def agenda(form: str, language: str) -> list[Part]:
    """The parts of a form in order."""
    return [Part(_words(one, language), int(one["minutes"])) for one in _shipped()["forms"][form]]


def questions(language: str) -> list[Part]:
    """What every group may ask itself."""
    return [Part(_words(one, language)) for one in _shipped()["questions"]]
