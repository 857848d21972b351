"""小广告: one posted number, one file with all its sightings."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases import sightings
from chengzhi.registers.models import Party
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.desk_case.finding import case_of

SHOWN = 50


@permitted("register.view")
def index(request: Request) -> HttpResponse:
    """The numbers, the most seen first; `?least=2` leaves out those seen once."""
    least = 2 if request.GET.get("least") == "2" else 1
    rows = sightings.files(district_of(request).pk, least=least)
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    return render(request, "domains/numbers.html", {"rows": page.object_list, "page": page, "least": least})


@permitted("register.view")
def page(request: Request, number: int) -> HttpResponse:
    """One number: the cases one may see that show it. The number itself is looked at on the party's page."""
    party = get_object_or_404(
        Party, pk=number, district=district_of(request), flags__contains=[sightings.FLAG]
    )
    found = Paginator(sightings.sightings_of(party.pk, by=request.actor), SHOWN).get_page(
        request.GET.get("page")
    )
    facts = {"party": party, "rows": found.object_list, "page": found,
             "may_reveal": "party.view" in request.actor.permissions}  # fmt: skip
    return render(request, "domains/number.html", facts)


@permitted("case.note")
@require_POST
def note(request: Request, number: str) -> HttpResponse:
    """Note a number seen on a photo of the case."""
    case = case_of(request, number)
    made = sightings.note(case, request.POST.get("number", ""), by=request.actor, on=clock.now())
    messages.success(request, _("Noted in the file of %(name)s.") % {"name": made.party.name})
    return redirect("desk:case", case.number)
