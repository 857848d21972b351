"""One step on many cases: choose it, see which cases it passes on, confirm, watch, take back."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chengzhi import clock
from chengzhi.cases import bulk as cases_bulk
from chengzhi.cases import worklist as cases
from chengzhi.cases.bulk import MOST, NEVER_IN_BULK, BadBulk
from chengzhi.cases.filters import visible
from chengzhi.cases.habits import habits
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.models import BulkAction, BulkItem, Case
from chengzhi.errors import Problem
from chengzhi.jobs.models import JobRun
from chengzhi.lifecycle.life import Step
from chengzhi.people.actor import Actor
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import asked_in, case_url, district, joined, numbers_in, state_words
from chengzhi.web.desk.running import card
from chengzhi.web.desk.step_form import StepForm

SHOWN = 200


@permitted("case.bulk")
def choose(request: Request) -> HttpResponse:
    """The steps that any of the chosen cases allows; without cases, back to the list."""
    if request.method != "POST":
        return redirect("desk:worklist")
    numbers = _chosen(request)
    if not numbers:
        messages.warning(request, _("No case is chosen. Tick cases in the list first."))
        return redirect(f"{reverse('desk:worklist')}?{request.POST.get('filter', '')}")
    return _choice(request, numbers)


def _choice(
    request: Request, numbers: list[int], asked: StepForm | None = None, name: str = ""
) -> HttpResponse:
    here = district(request)
    states = Counter(
        Case.objects.filter(visible(request.actor), pk__in=numbers).values_list("state", flat=True)
    )
    language = get_language() or "zh"
    steps = [
        (step, step.words(language), sum(states[state] for state in step.before),
         asked if asked and step.name == name else StepForm(step, here), step.name == name)
        for step in steps_for(request.actor, set(states))
    ]  # fmt: skip
    context = {
        "steps": sorted(steps, key=lambda one: -one[2]), "numbers": joined(numbers), "count": sum(states.values()),
        "filter": request.POST.get("filter", ""),
        "states": [(state_words(state), n) for state, n in states.most_common()],
    }  # fmt: skip
    return render(request, "desk/bulk_choose.html", context)


def steps_for(actor: Actor, states: set[str]) -> list[Step]:
    """The steps an actor may take in bulk on cases in any of these states."""
    return [
        step
        for step in CASE_LIFE.steps
        if not step.birth and step.name not in NEVER_IN_BULK and step.by in actor.permissions
        and states & step.before
    ]  # fmt: skip


def _chosen(request: Request) -> list[int]:
    """The cases ticked, or all of the filter up to the stated most; only those one may see."""
    if request.POST.get("scope") != "all":
        listed = request.POST.get("cases") or ",".join(request.POST.getlist("case"))
        return numbers_in(listed)[: MOST + 1]
    asked = asked_in(QueryDict(request.POST.get("filter", "")))
    here = district(request)
    found = cases.ids(asked, request.actor, here.zone, now=clock.now(), limit=MOST + 1)
    if len(found) > MOST:
        raise BadBulk(
            _("A bulk action takes at most %(most)s cases.") % {"most": MOST},
            _("The filter has more."),
            _("Narrow the filter, for instance by department or day."),
        )
    return found


@permitted("case.bulk")
def preview(request: Request) -> HttpResponse:
    """Which cases the step passes on, and which not and why. Nothing is changed."""
    if request.method != "POST":
        return redirect("desk:worklist")
    here, numbers, step = district(request), _chosen(request), _step(request)
    form = StepForm(step, here, request.POST)
    if not form.is_valid():
        return _choice(request, numbers, form, step.name)
    found = cases_bulk.prepare(numbers, step.name, form.stated(), by=request.actor, on=clock.now())
    context = {
        "step": step.name, "label": step.words(get_language() or "zh"), "undo": step.undo, "told": form.told(),
        "passing": len(found.passing), "numbers": joined(found.passing), "all": joined(numbers),
        "failing": [(number, _words(problem), case_url(Case(number=number)))
                    for _pk, number, problem in found.failing[:SHOWN]],
        "failing_count": len(found.failing), "stated": form.stated(), "key": uuid4().hex,
        "raw": [(name, request.POST.get(name, "")) for name in form.fields],
        "filter": request.POST.get("filter", ""), "minutes": round(_minutes(request.actor)),
    }  # fmt: skip
    return render(request, "desk/bulk_preview.html", context)


def _words(problem: Any) -> str:
    facts = (problem or {}).get("error", problem or {})
    return " ".join(part for part in (facts.get("what"), facts.get("why")) if part)


def _step(request: Request) -> Step:
    step = CASE_LIFE.step(request.POST.get("step", ""))
    if step.by not in request.actor.permissions:
        raise Http404
    return step


@permitted("case.bulk")
def run(request: Request) -> HttpResponse:
    """Start the action on the cases of the preview that passed. Sent twice, it is one action."""
    if request.method != "POST":
        return redirect("desk:worklist")
    here, step = district(request), _step(request)
    form = StepForm(step, here, request.POST)
    if not form.is_valid():
        return _choice(request, _chosen(request), form, step.name)
    key = request.POST.get("key", "")[:80] or None
    action = cases_bulk.begin(
        _chosen(request), step.name, form.stated(), by=request.actor, on=clock.now(), key=key
    )
    return redirect("desk:bulk_action", action.pk)


def _action(request: Request, action_id: int) -> BulkAction:
    """An action one may look at: one's own, or any of the district for those who see all of it."""
    rows = BulkAction.objects.filter(pk=action_id, district_id=request.actor.district_id or 0)
    if "case.bulk" not in request.actor.district_wide:
        rows = rows.filter(account_id=request.actor.account_id or 0)
    found = rows.select_related("account").first()
    if found is None:
        raise Http404
    return found


