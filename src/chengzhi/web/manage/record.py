"""The ledger as an auditor reads it: newest first, by thing, with the state of the seals."""

from django.http import HttpResponse
from django.shortcuts import render

from chengzhi.ledger.models import Entry, Seal
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.history import sentences

PAGE = 100
SETTINGS = (
    "account", "rights", "unit", "limit", "limits", "stage_limit", "escalation", "calendar", "message_text",
    "routing_rule", "district_settings", "district",
)  # fmt: skip


@permitted("ledger.view")
def page(request: Request) -> HttpResponse:
    """`?thing=` and `?before=` (a row's number); rows of this district only."""
    rows = Entry.objects.filter(district_id=request.actor.district_id).order_by("-id")
    thing = request.GET.get("thing", "")
    if thing:
        rows = rows.filter(thing=thing)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(id__lt=int(before))
    found = list(rows[: PAGE + 1])
    facts = {
        "rows": list(zip(found[:PAGE], sentences(found[:PAGE]), strict=True)),
        "more": found[PAGE - 1].id if len(found) > PAGE else 0,
        "thing": thing,
        "things": ("case", *SETTINGS),
        "seal": Seal.objects.order_by("-id").first(),
    }
    return render(request, "manage/ledger.html", facts)
