"""Estimates in words: value, interval, n; or why there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chengzhi.analytics.tally import wilson
from chengzhi.inspections.estimates import Estimate, stratified_share
from chengzhi.inspections.models import Finding, Stratum
from chengzhi.inspections.results import WHY
from chengzhi.web.field.wording import amount
from chengzhi.web.shell.wording import number

FEW = 5
"""Values below which a share is greyed: it says next to nothing."""


@dataclass(frozen=True)
class Shown:
    """A figure as a table shows it; `low`, `high`, `scaled` are per cent for a share, else the unit's."""

    text: str
    interval: str
    n: int
    few: bool
    why: str = ""
    scaled: float | None = None
    low: float | None = None
    high: float | None = None


def share(one: Estimate) -> Shown:
    """A share as per cent."""
    interval = "—" if one.low is None or one.high is None else f"{100 * one.low:.1f}–{100 * one.high:.1f}%"
    text = "—" if one.value is None else f"{number(100 * one.value, 1)}%"
    return Shown(
        text, interval, one.known, one.known < FEW, str(WHY.get(one.why, "")), _percent(one.value),
        _percent(one.low), _percent(one.high),
    )  # fmt: skip


def mean(one: Estimate, unit: str) -> Shown:
    """A mean in its unit."""
    interval = "—" if one.low is None or one.high is None else f"{one.low:.2f}–{one.high:.2f}"
    text = "—" if one.value is None else amount(round(one.value, 2), unit)
    why = str(WHY.get(one.why, ""))
    return Shown(text, interval, one.known, one.known < FEW, why, one.value, one.low, one.high)


def plain_share(above: int, below: int) -> Shown:
    """A share of a plain count with Wilson's interval."""
    found = wilson(above, below)
    if found is None:
        return Shown("—", "—", 0, True, _("nothing was seen"))
    low, high = found
    return Shown(
        f"{number(100 * above / below, 1)}%", f"{100 * low:.1f}–{100 * high:.1f}%", below, below < FEW, "",
        _percent(above / below), _percent(low), _percent(high),
    )  # fmt: skip


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * value, 4)


def items_of_round(round_id: int) -> Mapping[str, Estimate]:
    """Share in order of each line of the checklist, of the places where it applies.

    How many places of a stratum it applies to is estimated from those seen there.
    """
    sizes = dict(Stratum.objects.filter(round_id=round_id).order_by("pk").values_list("pk", "size"))
    rows = Finding.objects.filter(visit__point__round_id=round_id, visit__recheck_of=None)
    said: dict[str, dict[int, list[str]]] = {}
    for item, stratum, answer in rows.values_list("item", "visit__point__stratum_id", "answer"):
        if stratum is not None:
            said.setdefault(item, {}).setdefault(stratum, []).append(answer)
    return {item: _applies(sizes, answers) for item, answers in said.items()}


def _applies(sizes: Mapping[int, int], answers: Mapping[int, Iterable[str]]) -> Estimate:
    samples = []
    for stratum, given in answers.items():
        known = list(given)
        judged = [answer == Finding.Answer.OK for answer in known if answer != Finding.Answer.NOT_APPLICABLE]
        if judged:
            samples.append((max(len(judged), round(sizes[stratum] * len(judged) / len(known))), judged))
    return stratified_share(samples)
