"""The case an address names, if this person may see it."""

from django.http import Http404

from chengzhi.cases.models import Case
from chengzhi.cases.rules import may
from chengzhi.web.access import Request

RELATED = ("type", "unit", "handler", "area", "street_area", "cell", "street")
# Shapes are large and a page of one case draws none of them from here.
HEAVY = ("bigrams", "cell__outline", "area__outline", "street_area__outline", "street__line")


def case_of(request: Request, number: str) -> Case:
    """The case of this number in the person's district. Raises Http404 when it is not for them."""
    rows = (
        Case.objects.filter(district_id=request.actor.district_id or 0).select_related(*RELATED).defer(*HEAVY)
    )
    found = rows.filter(number=number).first()
    if found is None or not may(request.actor, "case.view", found):
        raise Http404(number)
    return found
