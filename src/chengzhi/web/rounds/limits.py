"""Settings: what a measured value must keep to, dated, previewed on the readings of the last weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from chengzhi import clock
from chengzhi.domains.domain import Measurement
from chengzhi.errors import Problem
from chengzhi.inspections.checklists import measurements, named, unit_words
from chengzhi.inspections.limits import READINGS, FoundLimit, Spot, limit_for, limits_for, set_limit
from chengzhi.inspections.models import CheckLimit, Reading
from chengzhi.law.rules import RULES
from chengzhi.places.models import Area, RoadKind
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import bound, local, road_words
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.rounds.naming import people_named

LOOK_BACK_DAYS = 90
AREA_CLASSES = (1, 2, 3)
GRADES = "1234"


@dataclass(frozen=True)
class Row:
    """A limit as the list shows it: the district's own, or what counts until it sets one."""

    name: str
    domain: str
    where: str
    value: str
    since: date | None
    source: str
    unverified: bool
    shipped: bool
    url: str


@dataclass(frozen=True)
class Past:
    """One dated row of the history of a limit."""

    first: date
    last: date | None
    value: str
    source: str
    who: str


class LimitForm(DatedForm):
    """A limit for a measurement and a place; what is left open counts everywhere."""

    measurement = forms.ChoiceField(label=gettext_lazy("Measured"))
    area = forms.ModelChoiceField(
        label=gettext_lazy("Street or community"), queryset=Area.objects.none(), required=False,
        empty_label=pgettext_lazy("place", "everywhere"),
    )  # fmt: skip
    area_class = forms.TypedChoiceField(
        label=gettext_lazy("Area class"), required=False, coerce=int, empty_value=None,
        choices=[("", pgettext_lazy("limit", "any")), *((str(n), str(n)) for n in AREA_CLASSES)],
    )  # fmt: skip
    road_kind = forms.ChoiceField(label=gettext_lazy("Road"), required=False)
    grade = forms.CharField(
        label=gettext_lazy("Class or grade of the object"), max_length=8, required=False,
        help_text=gettext_lazy("As the register has it, such as 1, 2 or 3."),
    )  # fmt: skip
    value = forms.DecimalField(
        label=gettext_lazy("Limit value"), max_digits=12, decimal_places=4, localize=False
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=120, required=False,
        help_text=gettext_lazy("Document and article it rests on."),
    )  # fmt: skip
    field_order = (
        "measurement", "value", "area", "area_class", "road_kind", "grade", "source", "first_day",
    )  # fmt: skip

    def __init__(self, district_id: int, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(today, *args, **kwargs)
        known = [(key, f"{named(one)} ({unit_words(one.unit)})") for key, one in passing()]
        self.fields["measurement"].choices = known  # type: ignore[attr-defined]
        areas = Area.objects.filter(district_id=district_id, valid_to=None).order_by("code")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.fields["area"].label_from_instance = local  # type: ignore[attr-defined]
        roads = [(key, words) for key, words in RoadKind.choices if key != RoadKind.UNKNOWN]
        self.fields["road_kind"].choices = [("", pgettext_lazy("limit", "any")), *roads]  # type: ignore[attr-defined]


def passing() -> list[tuple[str, Measurement]]:
    """Measurements that have something to pass."""
    return [(key, one) for key, (_domain, one) in measurements().items() if one.passes]


def where_words(area: Area | None, area_class: int | None, road_kind: str, grade: str) -> str:
    """The scope of a limit in words."""
    parts = [local(area)] if area else []
    parts += [_("area class %(n)s") % {"n": area_class}] if area_class is not None else []
    parts += [road_words(road_kind)] if road_kind else []
    parts += [_("class or grade %(grade)s") % {"grade": grade}] if grade else []
    return " · ".join(parts) or _("everywhere")


@permitted("checks.manage")
def listing(request: Request) -> HttpResponse:
    """Every limit in force or planned, and what counts where the district has set none."""
    district = district_of(request)
    today = today_in(district)
    own: dict[str, list[CheckLimit]] = {}
    found = CheckLimit.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today), district=district)
    for limit in found.select_related("area").order_by("valid_from", "pk"):
        own.setdefault(limit.measurement, []).append(limit)
    shipped = _shipped(today)
    rows = [row for key, one in passing() for row in _rows(key, one, own.get(key, []), shipped.get(key, []))]
    return render(request, "rounds/limits.html", {"rows": rows, "today": today, "tab": "limits"})


