"""The page of one object: what it is, who answers for it, what is due, what happened."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.web.access import Request, permitted
from chengzhi.web.registers.finding import object_of
from chengzhi.web.registers.labels import label_of
from chengzhi.web.registers.sight import Sight


@never_cache
@permitted("register.view")
@require_GET
def page(request: Request, number: str) -> HttpResponse:
    """The whole page; printed it is the object's sheet."""
    thing, now = object_of(request, number), clock.now()
    sight = Sight(thing, request.actor, now)
    label = label_of(request, thing) if sight.public else None
    return render(
        request, "registers/object.html", {"sight": sight, "thing": thing, "now": now, "label": label}
    )
