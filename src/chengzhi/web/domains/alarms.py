"""Alarms: the list, raising one, and the list of whom to call."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.domains.beside import Alarm
from chengzhi.errors import Problem
from chengzhi.registers.alarm_tables import RaisedAlarm
from chengzhi.registers.alarms import call_list, declared, end_alarm, note_call, raise_alarm
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of

SHOWN = 50


class MomentField(forms.DateTimeField):
    """A moment on the district's wall, with the browser's own picker."""

    def __init__(self, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)

    def clean(self, value: Any) -> Any:
        """Aware, in the district's zone: what was typed is what the clock on the wall shows."""
        found = super().clean(value)
        return found.replace(tzinfo=self.zone) if isinstance(found, datetime) else found


class AlarmForm(forms.Form):
    """How strong, from when to when, on whose word."""

    level = forms.ChoiceField(label=_("Level"))
    source = forms.CharField(
        label=_("Issued by"), max_length=200, help_text=_("The office, and the number of its warning.")
    )
    note = forms.CharField(label=_("What to do"), max_length=500, required=False)

    def __init__(self, alarm: Alarm, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language, wall = get_language() or "zh", ZoneInfo(zone)
        now = clock.now().astimezone(wall)
        levels = [(word.key, word.words(language)) for word in alarm.levels]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        self.fields["starts_at"] = MomentField(wall, label=_("From"), initial=now.strftime("%Y-%m-%dT%H:%M"))
        tomorrow = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        self.fields["ends_at"] = MomentField(wall, label=_("Until"), initial=tomorrow)
        self.order_fields(["level", "starts_at", "ends_at", "source", "note"])


def words_of(row: RaisedAlarm) -> tuple[str, str]:
    """The alarm and its level in the page's language."""
    language, found = get_language() or "zh", declared().get(row.alarm)
    if found is None:
        return row.alarm, row.level
    level = next((word.words(language) for word in found[1].levels if word.key == row.level), row.level)
    return found[1].words(language), level


@permitted("register.view")
def index(request: Request) -> HttpResponse:
    """All alarms, the newest first, and which can be raised."""
    language = get_language() or "zh"
    rows = RaisedAlarm.objects.filter(district=district_of(request)).order_by("-starts_at", "-id")
    found = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    facts = {
        "rows": [(row, *words_of(row)) for row in found], "page": found, "now": clock.now(),
        "kinds": [(key, alarm.words(language)) for key, (_domain, alarm) in declared().items()],
        "may_edit": "register.edit" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "domains/alarms.html", facts)


@permitted("register.edit")
def new(request: Request, key: str) -> HttpResponse:
    """Raise an alarm."""
    if key not in declared():
        raise Http404(key)
    alarm, here, problem = declared()[key][1], district_of(request), None
    form = AlarmForm(alarm, here.zone, request.POST or None)
    if form.is_valid():
        try:
            made = raise_alarm(
                key, district_id=here.pk, by=request.actor, on=clock.now(), **form.cleaned_data
            )
            messages.success(request, gettext("Raised: %(n)d objects, %(c)d checks brought forward.")
                             % {"n": made.objects_concerned, "c": made.checks_moved})  # fmt: skip
            return redirect("domains:alarm", made.pk)
        except Problem as refusal:
            problem = refusal
    facts = {"form": form, "name": alarm.words(get_language() or "zh"), "problem": problem}
    return render(request, "domains/new_alarm.html", facts, status=problem.status if problem else 200)


@permitted("register.view")
def page(request: Request, number: int) -> HttpResponse:
    """One alarm with its call list; POST notes a call (`object`, `reached`, `note`) or ends it (`end`)."""
    row = get_object_or_404(RaisedAlarm, pk=number, district=district_of(request))
    if request.method == "POST":
        if request.POST.get("end"):
            end_alarm(row, by=request.actor, on=clock.now())
            messages.success(request, gettext("The alarm has ended."))
            return redirect("domains:alarms")
        thing = request.POST.get("object", "")
        note_call(row, int(thing) if thing.isdecimal() else 0, reached=request.POST.get("reached") == "1",
                  note=request.POST.get("note", ""), by=request.actor, on=clock.now())  # fmt: skip
        return redirect("domains:alarm", number)
    name, level = words_of(row)
    lines = call_list(row)
    facts = {
        "row": row, "name": name, "level": level, "lines": lines, "now": clock.now(),
        "reached": sum(1 for line in lines if line.call and line.call.reached),
        "may_edit": "register.edit" in request.actor.permissions and row.ended_at is None,
    }  # fmt: skip
    return render(request, "domains/alarm.html", facts)
