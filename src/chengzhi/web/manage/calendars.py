"""The work calendar of a year, the hours, and the district's own days."""

import calendar as months
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases import habits
from chengzhi.law.calendars import Calendar, DayRow, Workday
from chengzhi.people.calendars import calendar_of, clear_day, own_days, set_day
from chengzhi.people.models import CalendarDay
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, DayField, district_of, today_in
from chengzhi.web.manage.history import told
from chengzhi.web.manage.hours import counted_from, says_of
from chengzhi.web.manage.previews import Side, clocks_that_differ, confirmed, preview


class DayForm(DatedForm):
    """One local day, and from when on it counts."""

    day = DayField(label=_("Date"))
    off = forms.TypedChoiceField(
        label=_("What it is"),
        choices=[("1", _("day off")), ("0", _("workday"))],
        coerce=lambda value: value == "1",
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    source = forms.CharField(
        label=_("Source"), max_length=120, required=False, help_text=_("Notice it rests on, with number.")
    )
    field_order = ("day", "off", "name", "source", "first_day")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the year page; `own` where the district has set it itself."""

    day: date
    work: Workday
    own: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday; None fills the first and last week."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int


def year_of(calendar: Calendar, year: int, own: frozenset[date]) -> list[Month]:
    """Twelve months with each day's kind."""
    return [_month(calendar, year, number, own) for number in range(1, 13)]


def _month(calendar: Calendar, year: int, number: int, own: frozenset[date]) -> Month:
    weeks = tuple(
        tuple(_day(calendar, date(year, number, day), own) if day else None for day in week)
        for week in months.monthcalendar(year, number)
    )
    return Month(number, weeks, sum(bool(day and day.work.yes) for week in weeks for day in week))


def _day(calendar: Calendar, day: date, own: frozenset[date]) -> Day:
    return Day(day, calendar.is_workday(day), day in own)


@permitted("calendars.manage")
def page(request: Request) -> HttpResponse:
    """`?year=`; POST sets a local day, POST `clear` takes one back."""
    district = district_of(request)
    today = today_in(district)
    if request.POST.get("clear"):
        day = DayField().clean(request.POST["clear"])
        clear_day(district_id=district.pk, day=day, first_day=today, by=request.actor, on=clock.now())
        habits.forget(district.pk)
        messages.success(request, gettext("The published calendar counts again on %(day)s.") % {"day": day})
        return redirect("manage:calendars")
    form = DayForm(today, request.POST or None)
    if form.is_valid() and not confirmed(request):
        return _preview(request, form, district)
    if form.is_valid():
        set_day(district_id=district.pk, by=request.actor, on=clock.now(), **form.cleaned_data)
        habits.forget(district.pk)
        messages.success(request, counted_from(form.cleaned_data["first_day"]))
        return redirect(f"{request.path}?year={form.cleaned_data['day'].year}")
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2100 else today.year
    own = list(CalendarDay.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district=district))
    calendar = calendar_of(district, day=today)
    shown = year_of(calendar, year, frozenset(row.date for row in own if row.valid_from <= today))
    known = all(day.work.known for month in shown for week in month.weeks for day in week if day)
    facts = {
        "form": form,
        "months": shown,
        "year": year,
        "known": known,
        "calendar": calendar,
        "hours": [(f"{a // 60:02}:{a % 60:02}", f"{b // 60:02}:{b % 60:02}") for a, b in calendar.hours],
        "own": own,
        "today": today,
        "history": told("calendar", district.pk),
    }
    return render(request, "manage/calendars.html", facts)


def _preview(request: Request, form: DayForm, district: District) -> HttpResponse:
    """The day before and after, and how many running clocks it would have moved."""
    data = form.cleaned_data
    first_day = data["first_day"]
    now = calendar_of(district, day=first_day)
    row = DayRow(
        day=data["day"], name=data["name"], off=data["off"], year=data["day"].year, source=data["source"]
    )
    others = tuple(one for one in own_days(district.pk, day=first_day) if one.day != data["day"])
    then = calendar_of(district, day=first_day, days=(*others, row))
    words = {True: gettext("workday"), False: gettext("day off")}
    before, after = (words[one.is_workday(data["day"]).yes] for one in (now, then))
    says = says_of(clocks_that_differ(district.pk, now, then))
    sides = [
        Side(f"{data['day']} {data['name']}", before, after),
        Side(gettext("Counts from"), "", str(first_day)),
    ]
    return preview(
        request,
        form,
        title=gettext("Work calendar"),
        back=reverse("manage:calendars"),
        sides=sides,
        says=says,
    )
