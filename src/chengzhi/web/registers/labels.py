"""Labels with a QR code for the objects of a filter, to be printed and stuck on."""

from dataclasses import dataclass
from functools import lru_cache

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.registers.asking import asked_in, first_of
from chengzhi.web.registers.finding import kind_of, object_of
from chengzhi.web.registers.words import kind_name

MOST = 240
"""Ten sheets at once; who needs more narrows the filter."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the picture, and the words below it."""

    picture: SafeString
    number: str
    name: str
    address: str
    url: str


@lru_cache(maxsize=2000)
def qr(address: str) -> SafeString:
    """The QR code of an address as inline SVG; level Q survives dirt and a torn corner."""
    picture = segno.make(address, error="q", micro=False).svg_inline(border=2, omitsize=True)
    return mark_safe(picture)  # noqa: S308 -- drawn by segno, it holds no text of anybody


def printed(request: HttpRequest, path: str) -> str:
    """The whole address of a page as it is printed: that of the public, where one is set."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def label_of(request: HttpRequest, thing: RegisteredObject) -> Label:
    """The label of one object."""
    address = printed(request, reverse("party:card", args=[thing.public_code]))
    return Label(qr(address), thing.number, thing.name, thing.address, address)


@permitted("register.view")
@require_GET
def sheet(request: Request, kind: str) -> HttpResponse:
    """The labels of a filter, 24 on a sheet of A4."""
    found = kind_of(kind)
    if found.sensitive or not found.public:
        raise Http404("no public card, no label")
    asked = asked_in(request, found)
    things, more = first_of(asked, request.actor, MOST)
    facts = {
        "kind": found, "name": kind_name(found), "labels": [label_of(request, one) for one in things],
        "more": more, "most": MOST, "address": asked.address,
    }  # fmt: skip
    return render(request, "registers/labels.html", facts)


@permitted("register.view")
@require_GET
def single(request: Request, number: str) -> HttpResponse:
    """The label of one object."""
    thing = object_of(request, number)
    found = kind_of(thing.kind)
    if found.sensitive or not found.public:
        raise Http404("no public card, no label")
    facts = {"kind": found, "name": kind_name(found), "labels": [label_of(request, thing)], "thing": thing}
    return render(request, "registers/labels.html", facts)
