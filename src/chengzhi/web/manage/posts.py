"""Give a post, end a post, its duty areas, a post for an account that exists."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.models import OPEN, Case
from chengzhi.errors import Problem
from chengzhi.people import actions
from chengzhi.people.duty import set_areas
from chengzhi.people.models import Account, Post
from chengzhi.people.roles import roles
from chengzhi.places.models import Area
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, DayField, district_of, today_in
from chengzhi.web.manage.people import PostFields, account_here
from chengzhi.web.manage.previews import Side, confirmed, preview
from chengzhi.web.manage.routing import named


@permitted("people.manage")
@require_POST
def add(request: Request, number: int) -> HttpResponse:
    """A further post for an account of this district."""
    account, district = account_here(request, number), district_of(request)
    form = PostFields(district, request.LANGUAGE_CODE, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("manage:person", number)
    try:
        actions.add_post(
            account=account, district_id=district.pk, by=request.actor, on=clock.now(), **form.facts()
        )
        messages.success(request, _("The post is given."))
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("manage:person", number)


@permitted("people.manage")
@require_POST
def end(request: Request, number: int) -> HttpResponse:
    """POST `last_day`: the post counts on that day still."""
    post = get_object_or_404(Post, pk=number, district_id=request.actor.district_id)
    last_day = DayField().clean(request.POST.get("last_day", ""))
    actions.end_post(post=post, last_day=last_day, by=request.actor, on=clock.now())
    messages.success(request, _("The post ends with %(day)s.") % {"day": last_day})
    return redirect("manage:person", post.account_id)


class AreasForm(DatedForm):
    """Streets and communities the post is at home in."""

    areas = forms.ModelMultipleChoiceField(
        label=_l("Duty areas"), queryset=Area.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_l("None: wherever the unit works."),
    )  # fmt: skip
    field_order = ("areas", "first_day")

    def __init__(self, post: Post, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["areas"]
        field.queryset = (
            Area.objects.filter(district_id=post.district_id, valid_to=None).defer("outline").order_by("code")
        )
        field.label_from_instance = lambda area: f"{area.code} {named(area)}"


@permitted("people.manage")
def areas(request: Request, number: int) -> HttpResponse:
    """The duty areas of a post: form, preview with the open cases in them, `confirm`."""
    rows = Post.objects.select_related("account", "unit")
    post = get_object_or_404(rows, pk=number, district_id=request.actor.district_id)
    today, held = today_in(district_of(request)), list(post.areas.order_by("code").defer("outline"))
    form = AreasForm(post, today, request.POST or None, initial={"areas": [area.pk for area in held]})
    if not form.is_valid():
        return render(request, "manage/duty.html", {"form": form, "post": post})
    chosen, first_day = list(form.cleaned_data["areas"]), form.cleaned_data["first_day"]
    back = reverse("manage:person", args=[post.account_id])
    if not confirmed(request):
        sides = [
            Side(_("Duty areas"), _names(held), _names(chosen)),
            Side(_("Counts from"), "", str(first_day)),
        ]
        cases = Case.objects.filter(OPEN, Q(area__in=chosen) | Q(street_area__in=chosen)).count()
        says = [
            ngettext("%(n)d open case lies in these areas.", "%(n)d open cases lie in these areas.", cases)
            % {"n": cases}
        ]
        return preview(request, form, title=str(post.account), back=back, sides=sides, says=says)
    set_areas(
        post=post,
        area_ids=[area.pk for area in chosen],
        first_day=first_day,
        by=request.actor,
        on=clock.now(),
    )
    messages.success(request, _("Saved."))
    return redirect(back)


def _names(areas: list[Area]) -> str:
    return "、".join(named(area) for area in areas) or _("the whole unit")


class ExistingForm(PostFields):
    """An account somebody has already, in whatever district, and the post it is to get here."""

    username = forms.CharField(label=_l("User name"), max_length=60)
    field_order = ("username", "role", "unit", "valid_from", "valid_to")

    def clean_username(self) -> str:
        """Refuses a name nobody has, and an account that is out of use."""
        name = str(self.cleaned_data["username"]).strip()
        if not Account.objects.filter(username=name, is_active=True).exists():
            raise forms.ValidationError(_("There is no account in use with this user name."))
        return name


@permitted("people.manage")
def existing(request: Request) -> HttpResponse:
    """A post for an account that exists: found by its exact user name, previewed, `confirm`."""
    district, back = district_of(request), reverse("manage:people")
    form = ExistingForm(district, request.LANGUAGE_CODE, request.POST or None)
    if not form.is_valid():
        return render(request, "manage/existing.html", {"form": form})
    account = Account.objects.get(username=form.cleaned_data["username"])
    if not confirmed(request):
        here = account.posts.filter(district=district).count()
        elsewhere = account.posts.exclude(district=district).count()
        label = roles()[form.cleaned_data["role"]].label(request.LANGUAGE_CODE)
        unit = form.cleaned_data["unit"]
        sides = [Side(f"{account.name} ({account.username})", "", f"{label} · {named(unit)}")]
        says = [
            _("The account has %(here)d posts here and %(elsewhere)d in other districts.")
            % {"here": here, "elsewhere": elsewhere}
        ]
        return preview(request, form, title=_("Give a post"), back=back, sides=sides, says=says)
    try:
        actions.add_post(
            account=account, district_id=district.pk, by=request.actor, on=clock.now(), **form.facts()
        )
    except Problem as problem:
        form.add_error(None, str(problem))
        return render(request, "manage/existing.html", {"form": form})
    messages.success(request, _("The post is given."))
    return redirect("manage:person", account.pk)
