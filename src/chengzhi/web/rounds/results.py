"""What a round says of its whole frame: estimates, agreement, failed places with their cases; the workbook."""

import io
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from chengzhi.cases.models import Case
from chengzhi.domains.domain import Checklist
from chengzhi.inspections.agreement import Agreement, Values, agreement
from chengzhi.inspections.checklists import checklist as checklist_of
from chengzhi.inspections.checklists import measurement, named
from chengzhi.inspections.models import Finding, Reading, Round, Visit
from chengzhi.inspections.results import Measured, results
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import case_url, state_words
from chengzhi.web.field.done import secret
from chengzhi.web.field.places import visit_name
from chengzhi.web.field.wording import amount, bound, local
from chengzhi.web.rounds.figures import items_of_round, mean, share
from chengzhi.web.rounds.one import frame_words, round_of
from chengzhi.web.rounds.workbook import answer, sheet

MOST = 300


@permitted("inspection.view")
@require_GET
def page(request: Request, number: int) -> HttpResponse:
    """The results of a round so far."""
    found = round_of(request, number)
    return render(request, "rounds/results.html", facts_of(request, found))


def facts_of(request: Request, found: Round) -> dict[str, Any]:
    """Everything the page and the workbook say."""
    domain, looks = checklist_of(found.checklist)
    whole, again = results(found.pk), agreement(found.pk)
    return {
        "round": found, "domain": local(domain), "check": named(looks), "frame": frame_words(found),
        "whole": whole, "lines": _lines(found, looks, share(whole.passed)),
        "measured": [_measured(one) for one in whole.measured], "agreement": _agreement(again, looks),
        "failed": _failed(request, found, looks),
    }  # fmt: skip


def _lines(found: Round, looks: Checklist, passed: Any) -> list[dict[str, Any]]:
    items = items_of_round(found.pk)
    rows = [{"name": _("All in order"), "shown": passed, "whole": True}]
    rows += [
        {"name": named(item), "shown": share(items[item.key]), "whole": False}
        for item in looks.items
        if item.key in items
    ]
    return rows


def _measured(one: Measured) -> dict[str, Any]:
    return {
        "name": named(measurement(one.key)), "mean": mean(one.mean, one.unit), "passed": share(one.passed),
        "readings": one.readings, "doubtful": one.doubtful, "excused": one.excused,
    }  # fmt: skip


def _agreement(again: Agreement, looks: Checklist) -> dict[str, Any]:
    equal = again.answers
    return {
        "visits": again.visits, "pairs": equal.pairs, "equal": equal.equal, "kappa": equal.kappa, "why": equal.why,
        "share": f"{100 * equal.share:.1f}%" if equal.share is not None else "—",
        "lines": [
            {"name": named(item) if item else key, "pairs": one.pairs, "equal": one.equal, "kappa": one.kappa,
             "why": one.why}
            for key, one in again.lines.items()
            for item in [looks.item(key)]
        ],
        "values": [_difference(one) for one in again.values],
    }  # fmt: skip


def _difference(one: Values) -> dict[str, Any]:
    unit = measurement(one.measurement).unit
    limits = "—" if one.low is None or one.high is None else f"{one.low:+.2f} … {one.high:+.2f}"
    return {
        "name": named(measurement(one.measurement)), "pairs": one.pairs, "limits": limits, "why": one.why,
        "mean": "—" if one.mean is None else amount(round(one.mean, 2), unit),
    }  # fmt: skip


def _failed(request: Request, found: Round, looks: Checklist) -> list[dict[str, Any]]:
    """Places where not all was in order, with what and which case; first looks that must stay secret left out."""
    rows = Visit.objects.filter(point__round=found, passed=False).select_related(
        "point__street", "point__cell", "point__round", "object"
    )
    visits = [one for one in rows.order_by("-visited_at")[:MOST] if not secret(one, request.actor)]
    findings = Finding.objects.filter(visit__in=visits, answer=Finding.Answer.FAILED).select_related("case")
    wrong: dict[int, list[str]] = {}
    cases: dict[int, dict[int, Case]] = {}
    for one in findings.order_by("pk"):
        item = looks.item(one.item)
        wrong.setdefault(one.visit_id, []).append(named(item) if item else one.item)
        if one.case is not None:
            cases.setdefault(one.visit_id, {})[one.case.pk] = one.case
    readings = Reading.objects.filter(visit__in=visits, passed=False).select_related("case")
    for reading in readings.order_by("pk"):
        known = measurement(reading.measurement)
        said = f"{named(known)} {amount(reading.value, reading.unit)} ({bound(known, reading.limit)})"
        wrong.setdefault(reading.visit_id, []).append(said)
        if reading.case is not None:
            cases.setdefault(reading.visit_id, {})[reading.case.pk] = reading.case
    return [
        {"visit": one, "name": visit_name(one), "wrong": wrong.get(one.pk, []),
         "cases": [{"case": case, "url": case_url(case), "state": state_words(case.state)}
                   for case in cases.get(one.pk, {}).values()]}
        for one in visits
    ]  # fmt: skip


@permitted("inspection.view")
@require_GET
def workbook(request: Request, number: int) -> HttpResponse:
    """The same as a workbook: estimates, agreement, failed places."""
    found = round_of(request, number)
    facts = facts_of(request, found)
    kept = io.BytesIO()
    # text that begins with = stays text: nothing in a cell is ever a formula
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, options) as book:
        heads = [_("Figure"), _("Value"), _("95 % from"), _("95 % to"), _("n"), _("Remark")]
        rows = [_row(line["name"], line["shown"]) for line in facts["lines"]]
        for one in facts["measured"]:
            rows += [
                _row(_("%(name)s, mean") % one, one["mean"]),
                _row(_("%(name)s, kept") % one, one["passed"]),
            ]
        sheet(book, _("Results"), found.district, found.name, heads, rows)
        again = facts["agreement"]
        heads = [_("Line"), _("Pairs"), _("Equal"), _("Kappa"), _("Remark")]
        rows = [[one["name"], one["pairs"], one["equal"], one["kappa"], one["why"]] for one in again["lines"]]
        sheet(book, _("Second looks"), found.district, found.name, heads, rows)
        heads = [_("Place"), _("Seen on"), _("Not in order"), _("Cases")]
        rows = [
            [one["name"], f"{one['visit'].visited_at:%Y-%m-%d %H:%M} UTC", "；".join(one["wrong"]),
             "、".join(case["case"].number for case in one["cases"])]
            for one in facts["failed"]
        ]  # fmt: skip
        sheet(book, _("Not in order"), found.district, found.name, heads, rows)
    return answer(kept.getvalue(), f"round-{found.pk}.xlsx")


def _row(name: str, shown: Any) -> list[Any]:
    return [name, shown.scaled, shown.low, shown.high, shown.n, shown.why]
