"""Giving free places by lot: who takes part, the draw, and the same draw again for whoever doubts."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chengzhi import clock
from chengzhi.domains.kinds import Kind
from chengzhi.errors import Problem
from chengzhi.registers.by_lot import result, seed_of
from chengzhi.registers.lots import MOST, give, lot_turn
from chengzhi.registers.models import LotDraw, Party, RegisteredObject
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.registers.finding import kind_of
from chengzhi.web.registers.words import kind_name

EARLIER = 20


class DrawForm(forms.Form):
    """Free places, applicants one per line, and what was announced before."""

    words = forms.CharField(
        label=gettext_lazy("Words announced before the draw"), max_length=200,
        help_text=gettext_lazy("Something nobody here can choose, such as a lottery result of a day named beforehand. It makes the seed."),
    )  # fmt: skip
    applicants = forms.CharField(
        label=gettext_lazy("Applicants, one per line"), max_length=60_000,
        help_text=gettext_lazy("The name as it stands in the register of parties, or its number as #12."),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
    )  # fmt: skip
    sure = forms.BooleanField(label=gettext_lazy("The list is complete and was shown to the applicants"))

    def __init__(
        self, kind: Kind, district_id: int, free: Sequence[RegisteredObject], data: Any = None
    ) -> None:
        super().__init__(data)
        self.kind, self.district_id = kind, district_id
        self.fields["places"] = forms.TypedMultipleChoiceField(
            choices=[(one.pk, one.number) for one in free], coerce=int, label=_("Places to give"),
            initial=[one.pk for one in free],
        )  # fmt: skip

    def clean_applicants(self) -> list[int]:
        """The keys of the parties. Raises ValidationError naming every line that is none or several."""
        lines = [line.strip() for line in self.cleaned_data["applicants"].splitlines() if line.strip()]
        numbered = {
            line: int(n) for line in lines if (n := line.rpartition("#")[2]).isdecimal() and "#" in line
        }
        able = Party.objects.filter(district_id=self.district_id, kind=self.kind.party, state="active")
        named: dict[str, list[int]] = {}
        for key, name in able.filter(name__in=lines).values_list("pk", "name"):
            named.setdefault(name, []).append(key)
        known = set(able.filter(pk__in=numbered.values()).values_list("pk", flat=True))
        found = [[numbered[line]] if numbered.get(line) in known else named.get(line, []) for line in lines]
        wrong = [line for line, keys in zip(lines, found, strict=True) if len(keys) != 1]
        if wrong:
            raise ValidationError(
                _("Not one party of this sort: %(lines)s.") % {"lines": "；".join(wrong[:10])}
            )
        return [keys[0] for keys in found]


def _free(kind: Kind, district_id: int) -> list[RegisteredObject]:
    turn = lot_turn(kind)
    if turn is None:
        raise Http404(kind.key)
    rows = RegisteredObject.objects.filter(
        district_id=district_id, kind=kind.key, state__in=turn.before, merged_into=None
    )
    return list(rows.only("number", "name", "address", "facts").order_by("number")[:MOST])


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: Request, kind: str) -> HttpResponse:
    """Who and what takes part; a POST draws and gives the places."""
    declared, here = kind_of(kind), district_of(request)
    free = _free(declared, here.pk)
    form, problem = DrawForm(declared, here.pk, free, request.POST or None), None
    if form.is_valid():
        said = form.cleaned_data
        try:
            drawn = give(
                district_id=here.pk, kind=kind, places=said["places"], parties=said["applicants"],
                words=said["words"], by=request.actor, on=clock.now(),
            )  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Drawn and given."))
            return redirect("registers:lot", drawn.pk)
    chosen = {int(one) for one in form["places"].value() or () if str(one).isdecimal()}
    facts = {
        "kind": declared, "name": kind_name(declared), "form": form, "problem": problem,
        "free": [(one, one.pk in chosen) for one in free],
        "earlier": LotDraw.objects.filter(district=here, kind=kind).order_by("-id")[:EARLIER],
    }  # fmt: skip
    return render(request, "registers/lots.html", facts, status=422 if problem or form.errors else 200)


@permitted("register.view")
@require_GET
def one(request: Request, number: int) -> HttpResponse:
    """One draw: what was given, who waits in which order, and whether drawing again gives the same."""
    drawn = get_object_or_404(LotDraw, pk=number, district=district_of(request))
    found = result(drawn.seed, drawn.places, drawn.parties)
    places = RegisteredObject.objects.in_bulk(drawn.places)
    parties = Party.objects.in_bulk(drawn.parties)
    declared = kind_of(drawn.kind)
    facts = {
        "drawn": drawn, "kind": declared, "name": kind_name(declared),
        "pairs": [(places.get(place), parties.get(party)) for place, party in found.pairs],
        "waiting": [parties.get(party) for party in found.waiting],
        "same": seed_of(drawn.words, drawn.places, drawn.parties) == drawn.seed,
    }  # fmt: skip
    return render(request, "registers/lot.html", facts)
