"""The district's own shapes for the public map; nothing while the public map is off."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from chengzhi.places import queries
from chengzhi.places.models import Area
from chengzhi.web.access import public
from chengzhi.web.public.districts import district_of_page

READERS: dict[str, Callable[[int], bytes]] = {
    "outline": queries.outline,
    "areas": lambda district_id: queries.areas(district_id, Area.Level.COMMUNITY),
    "cells": queries.cells,
}


@public
@require_GET
@cache_control(public=True, max_age=3600)
def layer(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Outline, communities or cells as GeoJSON; 304 while the pack is the same."""
    district = district_of_page(request, slug)
    if not district.public_map:
        raise Http404("the public map is off")
    if name not in READERS:
        raise Http404(name)
    tag = queries.etag(district.pk, "public", name)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    body = READERS[name](district.pk)
    return HttpResponse(body, content_type="application/geo+json", headers={"ETag": tag})
