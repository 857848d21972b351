"""The form residents and clerks fill in; every field optional but what it is and where it is."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengzhi.cases.models import CaseType
from chengzhi.errors import Problem
from chengzhi.places.models import Area, Cell, District
from chengzhi.places.placement import BadCoordinates, SwappedCoordinates, demand_placeable
from chengzhi.reports.contact import Contact, contact
from chengzhi.reports.problems import BadEmail, LooksAutomatic
from chengzhi.reports.wording import LONGEST_ADDRESS, LONGEST_TEXT, clean_line, clean_text

_SALT = "chengzhi.report-form"
TRAP = "website"


def new_form_key(on: datetime) -> str:
    """A signed mark of one opened form: when, and the key that makes sending it twice harmless."""
    return signing.dumps([secrets.token_urlsafe(18), int(on.timestamp())], salt=_SALT)


def read_form_key(text: str) -> tuple[str, datetime]:
    """Idempotency key and time of opening. Raises LooksAutomatic when it is not ours."""
    try:
        key, opened = signing.loads(text, salt=_SALT)
    except signing.BadSignature as error:
        raise LooksAutomatic(
            _("The report was not sent yet."),
            _("The page it was written on is damaged or very old."),
            _("Look it over and send it once more; what you typed is still there."),
        ) from error
    return str(key), datetime.fromtimestamp(opened, tz=UTC)


def _refusing(clean: Callable[[], Any]) -> Any:
    """Run `clean`; a Problem becomes an error of the form with all three sentences."""
    try:
        return clean()
    except Problem as problem:
        raise forms.ValidationError(str(problem), code=problem.code) from problem


class ReportForm(forms.Form):
    """What it is, where it is, and, if wanted, who says so."""

    text = forms.CharField(
        label=gettext_lazy("What is it?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_TEXT}),
        help_text=gettext_lazy("In your own words. Please no names or number plates of other people."),
    )
    type = forms.IntegerField(required=False)
    address = forms.CharField(
        label=gettext_lazy("Street, house number or landmark"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": LONGEST_ADDRESS, "autocomplete": "off"}),
        help_text=gettext_lazy("As you would tell a taxi driver."),
    )
    area = forms.IntegerField(label=gettext_lazy("Community"), required=False)
    cell = forms.IntegerField(label=gettext_lazy("Grid cell"), required=False)
    lon = forms.FloatField(label=gettext_lazy("Longitude"), required=False)
    lat = forms.FloatField(label=gettext_lazy("Latitude"), required=False)
    name = forms.CharField(label=gettext_lazy("Your name"), required=False, max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=gettext_lazy("Mail address"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
    )

    def __init__(self, *args: Any, district: District, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.district = district

    def clean_text(self) -> str:
        """Cleaned words."""
        return str(_refusing(lambda: clean_text(self.cleaned_data["text"])))

    def clean_address(self) -> str:
        """Cleaned line."""
        return str(_refusing(lambda: clean_line(self.cleaned_data["address"])))

    def clean_type(self) -> CaseType | None:
        """The type, which must be one the public may choose."""
        number = self.cleaned_data["type"]
        types = CaseType.objects.filter(district=self.district, valid_to__isnull=True)
        found = types.filter(pk=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(_("This kind of problem is not in the list any more; choose again."))
        return found

    def clean_area(self) -> Area | None:
        """The area, of this district."""
        found: Area | None = _own(Area, self.district, self.cleaned_data["area"])
        return found

    def clean_cell(self) -> Cell | None:
        """The cell, of this district."""
        found: Cell | None = _own(Cell, self.district, self.cleaned_data["cell"])
        return found

    def clean(self) -> dict[str, Any]:
        """Place and contact as a whole."""
        facts = super().clean() or self.cleaned_data
        lon, lat = facts.get("lon"), facts.get("lat")
        if lon is not None and lat is not None:
            self._check_point(lon, lat)
        elif (lon is None) != (lat is None) and not ({"lon", "lat"} & set(self.errors)):
            self.add_error("lat", _("Longitude and latitude belong together."))
        if "text" in facts and not facts["text"] and not facts.get("type") and "type" not in self.errors:
            self.add_error("text", _("Say what it is in a few words, or choose it from the list."))
        if not self._has_place(facts):
            self.add_error("address", _("Say where it is: a street or landmark, a community, or a point."))
        facts["contact"] = self._try("phone", lambda: self._contact(facts)) or Contact()
        return facts

    def _check_point(self, lon: float, lat: float) -> None:
        try:
            demand_placeable(self.district.pk, lon, lat)
        except SwappedCoordinates:
            self.add_error("lat", _("Longitude and latitude are swapped; exchange them."))
        except BadCoordinates:
            self.add_error("lat", _("These coordinates are no place on earth; choose the place again."))

    def _has_place(self, facts: dict[str, Any]) -> bool:
        if {"lon", "lat", "area", "cell", "address"} & set(self.errors):
            return True  # its own error says it already
        given = facts.get("lon") is not None and facts.get("lat") is not None
        return given or bool(facts.get("address") or facts.get("area") or facts.get("cell"))

    @staticmethod
    def _contact(facts: dict[str, Any]) -> Contact:
        return contact(name=facts.get("name", ""), phone=facts.get("phone", ""), email=facts.get("email", ""))

    def _try(self, field: str, clean: Callable[[], Any]) -> Any:
        try:
            return clean()
        except Problem as problem:
            self.add_error("email" if isinstance(problem, BadEmail) else field, str(problem))
            return None


def _own(model: Any, district: District, number: int | None) -> Any:
    if not number:
        return None
    found = model.objects.filter(district=district, pk=number).first()
    if found is None:
        raise forms.ValidationError(_("This place is not in the list any more; choose again."))
    return found


class CorrectionForm(forms.Form):
    """A resident's own words and place, until the case is filed."""

    text = forms.CharField(
        label=gettext_lazy("Your words"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    address = forms.CharField(
        label=gettext_lazy("Street, house number or landmark"), required=False, max_length=LONGEST_ADDRESS
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
