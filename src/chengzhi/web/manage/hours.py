"""Work hours and the published calendar of the district: dated, previewed, for new clocks only."""

import re
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.law.calendars import Calendar, calendar_keys, load_calendar
from chengzhi.people.calendars import calendar_of, own_days, planned_after, with_calendar_from
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.district_settings import change_settings
from chengzhi.web.manage.history import told
from chengzhi.web.manage.previews import Differing, Side, clocks_that_differ, confirmed, preview
from chengzhi.web.shell.wording import chinese

SPAN = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*[-–—~至]\s*(\d{1,2}):(\d{2})\s*$")


class HoursForm(DatedForm):
    """Which calendar, the spans of work, one a line, and from which day on."""

    name = forms.ChoiceField(label=_("Published calendar"))
    hours = forms.CharField(
        label=_("Work hours"), widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}), max_length=200,
        help_text=_("One span a line, such as 08:00–12:00."),
    )  # fmt: skip

    field_order = ("name", "hours", "first_day")

    def __init__(self, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["name"].choices = [(key, calendar_name(key)) for key in calendar_keys()]  # type: ignore[attr-defined]

    def clean_hours(self) -> list[tuple[str, str]]:
        """The spans as (first, last)."""
        found = []
        for line in self.cleaned_data["hours"].splitlines():
            span = SPAN.match(line)
            if line.strip() and not span:
                raise ValidationError(
                    gettext("“%(line)s” is not a span of hours.") % {"line": line.strip()[:40]}
                )
            if span:
                one, two, three, four = span.groups()
                found.append((f"{int(one):02}:{two}", f"{int(three):02}:{four}"))
        if not found:
            raise ValidationError(gettext("Give at least one span of hours."))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuses what no calendar can count with."""
        data: dict[str, Any] = super().clean() or {}
        if {"name", "hours"} <= set(data):
            try:
                load_calendar(data["name"], data["hours"], self.zone)
            except Problem as problem:
                self.add_error("hours", str(problem))
        return data


def calendar_name(key: str) -> str:
    """A published calendar in the language of the page."""
    data = load_calendar(key).data
    return f"{data.name if chinese() else data.name_en} ({key})"


def spans(calendar: Calendar) -> str:
    """The hours, one span a line."""
    return "\n".join(f"{a // 60:02}:{a % 60:02}–{b // 60:02}:{b % 60:02}" for a, b in calendar.hours)


@permitted("calendars.manage")
def page(request: Request) -> HttpResponse:
    """Form, preview with the number of clocks that would differ, `confirm`, what is planned, history."""
    district = district_of(request)
    today = today_in(district)
    now = calendar_of(district, day=today)
    form = HoursForm(
        district.zone, today, request.POST or None, initial={"name": now.key, "hours": spans(now)}
    )
    if not form.is_valid():
        facts = {
            "form": form, "calendar": now, "planned": planned_after(district.settings or {}, today),
            "history": told("district_settings", district.pk),
        }  # fmt: skip
        return render(request, "manage/hours.html", facts)
    data, back = form.cleaned_data, reverse("manage:hours")
    first_day = data["first_day"]
    before = calendar_of(district, day=first_day)
    own = own_days(district.pk, day=first_day)
    then = load_calendar(data["name"], data["hours"], district.zone, extra=own)
    if not confirmed(request):
        sides = [
            Side(gettext("Published calendar"), calendar_name(before.key), calendar_name(then.key)),
            Side(gettext("Work hours"), spans(before), spans(then)),
            Side(gettext("Counts from"), "", str(first_day)),
        ]
        says = says_of(clocks_that_differ(district.pk, before, then))
        return preview(request, form, title=gettext("Work hours"), back=back, sides=sides, says=says)
    _save(request, data, before, then)
    messages.success(request, counted_from(first_day))
    return redirect(back)


def _save(request: Request, data: dict[str, Any], before: Calendar, then: Calendar) -> None:
    first_day = data["first_day"]
    change_settings(
        district_id=request.actor.district_id or 0, step="hours_changed", by=request.actor, on=clock.now(),
        change=lambda held: with_calendar_from(
            held, name=data["name"], hours=data["hours"], first_day=first_day
        ),
        facts={
            "old": {"name": before.key, "hours": spans(before).replace("\n", ", ")},
            "new": {"name": then.key, "hours": spans(then).replace("\n", ", ")},
            "from": first_day,
        },
    )  # fmt: skip


def counted_from(first_day: date) -> str:
    """What a saved change of calendar or hours says."""
    words = gettext("Saved. It counts for clocks that begin or are counted anew from %(day)s on.")
    return words % {"day": first_day}


def says_of(found: Differing) -> list[str]:
    """What a change of calendar or hours means for the clocks that run."""
    words = ngettext(
        "Of %(of)d running handling clock, %(n)d would end at another time if counted by the new calendar.",
        "Of %(of)d running handling clocks, %(n)d would end at another time if counted by the new calendar.",
        found.of,
    )
    return [
        words % {"of": found.of, "n": found.number},
        gettext(
            "They keep their ends: only clocks that begin, are extended or resumed from that day on are counted by it."
        ),
    ]
