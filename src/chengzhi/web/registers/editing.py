"""Entering an object and correcting one, with forms made from what its kind declares."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chengzhi import clock
from chengzhi.domains.kinds import Kind
from chengzhi.errors import Problem
from chengzhi.registers.actions import correct as correct_object
from chengzhi.registers.actions import register
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.parties import register_party
from chengzhi.registers.problems import BadFields
from chengzhi.registers.rules import may
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.registers.finding import kind_of, object_of
from chengzhi.web.registers.forms import ObjectForm, changes
from chengzhi.web.registers.parties_list import options
from chengzhi.web.registers.words import kind_name


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, kind: str) -> HttpResponse:
    """The form of a new object, and what becomes of it."""
    found, here = kind_of(kind), district_of(request)
    form = ObjectForm(found, here, request.POST or None, place=_proposed(request))
    problem = None
    if form.is_valid():
        try:
            made = _enter(request, form)
        except Problem as refused:
            problem = _taken(form, refused)
        else:
            messages.success(request, _("Entered as %(number)s.") % {"number": made.number})
            return redirect("registers:object", made.number)
    return _page(request, found, form, problem)


def _proposed(request: Request) -> dict[str, float]:
    """A place that another page proposes in the address; what is no place on earth is none."""
    try:
        lon, lat = float(request.GET.get("lon", "")), float(request.GET.get("lat", ""))
    except ValueError:
        return {}
    return {"lon": lon, "lat": lat} if abs(lon) <= 180 and abs(lat) <= 90 else {}


@transaction.atomic
def _enter(request: Request, form: ObjectForm) -> RegisteredObject:
    said = form.said()
    said.pop("component_status", None)
    return register(
        district_id=district_of(request).pk, kind=form.kind.key, facts=_present(form.said_facts()),
        by=request.actor, on=clock.now(), **{**_present(said), "party_id": _party(request, form)},
    )  # fmt: skip


def _present(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "")}


def _party(request: Request, form: ObjectForm) -> int | None:
    """The party chosen, or the one that is to be entered first."""
    if not form.party_name:
        return form.cleaned_data.get("party_id")
    made = register_party(
        district_id=district_of(request).pk, kind=form.kind.party or "", name=form.party_name,
        by=request.actor, on=clock.now(),
    )  # fmt: skip
    return int(made.pk)


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, number: str) -> HttpResponse:
    """The form of an object as it is, and its correction."""
    thing = object_of(request, number)
    if not may(request.actor, "register.edit", thing) or thing.merged_into_id:
        raise Http404(number)
    found = kind_of(thing.kind)
    form = ObjectForm(found, district_of(request), request.POST or None, thing=thing)
    problem = None
    if form.is_valid():
        try:
            _correct(request, form, thing)
        except Problem as refused:
            problem = _taken(form, refused)
        else:
            return redirect("registers:object", thing.number)
    return _page(request, found, form, problem, thing)


@transaction.atomic
def _correct(request: Request, form: ObjectForm, thing: RegisteredObject) -> None:
    if "party_id" in form.fields:
        form.cleaned_data["party_id"] = _party(request, form)
    seen = request.POST.get("seen", "")
    correct_object(
        thing.pk, changes=changes(form, thing), by=request.actor, on=clock.now(),
        version=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
    )  # fmt: skip


def _taken(form: ObjectForm, problem: Problem) -> Problem | None:
    """Faults of single values go to their fields; any other refusal is said above the form."""
    if not isinstance(problem, BadFields):
        return problem
    form.take(problem.faults)
    return None


def _page(
    request: Request, kind: Kind, form: ObjectForm, problem: Problem | None, thing: Any = None
) -> HttpResponse:
    facts = {
        "kind": kind, "name": kind_name(kind), "form": form, "problem": problem, "thing": thing,
        "parties": options(district_of(request).pk, kind.party) if kind.party else [],
    }  # fmt: skip
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "registers/edit.html", facts, status=status)
