"""Following a report: where it stands, until when, and what its sender may still change."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.cases import clocks
from chengzhi.cases.context import area_class
from chengzhi.cases.models import Case, CasePhoto
from chengzhi.cases.states import ENDS, UNFILED
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.files.actions import store
from chengzhi.people.actor import Actor
from chengzhi.reports import actions, queries
from chengzhi.reports.models import Report, ReportPhoto
from chengzhi.reports.rates import count_send
from chengzhi.web.access import public
from chengzhi.web.public import drafts, wording
from chengzhi.web.public.districts import chinese, client_address, district_of_page, page

PRIVATE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind a follow-up link."""
    return _page(request, token, queries.by_token(token))


def _page(
    request: HttpRequest, token: str, report: Report, problem: Problem | None = None, said: Any = None
) -> HttpResponse:
    case = report.case
    district = district_of_page(request, report.district.slug)
    context = {
        "district": district,
        "report": report,
        "case": case,
        "token": token,
        "link": request.build_absolute_uri(reverse("public:follow", args=[token])),
        "short_lived": token.startswith("f:"),
        "sent": "sent" in request.GET,
        "done": request.GET.get("done", ""),
        "problem": problem,
        "said": said or {},
        "state": wording.state_word(case.state),
        "tone": wording.state_tone(case.state),
        "sentence": wording.state_sentence(case),
        "promise": promise(case),
        "history": history(case),
        "released": queries.released_photos(case),
        "own_photos": ReportPhoto.objects.filter(report=report).order_by("id"),
        "notes": report.notes.order_by("id"),
        "followers": queries.following(case),
        "may_correct": case.state in UNFILED and report.withdrawn_at is None,
        "over": case.state in ENDS,
        "contact_kept": report.reporter is not None and report.reporter.erased_at is None,
    }
    return page(request, "public/follow.html", context, status=problem.status if problem else 200)


def promise(case: Case) -> dict[str, Any]:
    """What is promised and until when, in words, with the derivation; nothing after the end."""
    language = "zh" if chinese() else "en"
    if case.closed_at is not None:
        return {}
    if case.due_at is not None and case.handled_at is None:
        due, stage, what = case.due_at, "handle", _("To be fixed by")
    elif case.stage_due_at is not None:
        due, stage, what = case.stage_due_at, None, _("Next step by")
    elif case.handled_at is None:
        return {"what": _("Promised"), "due": None, "then": _then(case, language)}
    else:
        return {}
    return {
        "what": what,
        "due": due,
        "why": clocks.explain(case, language, stage),
        "late": clock.now() > due,
        "then": _then(case, language) if case.due_at is None else "",
    }


def _then(case: Case, language: str) -> str:
    """Before it is dispatched: how long handling may take from then on."""
    found = clocks.handling_limit(case, clock.now(), area_class(case.area_id))
    if found is None:
        return ""
    return _("Once a department has it, it has %(limit)s to fix it.") % {"limit": found.limit.say(language)}


def history(case: Case) -> list[wording.Said]:
    """Public sentences of the case's life; inner steps and repeats of the same sentence are left out."""
    lines: list[wording.Said] = []
    for one in queries.public_history(case):
        sentence = wording.public_step(one.step)
        if sentence and (not lines or lines[-1].sentence != sentence):
            lines.append(wording.Said(one.on, sentence))
    return lines


Act = Callable[[HttpRequest, Report, datetime], str]


@public
@csrf_exempt
@require_POST
def act(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """Add, correct, withdraw, erase: each leads back to the page, and says what was done."""
    if what not in ACTS:
        raise Http404(what)
    report, on = queries.by_token(token), clock.now()
    try:
        drafts.check_length(request)
        count_send("note", f"{client_address(request)}\x1f{report.pk}", on=on)
        done = ACTS[what](request, report, on)
    except Problem as problem:
        return _page(request, token, queries.by_token(token), problem, request.POST)
    response = HttpResponseRedirect(reverse("public:follow", args=[token]) + f"?done={done}")
    response.status_code = 303
    return response


def _add(request: HttpRequest, report: Report, on: datetime) -> str:
    sent = request.FILES.get("photo")
    file_id = None
    if sent is not None:
        made = store(sent, district_id=report.district_id, kind="photo", by=None, on=on, draft=True)  # type: ignore[arg-type]
        file_id = made.file.pk
    actions.add_note(report, request.POST.get("text", ""), file_id=file_id, by=Actor.resident(), on=on)
    return "added"


def _correct(request: HttpRequest, report: Report, on: datetime) -> str:
    said = request.POST
    actions.correct(
        report, text=said.get("text", ""), address=said.get("address", ""), lon=_degrees(said.get("lon")),
        lat=_degrees(said.get("lat")), by=Actor.resident(), on=on,
    )  # fmt: skip
    return "corrected"


def _withdraw(request: HttpRequest, report: Report, on: datetime) -> str:
    actions.withdraw(report, by=Actor.resident(), on=on)
    return "withdrawn"


def _erase(request: HttpRequest, report: Report, on: datetime) -> str:
    actions.erase_contact(report, by=Actor.resident(), on=on)
    return "erased"


ACTS: dict[str, Act] = {"add": _add, "correct": _correct, "withdraw": _withdraw, "erase": _erase}


def _degrees(value: str | None) -> float | None:
    try:
        return float(value or "")
    except ValueError:
        return None


@public
@require_GET
def own_photo(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """A photo the reporter sent themselves, unmasked, for whoever holds the link."""
    report = queries.by_token(token)
    found = get_object_or_404(ReportPhoto.objects.select_related("file"), report=report, pk=number)
    return HttpResponse(files.thumbnail(found.file), content_type="image/webp", headers=PRIVATE)


@public
@require_GET
def released_photo(request: HttpRequest, number: int) -> HttpResponse | FileResponse:
    """The masked copy of a released photo; nothing else of a case's photos is public."""
    found = get_object_or_404(
        CasePhoto.objects.select_related("masked"), pk=number, masked__isnull=False, released_at__isnull=False
    )
    assert found.masked is not None
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=300"}
    return HttpResponse(files.content(found.masked), content_type=found.masked.content_type, headers=headers)
