"""One page for “what would change”: old and new side by side, the effects in sentences, then the act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from chengzhi.cases.models import OPEN, Case
from chengzhi.law.calendars import Calendar
from chengzhi.law.deadlines import deadlines
from chengzhi.law.units import Limit
from chengzhi.web.access import Request


@dataclass(frozen=True, slots=True)
class Side:
    """One fact before and after."""

    name: str
    now: str
    then: str


def preview(
    request: Request, form: forms.Form, *, title: str, back: str, sides: Iterable[Side], says: Sequence[str]
) -> HttpResponse:  # fmt: skip
    """Show what a form would change; its button sends the same fields again with `confirm`."""
    facts = {"form": form, "title": title, "back": back, "sides": list(sides), "says": says}
    return render(request, "manage/preview.html", facts)


def confirmed(request: Request) -> bool:
    """Whether the person has seen the preview and said yes."""
    return request.method == "POST" and bool(request.POST.get("confirm"))


@dataclass(frozen=True, slots=True)
class Differing:
    """Of how many running handling clocks how many would end otherwise."""

    number: int
    of: int


def clocks_that_differ(district_id: int, now: Calendar, then: Calendar) -> Differing:
    """Open cases whose handling limit would end otherwise, were it counted by the other calendar.

    Nothing is counted anew by a change of calendar: this says how much it matters.
    """
    rows = Case.objects.filter(
        OPEN, district_id=district_id, clock_from__isnull=False, due_at__isnull=False, limit_amount__isnull=False
    )  # fmt: skip
    starts: dict[Limit, list[np.datetime64]] = {}
    for begin, amount, unit in rows.values_list("clock_from", "limit_amount", "limit_unit"):
        assert begin is not None  # the filter says so, and the types do not know
        assert amount is not None
        starts.setdefault(Limit(amount, unit), []).append(np.datetime64(begin.replace(tzinfo=None), "us"))
    number = of = 0
    for limit, begins in starts.items():
        given = np.array(begins, dtype="datetime64[us]")
        differs = deadlines(given, limit, now)[0] != deadlines(given, limit, then)[0]
        number, of = number + int(differs.sum()), of + len(begins)
    return Differing(number, of)
