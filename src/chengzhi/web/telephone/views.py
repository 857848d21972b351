"""The clerk's page during a call."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.people.actor import Actor
from chengzhi.places.addresses import place_text
from chengzhi.places.models import Area, Cell, District
from chengzhi.reports import actions
from chengzhi.reports.forms import ReportForm, new_form_key, read_form_key
from chengzhi.reports.nearby import open_nearby
from chengzhi.reports.suggestions import suggest, types_of
from chengzhi.reports.telephone import forget_draft, read_draft, save_draft
from chengzhi.web.access import Request, permitted
from chengzhi.web.public.reporting import cells, near_rows, streets, whole_number, with_chosen

SUGGESTIONS = 5


def _district(request: Request) -> District:
    number = request.actor.district_id
    found = District.objects.filter(pk=number).first() if number is not None else None
    if found is None:
        raise Http404
    request.district = found  # type: ignore[attr-defined]
    return found


@permitted("case.register")
@require_http_methods(["GET", "HEAD", "POST"])
def telephone(request: Request) -> HttpResponse:
    """A new call, or the one that was interrupted."""
    district = _district(request)
    if request.method != "POST":
        draft = read_draft(by=request.actor)
        form = ReportForm(initial=draft, district=district)
        return _page(request, form, draft.get("key") or new_form_key(clock.now()), restored=bool(draft))
    form, key = ReportForm(request.POST, district=district), request.POST.get("key", "")
    if not form.is_valid():
        return _page(request, form, key, status=422)
    try:
        receipt = _take(request, form, key)
    except Problem as problem:
        return _page(request, form, key, problem=problem, status=problem.status)
    forget_draft(by=request.actor)
    fresh = ReportForm(district=district)
    return _page(request, fresh, new_form_key(clock.now()), receipt=receipt)


def _take(request: Request, form: ReportForm, key: str) -> actions.Receipt:
    said, by, on = form.cleaned_data, request.actor, clock.now()
    new = actions.NewReport(
        district_id=form.district.pk,
        channel="hotline",
        text=said["text"],
        type_id=said["type"].pk if said["type"] else None,
        address=said["address"],
        lon=said["lon"],
        lat=said["lat"],
        cell_id=said["cell"].pk if said["cell"] else None,
        area_id=said["area"].pk if said["area"] else None,
        contact=said["contact"],
        urgent=request.POST.get("urgent") == "1",
        idempotency_key=f"call-{read_form_key(key)[0]}",
    )
    same = request.POST.get("same", "")
    case = Case.objects.filter(district=form.district, number=same, closed_at=None).first() if same else None
    if case is not None:
        return actions.support(new, case, by=by, on=on)
    return actions.receive(new, by=by, on=on)


def _page(request: Request, form: ReportForm, key: str, *, status: int = 200, **more: Any) -> HttpResponse:
    area = whole_number(form["area"].value())
    types = types_of(form.district.pk)
    chosen = whole_number(form["type"].value())
    context = {
        "form": form,
        "key": key,
        "streets": streets(form.district),
        "area": area,
        "cells": cells(form.district, area),
        "cell": whole_number(form["cell"].value()),
        "suggested": with_chosen(suggest(str(form["text"].value() or ""), types), types, chosen),
        "chosen": chosen,
        **more,
    }
    return render(request, "telephone/page.html", context, status=status)


@permitted("case.register")
@require_POST
def typed(request: Request) -> HttpResponse:
    """Called while typing: keeps the draft, answers with kinds and cases that may be the same."""
    district, values = _district(request), request.POST
    kept = save_draft({name: str(values.get(name, "")) for name in values}, by=request.actor, on=clock.now())
    types, chosen = types_of(district.pk), whole_number(values.get("type"))
    found = suggest(str(values.get("text", ""))[:500], types, limit=SUGGESTIONS)
    context = {
        "suggested": with_chosen(found, types, chosen),
        "chosen": chosen,
        "asked": bool(values.get("text")),
        "near": near_rows(_alike(district, request.actor, values, chosen)),
        "written": _written(district, values),
        "kept": kept,
    }
    return render(request, "telephone/_typed.html", context)


def _written(district: District, values: Any) -> dict[str, Any] | None:
    """Where the words of the address alone will put the case; None while another place is given."""
    if any(values.get(name) for name in ("lon", "lat", "cell")) or not values.get("address", "").strip():
        return None
    found = place_text(district.pk, str(values["address"]))
    if found is None:
        return {"area": None}
    area = Area.objects.filter(pk=found.area_id or found.street_area_id or 0).first()
    cell = Cell.objects.filter(pk=found.cell_id).first() if found.cell_id else None
    return {"area": area, "cell": cell}


def _alike(district: District, actor: Actor, values: Any, chosen: int | None) -> list[Any]:
    def degrees(name: str) -> float | None:
        try:
            number = float(values.get(name) or "")
        except ValueError:
            return None
        return number if -180 <= number <= 180 else None

    return open_nearby(
        district.pk, on=clock.now(), lon=degrees("lon"), lat=degrees("lat"),
        cell_id=whole_number(values.get("cell")), address=str(values.get("address", "")).strip(),
        area_id=whole_number(values.get("area")), type_id=chosen,
    )  # fmt: skip


@permitted("case.register")
@require_GET
def cells_part(request: Request) -> HttpResponse:
    """The grid cells of the chosen community."""
    district = _district(request)
    found = cells(district, whole_number(request.GET.get("area")))
    return render(request, "public/_cells.html", {"cells": found, "cell": None})