def _rows(
    key: str, one: Measurement, own: list[CheckLimit], shipped: list[tuple[str, FoundLimit]]
) -> Iterator[Row]:
    domain, url = local(measurements()[key][0]), f"{reverse('rounds:new_limit')}?measurement={key}"
    for row in own:
        where = where_words(row.area, row.area_class, row.road_kind, row.grade)
        yield Row(
            named(one), domain, where, bound(one, row.value), row.valid_from, row.source,
            row.status == "unverified", False, reverse("rounds:limit", args=[row.pk]),
        )  # fmt: skip
    for where, found in shipped:
        yield Row(named(one), domain, where, bound(one, found.value), None, found.source, True, True, url)
    if not shipped and not own:
        yield Row(named(one), domain, "—", _("none"), None, "", False, False, url)


def _shipped(today: date) -> dict[str, list[tuple[str, FoundLimit]]]:
    """What the rule files say where the district has no row of its own (district 0 has none)."""
    how = {key: said.get("by") for key, said in RULES[READINGS].at(today).value.items()}
    spots: list[tuple[str, str, Spot]] = [("", _("everywhere"), Spot())]
    spots += [("road_kind", road_words(key), Spot(road_kind=key)) for key, _words in RoadKind.choices]
    spots += [("grade", where_words(None, None, "", key), Spot(grade=key)) for key in GRADES]
    found: dict[str, list[tuple[str, FoundLimit]]] = {}
    for by, where, spot in spots:
        keys = [key for key, said in how.items() if (said if said in ("road_kind", "grade") else "") == by]
        for key, limit in limits_for(district_id=0, keys=keys, spot=spot, day=today).items():
            found.setdefault(key, []).append((where, limit))
    return found


@permitted("checks.manage")
def edit(request: Request, number: int = 0) -> HttpResponse:
    """Set or change a limit: form, preview, then `confirm`; `end` takes the district's own away."""
    district = district_of(request)
    today = today_in(district)
    row = get_object_or_404(CheckLimit, pk=number, district=district) if number else None
    form = LimitForm(district.pk, today, request.POST or None, initial=_initial(request, row))
    if not form.is_valid():
        return _form_page(request, form, row)
    ends = bool(request.POST.get("end"))
    if not request.POST.get("confirm"):
        return _preview(request, district.pk, form.cleaned_data, form, ends)
    try:
        _write(request, district.pk, form.cleaned_data, ends)
    except Problem as problem:
        return _form_page(request, form, row, problem)
    messages.success(request, _("It counts from %(day)s.") % {"day": form.cleaned_data["first_day"]})
    return redirect("rounds:limits")


def _initial(request: Request, row: CheckLimit | None) -> dict[str, Any]:
    if row is None:
        return {"measurement": request.GET.get("measurement", "")}
    names = ("measurement", "area", "area_class", "road_kind", "grade", "value", "source")
    return {name: getattr(row, name) for name in names}


def _write(request: Request, district_id: int, said: dict[str, Any], ends: bool) -> None:
    set_limit(
        district_id=district_id, measurement=said["measurement"], value=None if ends else said["value"],
        source=said["source"], status="local", first_day=said["first_day"],
        area_id=said["area"].pk if said["area"] else None, area_class=said["area_class"],
        road_kind=said["road_kind"], grade=said["grade"], by=request.actor, on=clock.now(),
    )  # fmt: skip


