"""The ledger: what runs, what is overdue, its honest numbers; to print, and as a workbook."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.branch.organisation.models import Body
from chengzhi.branch.organisation.rules import standing_of
from chengzhi.branch.rectification import queries
from chengzhi.branch.rectification.life import ITEM_LIFE, MEMBER
from chengzhi.branch.rectification.models import Item
from chengzhi.domains import DOMAINS
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import domain_named, local
from chengzhi.web.rounds.workbook import answer, sheet

MOST = 5000


def language() -> str:
    """The language of the page."""
    return get_language() or "zh"


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def wanted_of(request: Request) -> queries.Wanted:
    """The filters of the address; what is not known is left out."""
    said = request.GET
    state, domain = said.get("state", ""), said.get("domain", "")
    return queries.Wanted(
        state=state if state in ITEM_LIFE.states else "", body_id=_number(said.get("body", "")),
        domain=domain if domain_named(domain) else "", overdue=said.get("overdue") == "1",
        left=said.get("left") == "1",
    )  # fmt: skip


def shown(item: Item, on: Any) -> dict[str, Any]:
    """An item as a row says it."""
    domain = domain_named(item.domain)
    late = item.state in queries.RUNNING and item.due_at is not None and item.due_at < on
    return {
        "item": item, "state": ITEM_LIFE.state_words(item.state, language()), "late": late,
        "domain": local(domain) if domain else "",
    }  # fmt: skip


@permitted("branch.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """Newest first, narrowed by state, body, domain, overdue or without an owner; `?after=` pages on."""
    on, wanted = clock.now(), wanted_of(request)
    rows = queries.narrowed(request.actor, wanted, on)
    found, after = queries.page(rows, _number(request.GET.get("after", "")))
    own = standing_of(request.actor).where(MEMBER)
    facts = {
        "rows": [shown(one, on) for one in found], "after": after, "wanted": wanted,
        "numbers": queries.numbers(queries.items(request.actor), on), "to_check": queries.to_check(request.actor).count(),
        "bodies": Body.objects.filter(pk__in=own).order_by("code"), "may_enter": bool(own),
        "states": [(key, ITEM_LIFE.state_words(key, language())) for key in ITEM_LIFE.states],
        "domains": [(one.key, local(one)) for one in DOMAINS],
        "narrowed": wanted != queries.Wanted(), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "rectification/index.html", facts)


@permitted("branch.view")
@require_GET
def printed(request: Request) -> HttpResponse:
    """The ledger on A4: every item wanted, at most 5,000, with measures, term and result."""
    on = clock.now()
    rows = queries.narrowed(request.actor, wanted_of(request), on)[:MOST]
    facts = {"rows": [shown(one, on) for one in rows], "now": on,
             "numbers": queries.numbers(queries.items(request.actor), on)}  # fmt: skip
    return render(request, "rectification/print.html", facts)


@permitted("branch.view")
@require_GET
def workbook(request: Request) -> HttpResponse:
    """The same as a workbook; own words are never in it."""
    import xlsxwriter

    on = clock.now()
    district = District.objects.defer("outline").get(pk=request.actor.district_id or 0)
    rows = [shown(one, on) for one in queries.narrowed(request.actor, wanted_of(request), on)[:MOST]]
    heads = (_("Number"), _("Body"), _("Gap"), _("Benchmark"), _("Owner"), _("Measures"), _("Term"), _("State"),
             _("Returned"), _("Result"), _("Earlier item"))  # fmt: skip
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet(
            book,
            _("Rectification ledger"),
            district,
            _("Rectification ledger"),
            heads,
            [_cells(one) for one in rows],
        )
    return answer(held.getvalue(), "rectification.xlsx")


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    one: Item = row["item"]
    return (
        one.number, local(one.body), f"{one.title}\n{one.gap}", f"{one.benchmark} {one.benchmark_on}",
        one.owner.name if one.owner else "", one.measures, f"{one.due_at:%Y-%m-%d}" if one.due_at else "",
        row["state"], one.returns, one.finding if one.state == "struck_off" else "",
        one.earlier.number if one.earlier else "",
    )  # fmt: skip
