"""The kind, object and party an address names, if this person may see them."""

from django.http import Http404

from chengzhi.domains.kinds import Kind
from chengzhi.registers import kinds
from chengzhi.registers.models import Party, RegisteredObject
from chengzhi.web.access import Request

RELATED = ("party", "unit", "area", "street_area", "cell", "street", "district", "merged_into")
# Shapes of areas are large and no page of one object draws them from here.
HEAVY = ("bigrams", "cell__outline", "area__outline", "street_area__outline", "street__line")


def kind_of(key: str) -> Kind:
    """The kind of this key. Raises Http404."""
    found = kinds.kinds().get(key)
    if found is None:
        raise Http404(key)
    return found


def object_of(request: Request, number: str) -> RegisteredObject:
    """The object of this register number in the person's district. Raises Http404."""
    rows = RegisteredObject.objects.filter(district_id=request.actor.district_id or 0)
    found = rows.select_related(*RELATED).defer(*HEAVY).filter(number=number).first()
    if found is None:
        raise Http404(number)
    return found


def party_of(request: Request, number: int) -> Party:
    """The party of this key in the person's district. Raises Http404."""
    rows = Party.objects.filter(district_id=request.actor.district_id or 0).select_related("district")
    found = rows.filter(pk=number).first()
    if found is None:
        raise Http404(number)
    return found