def _form_page(
    request: Request, form: LimitForm, row: CheckLimit | None, problem: Problem | None = None
) -> HttpResponse:
    facts = {
        "form": form, "problem": problem, "title": _("Set a limit value"), "back": reverse("rounds:limits"),
        "back_name": _("Limits of values"), "history": _history(row) if row else [],
        "more": [("end", _("Take the own limit away"))] if row else [],
    }  # fmt: skip
    return render(request, "rounds/setting.html", facts, status=problem.status if problem else 200)


def _history(row: CheckLimit) -> list[Past]:
    scope = {name: getattr(row, name) for name in ("area", "area_class", "road_kind", "grade")}
    rows = CheckLimit.objects.filter(district_id=row.district_id, measurement=row.measurement, **scope)
    same = rows.order_by("-valid_from")
    one = measurements()[row.measurement][1]
    found = list(same[:50])
    who = people_named(past.changed_by for past in found)
    return [
        Past(past.valid_from, past.valid_to, bound(one, past.value), past.source, who.get(past.changed_by or 0, ""))
        for past in found
    ]  # fmt: skip


def _preview(
    request: Request, district_id: int, said: dict[str, Any], form: LimitForm, ends: bool
) -> HttpResponse:
    one = measurements()[said["measurement"]][1]
    area: Area | None = said["area"]
    spot = Spot((area.pk,) if area else (), said["area_class"], said["road_kind"] or "unknown", said["grade"])
    now = limit_for(district_id=district_id, measurement=one.key, spot=spot, day=said["first_day"])
    then = None if ends else said["value"]
    where = where_words(area, said["area_class"], said["road_kind"], said["grade"])
    sides = [
        (f"{named(one)} · {where}", bound(one, now.value if now else None) or _("none"),
         bound(one, then) or _("the next more general one")),
    ]  # fmt: skip
    facts = {
        "form": form, "sides": sides, "title": _("Set a limit value"), "back": reverse("rounds:limits"),
        "back_name": _("Limits of values"), "kept": ["end"] if ends else [],
        "says": list(_effect(one, _recent(district_id, said), now.value if now else None, then)),
    }  # fmt: skip
    return render(request, "rounds/setting_preview.html", facts)


def _recent(district_id: int, said: dict[str, Any]) -> "QuerySet[Reading]":
    """Readings of the last weeks that the limit would have been held against."""
    since = clock.now() - timedelta(days=LOOK_BACK_DAYS)
    rows = Reading.objects.filter(
        visit__district_id=district_id, measurement=said["measurement"], visit__visited_at__gte=since
    )
    if said["area"]:
        rows = rows.filter(Q(visit__area=said["area"]) | Q(visit__area__parent=said["area"]))
    if said["area_class"] is not None:
        rows = rows.filter(visit__area__area_class=said["area_class"])
    if said["road_kind"]:
        rows = rows.filter(visit__road_kind=said["road_kind"])
    return rows.filter(visit__object__facts__grade=said["grade"]) if said["grade"] else rows


def _effect(
    one: Measurement, rows: "QuerySet[Reading]", now: Decimal | None, then: Decimal | None
) -> Iterator[str]:
    sign = "lte" if one.passes == "below" else "gte"
    total = rows.count()
    said = {"n": total, "days": LOOK_BACK_DAYS}
    if not total:
        yield _("Nothing of the kind was measured there in the last %(days)s days.") % said
    elif now is not None and then is not None:
        kept = {"a": rows.filter(**{f"value__{sign}": now}).count()}
        kept |= {"b": rows.filter(**{f"value__{sign}": then}).count()}
        yield _(
            "Of %(n)s readings of the last %(days)s days %(a)s keep to the limit now, %(b)s would keep to the new one."
        ) % {**said, **kept}
    yield _("Readings already entered keep the limit they were held against.")
