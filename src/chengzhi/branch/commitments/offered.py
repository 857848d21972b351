"""Which figures a promise may be made of, how they can be cut, and the proposed templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from django.utils.translation import gettext as _

from chengzhi.analytics.metric import Metric, Subject
from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.tables import TABLES
from chengzhi.branch.commitments.problems import NotMeasuredThatWay


@lru_cache(maxsize=1)
def offered() -> Mapping[str, Metric]:
    """The shares of areas and departments that mean the same in every district.

    A plain count is not offered: whoever promises fewer cases is served by filing fewer. A
    figure whose denominator a district chooses could change while the promise runs.
    """
    fit = (Subject.AREA, Subject.DEPARTMENT)
    return {k: m for k, m in METRICS.items() if m.subject in fit and m.is_rate and len(m.anchors) == 1}


def metric_of(key: str) -> Metric:
    """The metric of a promise. Raises NotMeasuredThatWay."""
    if key not in offered():
        raise NotMeasuredThatWay(
            _("No promise can be made of “%(key)s”.") % {"key": key[:60]},
            _("Only shares of areas and departments, counted alike everywhere, are offered."),
            _("Choose a figure of the list."),
        )
    return offered()[key]


def columns_of(metric: Metric) -> frozenset[str]:
    """By which of area, street, unit, domain, type its rows can be cut."""
    return frozenset(TABLES[metric.table].names) & {"area", "street", "unit", "domain", "type"}


@dataclass(frozen=True, slots=True)
class Template:
    """A proposal for one domain: figure and direction with a hint, never a target."""

    key: str
    domain: str
    metric: str
    direction: str
    title: str
    title_en: str
    hint: str
    hint_en: str

    def words(self, language: str) -> tuple[str, str]:
        """Title and hint in Chinese for `zh…`, else in English."""
        return (self.title, self.hint) if language.startswith("zh") else (self.title_en, self.hint_en)


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """The templates of `templates.yaml`. Raises NotMeasuredThatWay for a figure not offered."""
    text = files("chengzhi.branch.commitments").joinpath("templates.yaml").read_text("utf-8")
    said: list[dict[str, Any]] = yaml.safe_load(text)["templates"]
    for one in said:
        metric_of(one["metric"])
    return tuple(Template(**one) for one in said)
