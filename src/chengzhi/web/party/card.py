"""The public card of an object: what everybody may know of it, and a way to report a problem there."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from chengzhi.files import queries as files
from chengzhi.registers.kinds import domain_of_kind
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import ObjectPhoto
from chengzhi.registers.queries import family
from chengzhi.web.access import public
from chengzhi.web.public.districts import address, district_of_page, page
from chengzhi.web.public.objects import offered_types, public_object
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.words import facts_of, kind_name, place_name

MOST = 6


@public
@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The card; a sensitive kind and an unknown code look the same: there is nothing."""
    thing = public_object(code)
    if thing is None:
        raise Http404("no such card")
    district = district_of_page(request, thing.district.slug)
    kind, report = kind_of(thing.kind), address("report", district)
    photos = ObjectPhoto.objects.filter(object__in=family(thing.pk), released_at__isnull=False)
    here = {"about": thing.public_code}
    context = {
        "district": district, "thing": thing, "name": kind_name(kind), "domain": domain_of_kind(kind.key),
        "state": state_words(kind, thing.state), "place": place_name(thing),
        "facts": facts_of(kind, thing.facts, public=True), "photos": list(photos[:MOST]),
        "report": f"{report}?{urlencode(here)}",
        "types": [(one, f"{report}?{urlencode({**here, 'type': one.pk})}") for one in offered_types(thing)],
        "layers": {name: address("layer", district, name) for name in ("outline", "areas")},
    }  # fmt: skip
    return page(request, "party/card.html", context)


@public
@require_GET
def photo(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The masked copy of a released photo of a public object; nothing else is public."""
    thing = public_object(code)
    if thing is None:
        raise Http404("no such card")
    rows = ObjectPhoto.objects.filter(object__in=family(thing.pk), released_at__isnull=False)
    found = rows.select_related("masked").filter(pk=number, masked__isnull=False).first()
    if found is None or found.masked is None:
        raise Http404("no such photo")
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=300"}
    return HttpResponse(files.content(found.masked), content_type=found.masked.content_type, headers=headers)
