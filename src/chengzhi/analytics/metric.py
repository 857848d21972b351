"""What an indicator is, and the register in which each stands once. No Django, no engine."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal

import yaml

from chengzhi.analytics.periods import Window
from chengzhi.analytics.tables import TABLES, Row
from chengzhi.errors import Problem


class BannedMetric(Problem):
    """A figure that must not be counted here: fines, log-ins, hours on line, likes …"""

    code: ClassVar[str] = "banned_metric"
    status: ClassVar[int] = 500


class BadMetric(Problem):
    """A metric declared twice, over an unknown table or without its meaning."""

    code: ClassVar[str] = "bad_metric"
    status: ClassVar[int] = 500


class UnknownMetric(Problem):
    """A metric key that is not in the register."""

    code: ClassVar[str] = "unknown_metric"
    status: ClassVar[int] = 404


class Subject(StrEnum):
    """Whom a metric is about. The last four are posts, shown as aggregates only."""

    AREA = "area"
    DEPARTMENT = "department"
    INSPECTOR = "inspector"
    CLERK = "intake_clerk"
    LEADER = "shift_leader"
    DISPATCHER = "dispatcher"


POSTS = (Subject.INSPECTOR, Subject.CLERK, Subject.LEADER, Subject.DISPATCHER)


@dataclass(frozen=True)
class Options:
    """Choices on which the sources disagree or that a district has to make.

    rework_base : 返工率 is divided by cases due for closing or by cases handled.
    closing_base : 按时结案率 of the shift leader is divided by cases closed or due for closing.
    """

    rework_base: Literal["due_to_close", "handled"] = "due_to_close"
    closing_base: Literal["closed", "due_to_close"] = "closed"


@dataclass(frozen=True)
class Words:
    """The same text in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """The text in a language; anything not Chinese reads English."""
        return self.zh if language.startswith("zh") else self.en


Part = Callable[[Any, Window, Options], Any]
Plain = Callable[[Row, Window, Options], tuple[bool, bool]]


@dataclass(frozen=True)
class Metric:
    """One figure: what it means, where it is read, how it is counted, how small it may be shown.

    Attributes
    ----------
    numerator, denominator : which rows count, as a yes/no expression over the flat table. A plain
        count has no denominator. The numerator is always part of the denominator.
    plain : the definition: (row counts above, row counts below) for one row in plain Python.
    anchors : the time that places a row in a period, by the options: a row can count only if
        it lies in the period. A metric with a choice of denominator names one per choice.
    due : what "due in the period" (应…数) means here.
    holder : column with the post holder, for posts; used for spread and head count only.
    better : whether more or fewer is better. `smallest` : fewest cases at which it may be shown.
    """

    key: str
    subject: Subject
    name: Words
    meaning: Words
    above: Words
    source: str
    numerator: Part
    plain: Plain
    anchors: tuple[str, ...]
    below: Words | None = None
    due: Words | None = None
    denominator: Part | None = None
    choose: Callable[[Options], str] | None = None
    table: str = "cases_flat"
    holder: str | None = None
    better: Literal["more", "fewer"] = "more"
    smallest: int = 10

    @property
    def unit(self) -> str:
        """`share` (0 to 1) for a rate, `cases` for a count."""
        return "cases" if self.denominator is None else "share"

    @property
    def indicator(self) -> str:
        """The name without its subject, as the rules of law/rules/evaluation call it."""
        return self.key.removeprefix(f"{self.subject.value}_")

    def anchor(self, options: Options) -> str:
        """The time that places a row in a period under these options."""
        return self.anchors[0] if self.choose is None else self.choose(options)

    @property
    def is_rate(self) -> bool:
        """Whether it is a share of something."""
        return self.denominator is not None

    def formula(self, language: str) -> str:
        """The formula in words."""
        if self.below is None:
            return f"{self.name(language)} = {self.above(language)}"
        return f"{self.name(language)} = {self.above(language)} ÷ {self.below(language)}"


_METRICS: dict[str, Metric] = {}


@cache
def banned() -> Mapping[str, re.Pattern[str]]:
    """Topic -> words that give it away, from metrics/banned.yaml."""
    text = (files("chengzhi.analytics") / "metrics" / "banned.yaml").read_text("utf-8")
    topics = yaml.safe_load(text)["topics"]
    return {topic["name"]: re.compile(topic["pattern"], re.IGNORECASE) for topic in topics}


def refuse_banned(text: str) -> None:
    """Raise BannedMetric if the text names a figure that must not be counted."""
    spoken = text.replace("_", " ")
    for topic, pattern in banned().items():
        found = pattern.search(spoken)
        if found:
            raise BannedMetric(
                f"No figure may count {topic} (found {found.group()!r}).",
                "Such a figure makes people serve the figure: money raised, presence or show.",
                "Measure the result for residents instead.",
            )


def register(metric: Metric) -> Metric:
    """Enter a metric. Raises BannedMetric or BadMetric."""
    parts = (metric.name, metric.meaning, metric.above, metric.below)
    said = [text for words in parts if words for text in (words.zh, words.en)]
    refuse_banned(" ".join([metric.key, *said]))
    if metric.key in _METRICS:
        raise BadMetric(f"The metric {metric.key} is declared twice.")
    if metric.table not in TABLES:
        raise BadMetric(f"The metric {metric.key} reads an unknown table {metric.table}.")
    if not all(text.strip() for text in said):
        raise BadMetric(f"The metric {metric.key} does not say what it means in both languages.")
    if (metric.denominator is None) != (metric.below is None):
        raise BadMetric(f"The metric {metric.key} has a denominator without words or the reverse.")
    if not metric.anchors or not set(metric.anchors) <= set(TABLES[metric.table].times):
        raise BadMetric(f"The metric {metric.key} must name the times that place a row in a period.")
    if metric.holder and metric.holder not in TABLES[metric.table].names:
        raise BadMetric(f"The metric {metric.key} names an unknown holder column.")
    _METRICS[metric.key] = metric
    return metric


def registered() -> Mapping[str, Metric]:
    """What has been entered so far; use `chengzhi.analytics.metrics.METRICS` for all."""
    return _METRICS
