"""One register: its list and its map, which always show the same objects."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.domains.kinds import Kind
from chengzhi.registers import kinds, queries
from chengzhi.registers.lots import lot_turn
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk.asking import today
from chengzhi.web.registers import filterbar
from chengzhi.web.registers.asking import Asked, asked_in
from chengzhi.web.registers.cells import columns_of, rows_of
from chengzhi.web.registers.finding import kind_of
from chengzhi.web.registers.maps import box_of, features_in, lines_in, whole_box, zoom_of
from chengzhi.web.registers.words import kind_name


@never_cache
@permitted("register.view")
@require_GET
def listing(request: Request, kind: str) -> HttpResponse:
    """The list or the map of one kind."""
    found = kind_of(kind)
    asked, here = asked_in(request, found), district_of(request)
    view = "map" if request.GET.get("view") == "map" else "list"
    shown = _map(request, asked) if view == "map" else _list(request, asked)
    bars = filterbar.bars(asked, here)
    facts = {
        **_frame(request, found), **shown, "asked": asked.filter, "address": asked.address, "view": view,
        "bars": bars, "chips": filterbar.chips(asked, bars), "filtered": bool(asked.params),
    }  # fmt: skip
    return render(request, "registers/list.html", facts)


def _frame(request: Request, found: Kind) -> dict[str, Any]:
    rights = request.actor.permissions
    return {
        "kind": found, "name": kind_name(found), "domain": kinds.domain_of_kind(found.key),
        "labelled": found.public and not found.sensitive, "may_edit": "register.edit" in rights,
        "by_lot": lot_turn(found) is not None, "may_import": "register.import" in rights,
    }  # fmt: skip


def _list(request: Request, asked: Asked) -> dict[str, Any]:
    day = today(district_of(request).zone, clock.now())
    found = queries.page(asked.filter, request.actor, after=request.GET.get("after") or None, today=day)
    columns = columns_of(asked.kind, day)
    return {
        "rows": rows_of(found.rows, columns), "columns": columns, "next": found.next, "total": found.total,
        "capped": found.capped,
    }  # fmt: skip


def _map(request: Request, asked: Asked) -> dict[str, Any]:
    return lines_in(request, asked, whole_box(district_of(request)))


@permitted("register.view")
@require_GET
def features(request: Request, kind: str) -> HttpResponse:
    """The objects of a filter inside a box as GeoJSON points: one by one, or counted."""
    asked = asked_in(request, kind_of(kind))
    found = features_in(request, asked, box_of(request, district_of(request)), zoom_of(request))
    return HttpResponse(found, content_type="application/geo+json")


@permitted("register.view")
@require_GET
def map_rows(request: Request, kind: str) -> HttpResponse:
    """The list beside the map: the objects of the same box and filter."""
    asked = asked_in(request, kind_of(kind))
    shown = lines_in(request, asked, box_of(request, district_of(request)))
    return render(request, "registers/_map_rows.html", shown)
