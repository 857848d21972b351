"""For everybody: what was promised and how it stands; by body, area, domain and post; the poster.

A person's name stands here only where that person let it be shown.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.branch.commitments import queries
from chengzhi.branch.commitments.actions import answer
from chengzhi.branch.commitments.content import canonical, faults
from chengzhi.branch.commitments.models import Answer, Commitment, Sighting
from chengzhi.branch.commitments.problems import NoSuchCommitment
from chengzhi.branch.organisation.models import Body
from chengzhi.domains import DOMAINS
from chengzhi.errors import Problem
from chengzhi.places.models import Area, District
from chengzhi.reports.rates import count_send
from chengzhi.web.access import public
from chengzhi.web.commitments.showing import curve, local, shown_all
from chengzhi.web.public.districts import client_address, district_of_page
from chengzhi.web.public.districts import page as public_page
from chengzhi.web.registers.labels import printed, qr

MOST = 200


def _list(request: HttpRequest, district: District, heading: str, **only: Any) -> HttpResponse:
    rows = shown_all(queries.public_ones(district.pk).filter(**only)[:MOST])
    facts = {"district": district, "rows": rows, "heading": heading, "most": MOST if len(rows) == MOST else 0}
    return public_page(request, "commitments/public_index.html", facts)


@public
@require_GET
def index(request: HttpRequest, slug: str = "") -> HttpResponse:
    """All of a district."""
    return _list(request, district_of_page(request, slug), "")


@public
@require_GET
def of_body(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Those of a branch."""
    district = district_of_page(request, slug)
    body = Body.objects.filter(district=district, code=code).first()
    if body is None:
        raise Http404(code)
    return _list(request, district, local(body), body=body)


@public
@require_GET
def of_area(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Those for a street or community."""
    district = district_of_page(request, slug)
    area = Area.objects.filter(district=district, code=code).first()
    if area is None:
        raise Http404(code)
    return _list(request, district, local(area), area=area)


@public
@require_GET
def of_domain(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Those of a domain."""
    district = district_of_page(request, slug)
    domain = next((one for one in DOMAINS if one.key == code), None)
    if domain is None:
        raise Http404(code)
    return _list(request, district, local(domain), domain=code)


@public
@require_GET
def of_post(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Those of a post."""
    district = district_of_page(request, slug)
    if not queries.public_ones(district.pk).filter(post=code).exists():
        raise Http404(code)
    return _list(request, district, code, post=code)


def _found(district: District, number: str) -> Commitment:
    try:
        return queries.public_commitment(district.pk, number)
    except NoSuchCommitment:
        raise Http404(number) from None


def _one(request: HttpRequest, district: District, number: str, **more: Any) -> dict[str, Any]:
    thing = _found(district, number)
    (shown,) = shown_all([thing])
    said = Sighting.objects.filter(commitment=thing, words_state="shown").order_by("-id")[:20]
    return {
        "district": district, "shown": shown, "thing": thing, "curve": curve(shown), "broken": bool(faults([thing])),
        "canonical": canonical(thing) if thing.name_shown or thing.member_id is None else "",
        "answers": queries.answers(thing), "offered": Answer.choices, "said": said,
        "thanks": request.GET.get("thanks") == "1", **more,
    }  # fmt: skip


@public
@require_GET
def page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One promise: curve, target, comparison, and whether residents see it."""
    return public_page(
        request, "commitments/public_one.html", _one(request, district_of_page(request, slug), number)
    )


@public
@require_GET
def poster(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One sheet of A4 with the live figure and a QR code that leads to the page."""
    district = district_of_page(request, slug)
    address = printed(request, reverse("promises:d-one", args=[district.slug, number]))
    facts = _one(request, district, number, address=address, qr=qr(address))
    return public_page(request, "commitments/poster.html", facts)


@csrf_exempt
@public
@require_POST
def say(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """A resident's answer: no account, no identity, limited per network address as reports are."""
    district = district_of_page(request, slug)
    thing = _found(district, number)
    try:
        count_send("note", f"promise\x1f{client_address(request)}", on=clock.now())
        answer(
            thing, said=request.POST.get("answer", ""), words=request.POST.get("words", ""), on=clock.now()
        )
    except Problem as problem:
        facts = _one(request, district, number, problem=problem, typed=request.POST.get("words", ""))
        return public_page(request, "commitments/public_one.html", facts, status=problem.status)
    return redirect(f"{reverse('promises:d-one', args=[district.slug, number])}?thanks=1")
