"""What businesses said on their own pages: the desk's list of what is to be looked at."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengzhi import clock
from chengzhi.cases.models import Case
from chengzhi.errors import Problem
from chengzhi.files import queries as files
from chengzhi.people.rules import may
from chengzhi.registers.models import PartySaid
from chengzhi.registers.said import ANSWERERS, answer, open_said
from chengzhi.web.access import Request, permitted
from chengzhi.web.photos.views import PRIVATE

SHOWN = 100
RESULTS = {
    "cleared": gettext_lazy("looked at: it is corrected"),
    "not_yet": gettext_lazy("looked at: not corrected yet"),
    "noted": gettext_lazy("taken note of"),
}


class AnswerForm(forms.Form):
    """What was found, and what the party is told."""

    result = forms.ChoiceField(label=gettext_lazy("What did you find?"), choices=list(RESULTS.items()))
    answer = forms.CharField(label=gettext_lazy("What the party reads"), max_length=500, required=False)


@never_cache
@permitted("register.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """What nobody has looked at yet, the oldest first."""
    rows = list(open_said(request.actor.district_id or 0)[: SHOWN + 1])
    numbers = dict(
        Case.objects.filter(pk__in=[one.case_id for one in rows if one.case_id]).values_list("pk", "number")
    )
    facts = {
        "rows": [(one, numbers.get(one.case_id or 0, "")) for one in rows[:SHOWN]], "more": len(rows) > SHOWN,
        "form": AnswerForm(auto_id=False), "may_answer": may_answer(request), "shown": SHOWN,
    }  # fmt: skip
    return render(request, "registers/said.html", facts)


def may_answer(request: Request) -> bool:
    """Whether the person may look and answer."""
    return any(may(request.actor, one) for one in ANSWERERS)


def _said(request: Request, number: int) -> PartySaid:
    found = PartySaid.objects.filter(pk=number, district_id=request.actor.district_id or 0).first()
    if found is None:
        raise Http404(number)
    return found


@permitted("register.view")
@require_POST
def reply(request: Request, number: int) -> HttpResponse:
    """Answer one; the party reads it on its page."""
    found, form = _said(request, number), AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose what you found. Nothing was changed."))
        return redirect("registers:said")
    said: Any = form.cleaned_data
    try:
        answer(found.pk, result=said["result"], text=said["answer"], by=request.actor, on=clock.now())
    except Problem as problem:
        messages.error(request, f"{problem.what} {problem.why} {problem.cure}")
    else:
        messages.success(request, _("Answered. The case itself goes on as before."))
    return redirect("registers:said")


@permitted("register.view")
@require_GET
def picture(request: Request, number: int, file: int) -> HttpResponse:
    """A photo the party sent, for staff."""
    found = _said(request, number).files.filter(pk=file).first()
    if found is None:
        raise Http404(file)
    if request.GET.get("size") == "small":
        return HttpResponse(files.thumbnail(found), content_type="image/webp", headers=PRIVATE)
    return HttpResponse(files.content(found), content_type=found.content_type, headers=PRIVATE)
