"""“Which of these?”: the work list with its filters, pages, columns and live first page."""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.cases import worklist as cases
from chengzhi.cases.bulk import MOST
from chengzhi.cases.clocks import lamp
from chengzhi.cases.filters import Filter, named
from chengzhi.cases.models import SavedFilter
from chengzhi.cases.worklist import Count, Page
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk import filterbar
from chengzhi.web.desk.asking import choice_of, district, sticky, today
from chengzhi.web.desk.cells import COLUMNS, Seen, columns_of, rows_of


@never_cache
@permitted("case.view")
def worklist(request: Request) -> HttpResponse:
    """The list; to conditional polling only its rows, and 304 while they are the same."""
    now, here, choice = clock.now(), district(request), choice_of(request)
    asked = sticky(request, choice)
    after = request.GET.get("after", "")
    page = cases.page(asked, request.actor, here.zone, now=now, after=after)
    counted = _count(request, asked, page, now)
    tag = _tag(page, counted, now, choice.columns)
    polled = request.headers.get("X-Poll") == "1"
    if polled and request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    shown = columns_of(choice.columns)
    context: dict[str, Any] = {
        "asked": asked, "address": asked.as_address() or "open=", "rows": rows_of(page.cases, shown, Seen(now, here.zone, asked.q)),
        "columns": shown, "next": page.next, "after": after, "counted": counted, "tag": tag, "most": MOST,
        "may_bulk": "case.bulk" in request.actor.permissions,
        "may_export": "case.export" in request.actor.permissions,
    }  # fmt: skip
    if not polled:
        context |= _around(request, asked, choice.columns)
    template = "desk/_rows.html" if polled else "desk/worklist.html"
    answer = render(request, template, context)
    if polled:
        answer.headers["ETag"] = tag
    return answer


def _count(request: Request, asked: Filter, page: Page, now: datetime) -> Count:
    """How many cases fit; with words only what the page itself tells, for they are not searched twice."""
    if not asked.q:
        return cases.count(asked, request.actor, district(request).zone, now=now)
    before = bool(request.GET.get("after"))
    return Count(cases.PAGE if before else len(page.cases), before or page.next is not None)


def _tag(page: Page, counted: Count, now: Any, columns: list[str]) -> str:
    """Changes when a row, its lamp, the count or the quarter of the hour does."""
    quarter = int(now.timestamp()) // 900
    facts = [(case.pk, case.version, lamp(case, now)) for case in page.cases]
    said = repr((facts, counted, quarter, columns, get_language())).encode()
    return f'"{blake2b(said, digest_size=12).hexdigest()}"'


def _around(request: Request, asked: Filter, columns: list[str]) -> dict[str, Any]:
    here, me = district(request), request.actor.account_id or 0
    first, more = filterbar.fields(asked, here, request.actor)
    mine = SavedFilter.objects.filter(district=here, account_id=me)
    shared = SavedFilter.objects.filter(district=here, shared=True).exclude(account_id=me)
    chosen = {column.key for column in columns_of(columns)}
    return {
        "first": first, "more": more, "chips": filterbar.chips(asked, [*first, *more]),
        "more_set": any(bar.value for bar in more),
        "named": [(one, one.asked.as_address(), one.asked == asked)
                  for one in named(today(here.zone, clock.now()))],
        "mine": _saved(mine, asked), "shared": _saved(shared, asked),
        "all_columns": [(key, column, key in chosen) for key, column in COLUMNS.items()],
    }  # fmt: skip


def _saved(rows: Any, asked: Filter) -> list[tuple[SavedFilter, str, bool]]:
    """Saved filters with their address and whether they are the one in use; unreadable ones are left out."""
    found = []
    for row in rows.order_by("name"):
        try:
            one = Filter.model_validate(row.query)
        except ValueError:
            continue
        found.append((row, one.as_address() or "open=", one == asked))
    return found
