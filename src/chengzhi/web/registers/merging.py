"""Merging a double into the object that stays: see both side by side, then decide."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chengzhi import clock
from chengzhi.domains.kinds import Kind
from chengzhi.errors import Problem
from chengzhi.registers.actions import merge as merge_objects
from chengzhi.registers.models import RegisteredObject
from chengzhi.registers.rules import may
from chengzhi.web.access import Request, permitted
from chengzhi.web.registers.fields import ObjectField
from chengzhi.web.registers.finding import RELATED, kind_of, object_of
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.step_fields import near
from chengzhi.web.registers.words import facts_of, kind_name, party_kind_name, place_name


class MergeForm(forms.Form):
    """Which entry stays, and why."""

    def __init__(self, thing: RegisteredObject, *args: Any) -> None:
        super().__init__(*args)
        hint = _("The number of the entry that stays; this one ends and points to it.")
        self.fields["keep"] = ObjectField(
            thing.district_id, thing.kind, label=_("The entry that stays"), help_text=hint
        )
        self.fields["reason"] = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, number: str) -> HttpResponse:
    """Choose the entry that stays; both are shown before anything happens."""
    thing = object_of(request, number)
    if not may(request.actor, "register.edit", thing) or thing.merged_into_id:
        raise Http404(number)
    given = request.POST or ({"keep": request.GET["keep"]} if request.GET.get("keep") else None)
    form, problem = MergeForm(thing, given), None
    if form.is_valid() and request.POST.get("sure"):
        try:
            merge_objects(
                form.cleaned_data["keep"], thing.pk, by=request.actor, on=clock.now(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Merged; it can be taken back on this page."))
            return redirect("registers:object", thing.number)
    return _page(request, thing, form, problem)


def _page(
    request: Request, thing: RegisteredObject, form: MergeForm, problem: Problem | None
) -> HttpResponse:
    kind, keep = kind_of(thing.kind), None
    if form.is_bound and form.is_valid():
        rows = RegisteredObject.objects.select_related(*RELATED[:4])
        keep = rows.filter(pk=form.cleaned_data["keep"]).first()
    facts = {
        "thing": thing, "kind": kind, "name": kind_name(kind), "form": form, "problem": problem, "keep": keep,
        "near": near(thing), "lines": _compared(kind, keep, thing) if keep else [],
    }  # fmt: skip
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "registers/merge.html", facts, status=status)


def _compared(
    kind: Kind, keep: RegisteredObject, double: RegisteredObject
) -> list[tuple[str, str, str, bool]]:
    """Line by line: label, of the one that stays, of the double, whether they differ."""
    pairs = list(zip(_lines(kind, keep), _lines(kind, double), strict=True))
    return [(label, first, second, first != second) for (label, first), (_same, second) in pairs]


def _lines(kind: Kind, thing: RegisteredObject) -> list[tuple[str, str]]:
    general = [
        (_("Name"), thing.name), (_("State"), state_words(kind, thing.state)), (_("Place"), place_name(thing)),
        (party_kind_name(kind.party), thing.party.name if thing.party else ""),
    ]  # fmt: skip
    return [*general, *((one.label, one.text) for one in facts_of(kind, thing.facts))]
