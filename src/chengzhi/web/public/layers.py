"""The district's own shapes for the public map; nothing while the public map is off."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from chengzhi.places.models import Area, Cell
from chengzhi.web.access import public
from chengzhi.web.public.districts import district_of_page


@public
@require_GET
@cache_control(public=True, max_age=3600)
def layer(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Outline, areas or cells as GeoJSON."""
    district = district_of_page(request, slug)
    if not district.public_map:
        raise Http404("the public map is off")
    shapes: list[tuple[Any, dict[str, Any]]]
    if name == "outline":
        shapes = [(district.outline, {"name": district.name, "name_en": district.name_en})]
    elif name == "areas":
        areas = Area.objects.filter(district=district, valid_to=None, outline__isnull=False)
        shapes = [
            (a.outline, {"id": a.pk, "name": a.name, "name_en": a.name_en, "level": a.level}) for a in areas
        ]
    elif name == "cells":
        cells = Cell.objects.filter(district=district, valid_to=None)
        shapes = [(cell.outline, {"id": cell.pk, "code": cell.code}) for cell in cells]
    else:
        raise Http404(name)
    return JsonResponse(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": shape, "properties": facts}
                for shape, facts in shapes
                if shape
            ],
        }
    )
