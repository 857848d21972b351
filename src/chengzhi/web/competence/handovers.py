"""Hand-overs to other authorities: what waits for them, one of them, and giving a case."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.handover import HANDOVER_LIFE, advance_hand_over, hand_over, hand_overs
from chengzhi.cases.models import Authority, HandOver
from chengzhi.cases.routing import propose_authority
from chengzhi.errors import Problem
from chengzhi.lifecycle.buttons import buttons
from chengzhi.lifecycle.undo import undo as take_back
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.competence.lines import named
from chengzhi.web.desk_case.finding import case_of
from chengzhi.web.shell.telling import history_of

SHOWN = 50


class GiveForm(forms.Form):
    """To whom, why and on which basis."""

    authority = forms.ModelChoiceField(label=_("To"), queryset=Authority.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    basis = forms.CharField(label=_("Legal basis"), max_length=200, required=False)

    def __init__(self, district_id: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["authority"]
        field.queryset = Authority.objects.filter(district_id=district_id, active=True)
        field.label_from_instance = named


@permitted("case.hand_over", "case.view")
def index(request: Request) -> HttpResponse:
    """What other authorities have not answered, longest waiting first; ended ones by `?ended=1`."""
    ended = request.GET.get("ended") == "1"
    rows: Any = hand_overs(request.actor)
    rows = (
        rows.filter(ended_at__isnull=False).order_by("-ended_at", "-id")
        if ended
        else rows.filter(ended_at=None).order_by("sent_at", "id")
    )
    page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "ended": ended,
        "now": clock.now(),
        "rows": [(row, _state(row), _due(row)) for row in page],
    }
    return render(request, "competence/hand_overs.html", facts)


def _state(row: HandOver) -> str:
    return HANDOVER_LIFE.state_words(row.state, get_language() or "zh")


def _due(row: HandOver) -> Any:
    return {"sent": row.receipt_due_at, "received": row.answer_due_at}.get(row.state)


def found(request: Request, number: str) -> HandOver:
    """The hand-over, where the person may see it. Raises Http404."""
    row: HandOver | None = hand_overs(request.actor).filter(number=number).first()
    if row is None:
        raise Http404(number)
    return row


@permitted("case.hand_over", "case.view")
def page(request: Request, number: str) -> HttpResponse:
    """One hand-over: what was given, clocks, history; POST takes a step with its facts."""
    row, language, problem = found(request, number), get_language() or "zh", None
    if request.method == "POST":
        said = {
            name: request.POST[name].strip()
            for name in ("receipt", "result")
            if request.POST.get(name, "").strip()
        }
        try:
            advance_hand_over(number, request.POST.get("step", ""), by=request.actor, on=clock.now(), **said)
            messages.success(request, gettext("Recorded."))
            return redirect("competence:hand_over", number)
        except Problem as refusal:
            problem, row = refusal, found(request, number)
    facts = {
        "row": row, "state": _state(row), "due": _due(row), "buttons": buttons(request.actor, row, on=clock.now()),
        "language": language, "problem": problem, "typed": request.POST, "history": history_of(row, clock.now()),
    }  # fmt: skip
    return render(request, "competence/hand_over.html", facts, status=problem.status if problem else 200)


@permitted("case.hand_over")
@require_POST
def undo(request: Request, number: str, event: int) -> HttpResponse:
    """Take the last step back."""
    take_back(found(request, number), event, by=request.actor, on=clock.now())
    messages.success(request, gettext("Taken back."))
    return redirect("competence:hand_over", number)


@permitted("case.hand_over")
def of_case(request: Request, number: str) -> HttpResponse:
    """Give a case to another authority; the one the list of competences names stands first."""
    case, on = case_of(request, number), clock.now()
    said = propose_authority(district_id=case.district_id, type_id=case.type_id, area_id=case.area_id,
                             domain=case.domain, on=on)  # fmt: skip
    initial = {"authority": said.authority_id, "basis": said.basis} if said else {}
    given = {"case_id": case.pk, "matter": case.domain}
    shown = {
        "what": case.text,
        "name": case.number,
        "back": reverse("desk:case", args=(case.number,)),
        "case": case,
    }
    return _give(request, case.district_id, given, initial, {**shown, "said": said})


@permitted("case.hand_over")
def of_object(request: Request, number: str) -> HttpResponse:
    """Give a matter of a registered object to another authority: a gas hazard, somebody who needs help.

    `?to=` is the key of the authority that stands first, `?matter=` what it is about.
    """
    thing = get_object_or_404(RegisteredObject.objects.defer("bigrams"), number=number,
                              district_id=request.actor.district_id or 0)  # fmt: skip
    to = Authority.objects.filter(
        district_id=thing.district_id, key=request.GET.get("to", ""), active=True
    ).first()
    given = {"object_id": thing.pk, "matter": request.GET.get("matter", "")[:24]}
    shown = {"what": thing.name, "name": thing.number,
             "back": reverse("registers:object", args=(thing.number,)), "thing": thing}  # fmt: skip
    return _give(request, thing.district_id, given, {"authority": to.pk} if to else {}, shown)


def _give(
    request: Request, district_id: int, given: dict[str, Any], initial: dict[str, Any], shown: dict[str, Any]
) -> HttpResponse:
    """The form, or the hand-over and the way to its page."""
    form, problem = GiveForm(district_id, request.POST or None, initial=initial), None
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = hand_over(authority_id=data["authority"].pk, reason=data["reason"], basis=data["basis"],
                             by=request.actor, on=clock.now(), **given)  # fmt: skip
            messages.success(request, gettext("Handed over under %(number)s.") % {"number": made.number})
            return redirect("competence:hand_over", made.number)
        except Problem as refusal:
            problem = refusal
    same = {key: given[key] for key in ("case_id", "object_id") if key in given}
    earlier = HandOver.objects.filter(**same).select_related("authority").order_by("-sent_at")
    facts = {**shown, "form": form, "problem": problem, "earlier": earlier}
    return render(request, "competence/give.html", facts, status=problem.status if problem else 200)
