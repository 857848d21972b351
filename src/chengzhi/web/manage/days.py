"""The district's own day, and forms that ask for the first day of a change."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi import clock
from chengzhi.places.models import District
from chengzhi.web.access import Request


def district_of(request: Request) -> District:
    """The district the administrator works in."""
    return get_object_or_404(District.objects.defer("outline"), pk=request.actor.district_id)


def today_in(district: District) -> date:
    """The date on the district's wall."""
    return clock.now().astimezone(ZoneInfo(district.zone)).date()


class DayField(forms.DateField):
    """A date with the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


class DatedForm(forms.Form):
    """A change that counts from a day on, not before today: the past stays as it was."""

    first_day = DayField(label=_("Counts from"), help_text=_("Nothing before this day changes."))

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["first_day"].initial = today

    def clean_first_day(self) -> date:
        """Refuses a day that is over."""
        day: date = self.cleaned_data["first_day"]
        if day < self.today:
            raise ValidationError(gettext("A change cannot count from a day that is over."))
        return day
