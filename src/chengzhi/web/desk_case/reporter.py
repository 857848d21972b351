"""Who reported: shown once, to those who may, after they have said why."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.reports.models import Report, ReporterView
from chengzhi.reports.queries import of_same_reporter
from chengzhi.reports.revealing import LEAST_REASON, may_reveal, reveal
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk_case.finding import case_of

LATEST = 10


class ReasonForm(forms.Form):
    """Why somebody wants to know."""

    reason = forms.CharField(
        label=_("Why do you need it?"), min_length=LEAST_REASON, max_length=200,
        help_text=_("For example: call back about the exact place. It is recorded with your name."),
    )  # fmt: skip


@permitted("reporter.view")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, number: str, report: int) -> HttpResponse:
    """Ask for the reason, then show the contact, once."""
    case = case_of(request, number)
    found = get_object_or_404(Report.objects.select_related("reporter"), pk=report, case=case)
    if found.reporter is None or not may_reveal(request.actor, found.reporter):
        raise Http404
    form, contact, problem = ReasonForm(request.POST or None), None, None
    if request.method == "POST" and form.is_valid():
        try:
            contact = reveal(
                found.reporter, by=request.actor, on=clock.now(), reason=form.cleaned_data["reason"]
            )
        except Problem as refused:
            problem = refused
    views = ReporterView.objects.filter(reporter=found.reporter).select_related("account").order_by("-id")
    same = of_same_reporter(found, by=request.actor) if contact is not None else []
    facts = {"case": case, "report": found, "form": form, "contact": contact, "problem": problem,
             "views": views[:LATEST], "same": same}  # fmt: skip
    response = render(request, "desk_case/reporter.html", facts, status=problem.status if problem else 200)
    response["Cache-Control"] = "no-store"
    return response
