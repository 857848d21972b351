"""Which district a public page belongs to, and how its pages are rendered."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from chengzhi.places.models import District
from chengzhi.registers.kinds import kinds


def default_district() -> District:
    """The district of the bare address: the one marked so in its settings, else 示例区, else the first."""
    districts = list(District.objects.order_by("id"))
    if not districts:
        raise Http404("no district is loaded")
    marked = (one for one in districts if one.settings.get("public_default"))
    sample = (one for one in districts if one.slug == "sample")
    return next(marked, None) or next(sample, None) or districts[0]


def district_of_page(request: HttpRequest, slug: str = "") -> District:
    """The district of the address; the shell's banner and names follow it."""
    district = District.objects.filter(slug=slug).first() if slug else default_district()
    if district is None:
        raise Http404(f"no district {slug}")
    request.district = district  # type: ignore[attr-defined]
    return district


def address(name: str, district: District, *args: object, **facts: object) -> str:
    """The address of a page of this district: `public:d-report` and so on."""
    return reverse(f"public:d-{name}", args=[district.slug, *args], kwargs=facts or None)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render without a CSRF token: an empty one keeps the page free of cookies.

    The forms of these pages act for nobody who is logged in, so there is nothing to forge;
    each carries its own signed key instead.
    """
    district = context["district"]
    extra = {
        "csrf_token": "",
        "urls": {name: address(name, district) for name in ("home", "report", "find", "about")},
        "others": District.objects.exclude(pk=district.pk).order_by("id"),
        "chinese": chinese(),
        "listed": [(one.words(get_language() or "zh"), reverse("party:d-nearby", args=[district.slug, key]))
                   for key, one in kinds().items() if one.hours and one.public and not one.sensitive],
    }  # fmt: skip
    response = render(request, template, extra | context, status=status)
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")


def client_address(request: HttpRequest) -> str:
    """Network address of the sender; behind a declared proxy the last one it added."""
    from django.conf import settings

    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.ENV["CHENGZHI_BEHIND_PROXY"] and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
