"""Their list against ours: what differs, and what to do about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.cases.states import ENDS
from chengzhi.pipeline import uploads
from chengzhi.pipeline.models import Upload
from chengzhi.pipeline.upper import Reading, parse_upper, read_list, suggest_upper
from chengzhi.reports import upper, upper_queries
from chengzhi.reports.upper_queries import Difference
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import state_words
from chengzhi.web.upper.receiving import ListForm, body_for, own_list, receive


@never_cache
@permitted("upper.manage")
def send(request: Request) -> HttpResponse:
    """The form to send their present list."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = receive(request, form)
        if upload is not None:
            return redirect("desk_upper:differences", upload.pk)
    return render(
        request, "upper/send.html", {"form": form, "compare": True}, status=422 if form.errors else 200
    )


def _read(upload: Upload) -> Reading:
    path = uploads.local_copy(upload.file)
    body = body_for(upload) or parse_upper(suggest_upper(path), upload.mapping)
    return read_list(path, body, upload.district)


@never_cache
@permitted("upper.manage")
def page(request: Request, upload_id: int) -> HttpResponse:
    """The table of differences; a POST acts on those ticked."""
    upload = own_list(request, upload_id)
    reading = _read(upload)
    found = upper_queries.compare(reading.listed, upload.district_id, upload.mapping)
    if request.method == "POST":
        return _act(request, upload, found)
    answer: dict[str, Any] = {
        "upload": upload, "rows": [_row(one) for one in found], "theirs": len(reading.listed),
        "refused": reading.refused[:20],
    }  # fmt: skip
    return render(request, "upper/differences.html", answer)


def _row(one: Difference) -> dict[str, Any]:
    """A difference in words."""
    order = one.order
    return {
        "one": one, "key": f"{one.kind}:{one.number}", "kind": _kind(one.kind), "todo": _todo(one),
        "ours": state_words(order.case.state) if order else "",
        "ended": bool(order and order.case.state in ENDS), "order": order,
    }  # fmt: skip


def _kind(kind: str) -> str:
    return {
        "only_theirs": _("only in their list"), "only_ours": _("only in ours"),
        "deadline": _("deadline differs"), "state": _("state changed there"),
        "ended_here": _("ended here, open there"),
    }[kind]  # fmt: skip


def _todo(one: Difference) -> str:
    return {
        "only_theirs": _("take it on as a case"), "only_ours": _("note as ended there"),
        "deadline": _("take over their deadline"), "state": _("take over their state"), "ended_here": "",
    }[one.kind]  # fmt: skip


def _act(request: Request, upload: Upload, found: list[Difference]) -> HttpResponse:
    ticked, now, done = set(request.POST.getlist("pick")), clock.now(), 0
    for one in found:
        if f"{one.kind}:{one.number}" not in ticked:
            continue
        if one.kind == "only_ours" and one.order is not None:
            upper.note_gone(one.order.pk, by=request.actor, on=now)
            done += 1
        elif one.listed is not None and one.kind != "ended_here":
            upper.take(one.listed, upload.mapping, district_id=upload.district_id, by=request.actor, on=now)
            done += 1
    said = ngettext("%(n)d difference was settled.", "%(n)d differences were settled.", done) % {"n": done}
    (messages.success if done else messages.error)(request, said if done else _("Tick at least one line."))
    return redirect("desk_upper:differences", upload.pk)
