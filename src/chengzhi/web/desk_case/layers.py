"""The district's own shapes for staff: drawn without any tile server."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from chengzhi.places import queries as places
from chengzhi.web.access import Request, signed_in

READ: dict[str, Callable[[int], bytes]] = {
    "outline": places.outline,
    "streets-areas": lambda number: places.areas(number, "street"),
    "communities": lambda number: places.areas(number, "community"),
    "cells": places.cells,
    "streets": places.streets,
}


@signed_in
@require_GET
def layer(request: Request, name: str) -> HttpResponse:
    """Outline, areas, cells or streets of the person's district as GeoJSON; 304 while unchanged."""
    district = request.actor.district_id
    if district is None or name not in READ:
        raise Http404(name)
    tag = places.etag(district, name)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(READ[name](district), content_type="application/geo+json")
    response["ETag"], response["Cache-Control"] = tag, "private, max-age=60"
    return response