@never_cache
@permitted("case.bulk")
def show(request: Request, action_id: int) -> HttpResponse:
    """Progress, the result for each case, and taking it all back."""
    action, now = _action(request, action_id), clock.now()
    items = BulkItem.objects.filter(action=action).select_related("case").order_by("-state", "pk")
    state = request.GET.get("state", "")
    rows = items.filter(state=state) if state else items
    until = action.created_at + timedelta(minutes=_minutes(request.actor))
    step = CASE_LIFE.step(action.step)
    context = {
        "action": action, "label": step.words(get_language() or "zh"), "job": _card(action),
        "counts": {k: n for k, n in cases_bulk.counts(action.pk).items() if n}, "state": state, "until": until,
        "items": [(item, case_url(item.case), _words(item.undo_error or item.error)) for item in rows[:SHOWN]],
        "more": rows.count() > SHOWN, "shown": SHOWN,
        "may_undo": step.undo and now < until and action.undone_at is None and not _undo_run(action),
    }  # fmt: skip
    return render(request, "desk/bulk_action.html", context)


def _minutes(actor: Actor) -> float:
    return float(habits(actor.district_id or 0).policy("undo_minutes", clock.now()))


def _undo_run(action: BulkAction) -> JobRun | None:
    return JobRun.objects.filter(key=f"bulk-undo:{action.pk}").first()


def _card(action: BulkAction) -> dict[str, Any]:
    found = _undo_run(action) or JobRun.objects.filter(pk=action.job_id or 0).first()
    if found is None:
        return {"title": action.step, "state": "failed", "done": 0, "total": action.total, "url": ""}
    made = card(found) | {"result_url": ""}
    words = str(CASE_LIFE.step(action.step).words(get_language() or "zh"))
    title = _("Taking back: %(step)s") % {"step": words} if found.kind == "cases.bulk_undo" else words
    return made | {"title": title}


@never_cache
@permitted("case.bulk")
def progress(request: Request, action_id: int) -> HttpResponse:
    """The progress card; when the work has ended the whole page is asked for again."""
    job = _card(_action(request, action_id))
    ended = job["state"] not in ("waiting", "running") and request.headers.get("HX-Request") == "true"
    answer = render(request, "desk/_job.html", {"job": job})
    if ended:
        answer.headers["HX-Refresh"] = "true"
    return answer


@permitted("case.bulk")
def undo(request: Request, action_id: int) -> HttpResponse:
    """Take the whole action back, case by case, as a job."""
    action = _action(request, action_id)
    if request.method != "POST":
        return redirect("desk:bulk_action", action.pk)
    try:
        cases_bulk.begin_undo(action.pk, by=request.actor, on=clock.now())
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("desk:bulk_action", action.pk)
