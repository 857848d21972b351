"""The district's choices of method: dated, previewed, with their history."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengzhi import clock
from chengzhi.analytics.metrics import of
from chengzhi.outcomes.actions import decide
from chengzhi.outcomes.evaluation import evaluate
from chengzhi.outcomes.figures import COMPOSITE, NoFigures
from chengzhi.outcomes.queries import chosen_at, history, scheme_of
from chengzhi.outcomes.scheme import BadSetting, check, scheme
from chengzhi.people.models import Account
from chengzhi.web.access import Request, permitted
from chengzhi.web.evaluation import values
from chengzhi.web.evaluation.choosing import Choice, choose
from chengzhi.web.evaluation.showing import language, unit_name


@dataclass(frozen=True)
class Told:
    """One decision as the timeline shows it."""

    happened_at: Any
    sentence: str
    article: str = ""
    rule: str = ""
    late: bool = False


@permitted("evaluation.settings")
def page(request: Request) -> HttpResponse:
    """GET lists choices, or edits one (`key`); POST previews; POST with `confirm` decides."""
    choice = choose(request)
    today = clock.now().astimezone(ZoneInfo(choice.district.zone)).date()
    key = request.POST.get("key") or request.GET.get("key", "")
    if not key:
        return _list(request, choice, today)
    if key not in values.NAMES:
        raise Http404
    if request.method != "POST":
        return _form(request, choice, key, today)
    try:
        value, first = values.read(key, request.POST), _first(request)
        check(key, value)
    except BadSetting as problem:
        return _form(request, choice, key, today, problem)
    if not request.POST.get("confirm"):
        return _preview(request, choice, key, value, first)
    reason = request.POST.get("reason", "").strip()
    decide(
        district=choice.district, key=key, value=value, valid_from=first, reason=reason,
        by=request.actor, on=clock.now(),
    )  # fmt: skip
    messages.success(request, _("Decided; it counts from %(day)s.") % {"day": first})
    return redirect("evaluation:settings")


def _first(request: Request) -> date:
    try:
        first = date.fromisoformat(request.POST.get("first_day", ""))
    except ValueError:
        raise BadSetting(
            _("A first day is needed."), _("Nothing was changed."), _("Write it as 2026-10-01.")
        ) from None
    if not request.POST.get("reason", "").strip():
        raise BadSetting(_("A reason is needed."), _("Nothing was changed."), _("Say in a few words why."))
    return first


def _list(request: Request, choice: Choice, today: date) -> HttpResponse:
    now = scheme_of(choice.district, today)
    lines = [
        {
            "key": key, "name": name, "own": key in now.chosen,
            "text": values.in_words(key, values.in_force(key, now), language()),
        }
        for key, name in values.NAMES.items()
    ]  # fmt: skip
    return render(
        request, "evaluation/settings.html", {"choice": choice, "lines": lines, "history": _history(choice)}
    )


def _history(choice: Choice) -> list[Told]:
    rows = history(choice.district.pk)
    names = dict(Account.objects.filter(pk__in={row.changed_by for row in rows}).values_list("pk", "name"))
    told = []
    for row in rows:
        value = (row.value is not None and values.in_words(row.key, row.value, language())) or _(
            "back to the rules"
        )
        facts = {
            "who": names.get(row.changed_by or 0, _("the system")), "day": row.valid_from, "value": value,
            "name": values.NAMES.get(row.key, row.key), "reason": row.reason,
        }  # fmt: skip
        sentence = _("%(who)s decided: %(name)s from %(day)s: %(value)s. Reason: %(reason)s") % facts
        told.append(Told(row.changed_at, sentence))
    return told


def _form(
    request: Request, choice: Choice, key: str, today: date, problem: BadSetting | None = None
) -> HttpResponse:
    now = scheme_of(choice.district, today)
    value, subject = values.in_force(key, now), values.subject_of_key(key)
    posted = request.POST if problem else None
    weights = [
        {
            "indicator": m.indicator, "name": m.name(language()),
            "percent": posted.get(f"w-{m.indicator}", "") if posted else f"{100 * value.get(m.indicator, 0):g}",
        }
        for m in (of(subject) if subject else ())
    ]  # fmt: skip
    facts = {
        "choice": choice, "key": key, "name": values.NAMES[key], "problem": problem, "weights": weights,
        "offered": [(k, n, k == value) for k, n in values.OFFERED.get(key, {}).items()],
        "number": key in values.NUMBERS, "own": key in now.chosen,
        "text": posted.get("value", "") if posted else values.as_text(key, value, language()),
        "first_day": posted.get("first_day", "") if posted else today.isoformat(),
        "reason": posted.get("reason", "") if posted else "",
    }  # fmt: skip
    return render(request, "evaluation/setting.html", facts, status=422 if problem else 200)


def _preview(request: Request, choice: Choice, key: str, value: Any, first: date) -> HttpResponse:
    by = values.subject_shown(key)
    day = choice.period.last
    new = scheme({**{k: v for k, v in chosen_at(choice.district.pk, day).items() if k != key},
                  **({} if value is None else {key: value})}, day)  # fmt: skip
    lines, now = [], None
    with suppress(NoFigures):
        now, then = (
            evaluate(choice.district, choice.period, by),
            evaluate(choice.district, choice.period, by, new),
        )
        lines = [
            {"name": unit_name(old), "old": old, "new": fresh, "moved": old.value != fresh.value}
            for old, fresh in zip(now.of(COMPOSITE), then.of(COMPOSITE), strict=True)
        ]
    facts = {
        "choice": choice, "key": key, "name": values.NAMES[key], "first": first, "lines": lines,
        "evaluation": now,
        "reason": request.POST.get("reason", ""), "moved": sum(bool(line["moved"]) for line in lines),
        "value": (value is not None and values.in_words(key, value, language())) or _("back to the rules"),
        "past": first <= choice.period.last,
        "kept": [(n, v) for n, v in request.POST.items() if n not in ("csrfmiddlewaretoken", "confirm")],
    }  # fmt: skip
    return render(request, "evaluation/preview.html", facts)
