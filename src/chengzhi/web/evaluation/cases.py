"""The very cases behind a number."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from chengzhi.cases.models import Case
from chengzhi.cases.states import STATES
from chengzhi.outcomes.drilling import Page, drill
from chengzhi.outcomes.figures import By, UnknownUnit
from chengzhi.outcomes.subjects import places_of
from chengzhi.people.actor import Actor
from chengzhi.people.roles import roles
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation.choosing import choose
from chengzhi.web.evaluation.indicator import method
from chengzhi.web.evaluation.showing import indicator_name, language, metric_named


@dataclass(frozen=True)
class Line:
    """One case of the list."""

    case: Case
    state: str
    url: str


@permitted("evaluation.view")
def page(request: Request) -> HttpResponse:
    """One page of the cases that a figure counts, by the snapshot it was counted from."""
    choice = choose(request)
    unit, indicator = request.GET.get("unit") or None, request.GET.get("indicator", "")
    part = "denominator" if request.GET.get("part") == "denominator" else "numerator"
    if choice.by is By.POST and unit is None:
        raise UnknownUnit(gettext("No post was named."))
    metric = metric_named(choice, indicator, unit)
    if metric is None:
        raise Http404
    after = request.GET.get("after", "0")
    found = drill(
        choice.district, choice.period, choice.by, unit, indicator,
        "denominator" if part == "denominator" else "numerator",
        after=int(after) if after.isdecimal() and len(after) < 18 else 0,
    )  # fmt: skip
    lines = _lines(request.actor, found)
    words = metric.below if part == "denominator" and metric.below else metric.above
    facts: dict[str, Any] = {
        "choice": choice, "lines": lines, "page": found, "unit": unit or "", "part": part,
        "hidden": len(found.cases) - len(lines), "name": indicator_name(choice, indicator, unit),
        "counted": words(language()), "metric": metric, "method": method(metric),
        "unit_name": _unit_name(choice.district.pk, choice.by, unit),
    }  # fmt: skip
    return render(request, "evaluation/cases.html", facts)


def _unit_name(district_id: int, by: By, unit: str | None) -> str:
    if unit is None:
        return ""
    if by is By.POST:
        return roles()[unit].label(language())
    place = next(iter(places_of(district_id, by, code=unit)), None)
    return (place.name if language().startswith("zh") else place.name_en) if place else unit


def _lines(actor: Actor, found: Page) -> list[Line]:
    """The cases this person may see; others are only counted."""
    visible = Q(pk__in=found.cases)
    if "case.view" not in actor.permissions:
        return []
    if "case.view" not in actor.district_wide:
        visible &= Q(unit_id__in=sorted(actor.unit_ids))
    cases = Case.objects.filter(visible).select_related("type", "unit")
    cases = cases.defer("bigrams", "due_why")
    by_id = {case.pk: case for case in cases}
    state = 0 if language().startswith("zh") else 1
    ordered = (by_id[pk] for pk in dict.fromkeys(found.cases) if pk in by_id)
    return [Line(case, STATES[case.state][state], _address(case)) for case in ordered]


def _address(case: Case) -> str:
    try:
        return reverse("desk:case", args=[case.number])
    except NoReverseMatch:
        return ""
