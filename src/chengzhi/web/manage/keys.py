"""Keys of other programs: list, make (shown this once), look at one, end it."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.people.keys import SCOPES, create_key, revoke_key
from chengzhi.people.models import ApiKey, RolePermission, Unit
from chengzhi.people.permissions import PERMISSIONS
from chengzhi.people.queries import in_force
from chengzhi.people.roles import roles
from chengzhi.places.models import District
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField, district_of, today_in
from chengzhi.web.manage.history import SCOPE_WORDS, told
from chengzhi.web.manage.previews import Side, confirmed, preview


class KeyForm(forms.Form):
    """What the key is for, and as whom it calls."""

    name = forms.CharField(
        label=_("What it is for"), max_length=60,
        help_text=_("Stands in the history of every case the program touches."),
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Role"))
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.none(), required=False,
        help_text=_("Needed for roles that see the cases of their own unit only."),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=list(SCOPE_WORDS.items()), widget=forms.CheckboxSelectMultiple,
        initial=["reports:write", "cases:read"],
    )  # fmt: skip
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: until it is ended here."))

    def __init__(self, district: District, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district = district
        choices = [(role.key, role.label(language)) for role in roles().values()]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]
        units = Unit.objects.filter(district=district, active=True)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean_last_day(self) -> Any:
        """Refuses a day that is over."""
        day = self.cleaned_data["last_day"]
        if day is not None and day < today_in(self.district):
            raise forms.ValidationError(gettext("This day is over."))
        return day

    def ends(self) -> datetime | None:
        """The first moment after the last day, on the district's wall."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(self.district.zone))


@permitted("people.manage")
def listing(request: Request) -> HttpResponse:
    """All keys of the district, those in force first, newest first."""
    district, now = district_of(request), clock.now()
    rows = ApiKey.objects.filter(district=district).select_related("unit").order_by("-id")
    shown = sorted((_shown(row, now, request.LANGUAGE_CODE) for row in rows), key=lambda one: one["ended"])
    return render(request, "manage/keys.html", {"rows": shown, "district": district})


def _shown(row: ApiKey, now: datetime, language: str) -> dict[str, Any]:
    """A key as the pages show it: words of its role, scopes and state."""
    over = row.valid_to is not None and row.valid_to <= now
    role = roles()[row.role].label(language) if row.role in roles() else row.role
    return {
        "key": row, "role": role, "ended": row.revoked_at is not None or over, "over": over,
        "scopes": [SCOPE_WORDS.get(scope, scope) for scope in row.scopes],
        "last_day": row.valid_to - timedelta(seconds=1) if row.valid_to else None,
    }  # fmt: skip


@never_cache
@permitted("people.manage")
def make(request: Request) -> HttpResponse:
    """Make a key; the answer shows it this once."""
    district = district_of(request)
    form = KeyForm(district, request.LANGUAGE_CODE, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        scopes = tuple(scope for scope in SCOPES if scope in data["scopes"])
        try:
            row, key = create_key(
                district=district, name=data["name"], role=data["role"], scopes=scopes, unit=data["unit"],
                valid_to=form.ends(), by=request.actor, on=clock.now(),
            )  # fmt: skip
        except Problem as problem:
            form.add_error("unit", str(problem))
        else:
            return render(request, "manage/key_made.html", {"row": row, "secret": key})
    return render(request, "manage/key_new.html", {"form": form})


@permitted("people.manage")
def one(request: Request, number: int) -> HttpResponse:
    """One key: as whom it calls, what that role may do today, its history."""
    district = district_of(request)
    row = _key_here(district, number)
    today = today_in(district)
    grants = RolePermission.objects.filter(in_force(today), district=district, role=row.role)
    held = set(grants.values_list("permission", flat=True))
    facts = {
        **_shown(row, clock.now(), request.LANGUAGE_CODE),
        "rights": [known.label(request.LANGUAGE_CODE) for known in PERMISSIONS if known.key in held],
        "history": told("api_key", row.pk),
    }
    return render(request, "manage/key.html", facts)


@permitted("people.manage")
@require_POST
def revoke(request: Request, number: int) -> HttpResponse:
    """End a key: the first POST says what that means, `confirm` does it."""
    row = _key_here(district_of(request), number)
    if not confirmed(request):
        used = str(row.last_used_on) if row.last_used_on else gettext("never")
        says = [
            gettext(
                "Programs that call with it are refused within half a minute. This cannot be taken back."
            ),
            gettext("Last used: %(day)s.") % {"day": used},
        ]
        sides = [Side(row.name, gettext("in force"), gettext("ended"))]
        back = reverse("manage:keys")
        return preview(request, forms.Form(), title=gettext("API keys"), back=back, sides=sides, says=says)
    revoke_key(row, by=request.actor, on=clock.now())
    messages.success(request, gettext("The key “%(name)s” is ended.") % {"name": row.name})
    return redirect("manage:keys")


def _key_here(district: District, number: int) -> ApiKey:
    return get_object_or_404(
        ApiKey.objects.select_related("unit", "created_by"), pk=number, district=district
    )
