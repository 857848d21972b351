"""What a person types to declare a round."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.branch.appraisal.models import Round
from chengzhi.branch.organisation.models import Body, Member
from chengzhi.branch.organisation.queries import members_in
from chengzhi.cases.habits import habits
from chengzhi.web.access import Request
from chengzhi.web.field.wording import local

MEANS = [
    (Round.Means.TOKENS, _("With a token, on this site")),
    (Round.Means.PAPER, _("On paper, counted by two tellers")),
]


class MomentField(forms.DateTimeField):
    """A time on the district's wall, with the browser's own picker."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, input_formats=["%Y-%m-%dT%H:%M"], **more)


class RoundForm(forms.Form):
    """Body, means, times, the limit of what is shown; grades and criteria are data of the district."""

    body = forms.ModelChoiceField(label=_("Body"), queryset=Body.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=120)
    means = forms.ChoiceField(label=_("How votes are cast"), choices=MEANS, initial=Round.Means.TOKENS)
    opens_at = MomentField(label=_("Opens at (planned)"), required=False)
    closes_at = MomentField(
        label=_("Ends at"),
        required=False,
        help_text=_("After this time no ballot is taken, even if nobody closes it."),
    )
    only = forms.ModelMultipleChoiceField(
        label=_("Only these are appraised (nobody chosen: every member)"), queryset=Member.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    least = forms.IntegerField(
        label=_("Results shown from so many marks on"), initial=5, min_value=1, max_value=999,
        help_text=_("Below five only with a reason written here beforehand, and never below three."),
    )  # fmt: skip
    least_reason = forms.CharField(label=_("Reason for a lower limit"), max_length=200, required=False)

    def __init__(self, request: Request, bodies: Collection[int], *args: Any) -> None:
        super().__init__(*args)
        district = request.actor.district_id or 0
        self.zone = ZoneInfo(str(habits(district).zone))
        fields: dict[str, Any] = self.fields
        fields["body"].queryset = Body.objects.filter(pk__in=bodies, district_id=district).order_by("code")
        fields["body"].label_from_instance = local
        people = {one.pk for body in bodies for one in members_in(body, habits(district).day(clock.now()))}
        fields["only"].queryset = Member.objects.filter(pk__in=people).order_by("name", "pk")

    def said(self) -> dict[str, Any]:
        """The arguments of `planning.plan`."""
        said = self.cleaned_data
        return {
            **{name: said[name] for name in ("body", "title", "means", "least", "least_reason")},
            "ratees": {one.pk for one in said["only"]} or None,
            "opens_at": self._moment("opens_at"), "closes_at": self._moment("closes_at"),
        }  # fmt: skip

    def _moment(self, name: str) -> datetime | None:
        moment: datetime | None = self.cleaned_data[name]
        # Django reads it in its own zone; what was typed is the district's wall clock.
        return moment.replace(tzinfo=self.zone) if moment else None
