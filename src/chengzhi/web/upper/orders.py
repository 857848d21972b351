"""The list with both deadlines, the reply of one order, and the file of replies."""

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.clocks import lamp as case_lamp
from chengzhi.errors import Problem
from chengzhi.reports import upper, upper_queries, upper_replies
from chengzhi.reports.models import UpperOrder
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import case_url, name_of, state_words

SHOWN = 100
AGAIN = timedelta(days=1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class OrderRow:
    """An order as the list shows it, with both clocks."""

    order: UpperOrder
    lamp: str
    case_lamp: str
    state: str
    unit: str
    url: str

    @classmethod
    def of(cls, order: UpperOrder, now: datetime) -> "OrderRow":
        """Both lamps, words and address."""
        case = order.case
        ours = "" if case.closed_at else case_lamp(case, now)
        return cls(order, upper_queries.lamp(order, now), "amber" if ours == "yellow" else ours,
                   state_words(case.state), name_of(case.unit), case_url(case))  # fmt: skip


@never_cache
@permitted("upper.manage")
def index(request: Request) -> HttpResponse:
    """Open orders, nearest deadline of the upper level first; answered ones by `?replied=1`."""
    district_id, now = int(request.actor.district_id or 0), clock.now()
    system, answered = request.GET.get("system", ""), request.GET.get("replied") == "1"
    rows = upper_queries.open_orders(district_id, system)
    if answered:
        rows = _answered(district_id, system)
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    sending = upper_queries.to_send(district_id, system=system)
    answer = {
        "rows": [OrderRow.of(order, now) for order in page], "page": page, "system": system, "answered": answered,
        "systems": upper_queries.systems(district_id), "ready": len(sending),
    }  # fmt: skip
    return render(request, "upper/index.html", answer)


def _answered(district_id: int, system: str) -> Any:
    rows = UpperOrder.objects.filter(district_id=district_id, replied_at__isnull=False)
    rows = rows.filter(system=system) if system else rows
    return rows.select_related("case", "case__unit", "district").order_by("-replied_at", "-pk")


@never_cache
@permitted("upper.manage")
def reply(request: Request, order_id: int) -> HttpResponse:
    """The reply form of one order, filled from the case; a POST confirms it."""
    order = upper.own_order(order_id, by=request.actor)
    if request.method == "POST":
        values = {
            name: request.POST.get(f"column_{place}", "") for place, (name, _f) in enumerate(order.reply_form)
        }
        try:
            upper.confirm_reply(order.pk, values, by=request.actor, on=clock.now())
        except Problem as problem:
            messages.error(request, " ".join(filter(None, (problem.what, problem.why, problem.cure))))
            return redirect("desk_upper:order", order.pk)
        messages.success(
            request, _("The reply of %(number)s is ready to be sent.") % {"number": order.number}
        )
        return redirect("desk_upper:index")
    fields = [
        {"place": place, "name": name, "source": upper_replies.FIELDS.get(field, field), "value": value,
         "long": field in ("note", "") or len(value) > 60}
        for place, (name, field, value) in enumerate(upper_replies.prefilled(order))
    ]  # fmt: skip
    answer = {"row": OrderRow.of(order, clock.now()), "order": order, "fields": fields,
              "photos": upper_replies.photos_of(order)}  # fmt: skip
    return render(request, "upper/order.html", answer)


@permitted("upper.manage")
@require_POST
def replies(request: Request) -> HttpResponse:
    """One archive: the replies in the upper level's columns and the photos by its numbers; marks them sent."""
    now, system = clock.now(), request.POST.get("system", "")
    since = now - AGAIN if request.POST.get("again") else None
    orders = upper_queries.to_send(int(request.actor.district_id or 0), system=system, again_since=since)
    if not orders:
        messages.error(request, _("No reply is ready to be sent. Open an order and confirm its reply first."))
        return redirect("desk_upper:index")
    form = "csv" if request.POST.get("format") == "csv" else "xlsx"
    body = _archive(orders, form)
    upper.mark_replied(orders, by=request.actor, on=now)
    answer = HttpResponse(body, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="replies-{now:%Y%m%d-%H%M}.zip"'
    return answer


def _archive(orders: list[UpperOrder], form: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for system in dict.fromkeys(order.system for order in orders):
            own = [order for order in orders if order.system == system]
            table = io.BytesIO()
            upper_replies.write_table(own, table, form)
            packed.writestr(f"{system}/replies.{form}", table.getvalue())
            upper_replies.write_photos(own, packed, f"{system}/photos/")
    return out.getvalue()
