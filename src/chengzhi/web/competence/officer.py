"""The officer's card: what may I do here?"""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.cases.competence import Place, card
from chengzhi.places.models import Area, RoadKind
from chengzhi.web.access import Request, permitted
from chengzhi.web.shell.wording import chinese


class PlaceForm(forms.Form):
    """Where the officer stands."""

    area = forms.ModelChoiceField(label=_("Place"), queryset=Area.objects.none(), required=False)
    road = forms.ChoiceField(label=_("Road"), required=False)

    def __init__(self, district_id: int, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        field: Any = self.fields["area"]
        field.queryset = (
            Area.objects.filter(district_id=district_id, valid_to=None).defer("outline").order_by("code")
        )
        field.empty_label = gettext("whole district")
        field.label_from_instance = named
        kinds = [(kind.value, kind.label) for kind in (RoadKind.MAIN, RoadKind.BACK)]
        self.fields["road"].choices = [("", gettext("any road")), *kinds]  # type: ignore[attr-defined]


def named(row: Area) -> str:
    """The name in the language of the page."""
    return str(row.name if chinese() else row.name_en or row.name)


@permitted("case.view")
def page(request: Request) -> HttpResponse:
    """Acts by domain for the place asked about: ours, or whose."""
    form = PlaceForm(int(request.actor.district_id or 0), request.GET or None)
    place = Place()
    if form.is_valid():
        area = form.cleaned_data["area"]
        place = Place(area.pk if area else None, form.cleaned_data["road"])
    sections = card(request.actor, place=place, on=clock.now(), language=get_language() or "zh")
    return render(request, "competence/card.html", {"form": form, "sections": sections})
