"""The line or area of one object, and the layer of registers on the desk's map."""

import json

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.registers.finding import kind_of, object_of
from chengzhi.web.registers.maps import box_of, collection, layer_points, zoom_of

GEOJSON = "application/geo+json"


@permitted("register.view")
@require_GET
def shape(request: Request, number: str) -> HttpResponse:
    """The object's line or area as GeoJSON."""
    thing = object_of(request, number)
    if not thing.shape:
        raise Http404(number)
    feature = {"type": "Feature", "geometry": thing.shape, "properties": {"number": thing.number}}
    body = json.dumps({"type": "FeatureCollection", "features": [feature]})
    return HttpResponse(body, content_type=GEOJSON)


@permitted("register.view")
@require_GET
def layer(request: Request) -> HttpResponse:
    """The objects of the chosen kinds in a box: what the desk's map draws beside the cases."""
    here = district_of(request)
    box, zoom = box_of(request, here), zoom_of(request)
    wanted = [kind_of(key).key for key in request.GET.get("kinds", "").split(",") if key][:MOST_KINDS]
    found = [one for key in wanted for one in layer_points(here.pk, key, box, zoom)]
    return HttpResponse(collection(found), content_type=GEOJSON)


MOST_KINDS = 6
