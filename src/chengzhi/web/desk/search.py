"""Search from anywhere: the exact number first, whatever filters are set; then words."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.cases import worklist as cases
from chengzhi.cases.filters import BadFilter, Filter
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import case_url, district
from chengzhi.web.desk.cells import Seen, columns_of, rows_of

COLUMNS = ("due", "number", "state", "type", "text", "address", "reported_at")


@never_cache
@permitted("case.view")
def search(request: Request) -> HttpResponse:
    """Cases with these words in all the district one may see, the newest first."""
    now, here = clock.now(), district(request)
    asked = Filter(q=request.GET.get("q", ""), order="newest")
    context: dict[str, Any] = {"words": asked.q, "rows": None, "problem": None}
    if not asked.q:
        return render(request, "desk/search.html", context)
    exact = cases.numbered(asked.q, request.actor)
    if exact is not None and case_url(exact):
        return redirect(case_url(exact))
    shown = columns_of(COLUMNS)
    try:
        page = cases.page(asked, request.actor, here.zone, now=now, after=request.GET.get("after"))
    except BadFilter as problem:
        return render(request, "desk/search.html", context | {"problem": problem})
    context |= {
        "rows": rows_of(page.cases, shown, Seen(now, here.zone, asked.q)), "columns": shown, "next": page.next,
        "address": asked.as_address(),
    }  # fmt: skip
    return render(request, "desk/search.html", context)
