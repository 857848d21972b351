"""Keeping the list of members of a body: enter, change one row, annul it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chengzhi import clock
from chengzhi.branch.organisation import actions
from chengzhi.branch.organisation.models import Body, BodyRole, Exemption, Membership
from chengzhi.branch.organisation.queries import bodies
from chengzhi.branch.organisation.rules import in_force, roles_in_body
from chengzhi.errors import Problem
from chengzhi.people.models import Account
from chengzhi.web.access import Request, permitted
from chengzhi.web.shell.wording import chinese

STANDINGS = [("formal", gettext_lazy("formal")), ("probationary", gettext_lazy("probationary"))]
REASONS = [
    ("aged", gettext_lazy("aged")), ("ill", gettext_lazy("ill")),
    ("disabled", gettext_lazy("disabled")), ("away", gettext_lazy("away for long")),
]  # fmt: skip
_DATE = forms.DateInput({"type": "date"})


class NewMember(forms.Form):
    """A person who joins a body."""

    account = forms.CharField(
        label=gettext_lazy("Account"), required=False, max_length=150,
        help_text=gettext_lazy("The user name, if the person has an account."),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), required=False, max_length=60,
        help_text=gettext_lazy("Left empty, the name of the account is taken."),
    )  # fmt: skip
    standing = forms.ChoiceField(label=gettext_lazy("Standing"), choices=STANDINGS)
    since = forms.DateField(label=gettext_lazy("From"), widget=_DATE)

    def clean_account(self) -> Account | None:
        """The account named, or none. Raises ValidationError for an unknown one."""
        said = self.cleaned_data["account"].strip()
        found = Account.objects.filter(username=said).first() if said else None
        if said and found is None:
            raise forms.ValidationError(_("There is no account of this name."))
        return found


class DayForm(forms.Form):
    """A change that takes a day."""

    day = forms.DateField(label=gettext_lazy("From this day on"), widget=_DATE)


class LastDayForm(forms.Form):
    """An end."""

    day = forms.DateField(label=gettext_lazy("Last day"), widget=_DATE)


class BodyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A body by its name in the language of the page."""

    def label_from_instance(self, obj: Body) -> str:
        """The name."""
        return obj.name if chinese() else obj.name_en or obj.name


class MoveForm(DayForm):
    """Another body."""

    to = BodyField(label=gettext_lazy("Body"), queryset=Body.objects.none())

    def __init__(self, *args: Any, district_id: int, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = bodies(district_id, today)


class RoleForm(DayForm):
    """A role in the body."""

    role = forms.ChoiceField(label=gettext_lazy("Role in the body"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        language = get_language() or "zh"
        named = [(key, one.words(language)) for key, one in roles_in_body().items() if key != "member"]
        self.fields["role"] = forms.ChoiceField(label=_("Role in the body"), choices=named)


class ExemptForm(DayForm):
    """An exemption; the kind of reason only."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS)
    until = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=_DATE)


CHANGES: dict[str, tuple[Any, Callable[..., Any]]] = {
    "formal": (gettext_lazy("Make a formal member"), lambda row, d, **w: actions.make_formal(row, since=d["day"], **w)),
    "move": (gettext_lazy("Move to another body"), lambda row, d, **w: actions.move(row, to=d["to"], since=d["day"], **w)),
    "role": (gettext_lazy("Give a role"), lambda row, d, **w: actions.give_role(row, role=d["role"], since=d["day"], **w)),
    "exempt": (gettext_lazy("Exempt for a time"), lambda row, d, **w: actions.exempt(
        row, reason=d["reason"], since=d["day"], until=d["until"], **w)),
    "leave": (gettext_lazy("End the membership"), lambda row, d, **w: actions.leave(row, last=d["day"], **w)),
}  # fmt: skip


def _body(request: Request, code: str) -> Body:
    found = Body.objects.filter(district_id=request.actor.district_id or 0, code=code).first()
    if found is None:
        raise Http404(code)
    return found


def _row(request: Request, number: int) -> Membership:
    rows = Membership.objects.select_related("body", "member")
    found = rows.filter(pk=number, body__district_id=request.actor.district_id or 0).first()
    if found is None:
        raise Http404(str(number))
    return found


@permitted("branch.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request, code: str) -> HttpResponse:
    """Enter a member."""
    body, problem = _body(request, code), None
    form = NewMember(request.POST or None, initial={"since": request.actor.day})
    if form.is_valid():
        try:
            actions.admit(body=body, **form.cleaned_data, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Entered."))
            return redirect("organisation:body", body.code)
    facts = {"body": body, "form": form, "problem": problem, "title": _("Enter a member")}
    return render(request, "organisation/change.html", facts, status=422 if problem or form.errors else 200)


@permitted("branch.manage")
@require_http_methods(["GET", "HEAD"])
def row(request: Request, number: int) -> HttpResponse:
    """One row of the list: what can be changed, the roles and exemptions of the person."""
    found = _row(request, number)
    roles = roles_in_body()
    language = get_language() or "zh"
    held = BodyRole.objects.filter(body=found.body, member=found.member).order_by("-valid_from")
    facts = {
        "row": found, "body": found.body, "changes": [(key, label) for key, (label, _do) in CHANGES.items()
                                                      if key != "formal" or found.standing == "probationary"],
        "held": [(one, roles[one.role].words(language)) for one in held],
        "exemptions": Exemption.objects.filter(member=found.member).order_by("-valid_from"),
        "running": in_force_on(found, request.actor.day),
    }  # fmt: skip
    return render(request, "organisation/row.html", facts)


def in_force_on(found: Membership, day: date) -> bool:
    """Whether the row counts today or will."""
    return found.valid_to is None or found.valid_to >= day


def _form(request: Request, found: Membership, what: str) -> forms.Form:
    more: dict[str, Any] = {"initial": {"day": request.actor.day}}
    if what == "move":
        return MoveForm(
            request.POST or None, district_id=found.body.district_id, today=request.actor.day, **more
        )
    kinds: dict[str, type[forms.Form]] = {"role": RoleForm, "exempt": ExemptForm, "leave": LastDayForm}
    return kinds.get(what, DayForm)(request.POST or None, **more)


@permitted("branch.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, number: int, what: str) -> HttpResponse:
    """One change of a row: its form, and the change."""
    found = _row(request, number)
    if what not in CHANGES:
        raise Http404(what)
    label, do = CHANGES[what]
    form, problem = _form(request, found, what), None
    if form.is_valid():
        try:
            do(found, form.cleaned_data, by=request.actor, on=clock.now())
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("Changed."))
            return redirect("organisation:body", found.body.code)
    facts = {"body": found.body, "row": found, "form": form, "problem": problem, "title": label}
    return render(request, "organisation/change.html", facts, status=422 if problem or form.errors else 200)


_KINDS: dict[str, Any] = {"membership": Membership, "role": BodyRole, "exemption": Exemption}


@permitted("branch.manage")
@require_POST
def annul(request: Request, kind: str, number: int) -> HttpResponse:
    """Take a row entered by mistake out of every count."""
    of = {"exemption": "member__district_id"}.get(kind, "body__district_id")
    model = _KINDS.get(kind)
    found = model.objects.filter(pk=number, **{of: request.actor.district_id or 0}).first() if model else None
    if found is None:
        raise Http404(kind)
    actions.annul(found, by=request.actor, on=clock.now())
    messages.success(request, _("Annulled: it counts on no day."))
    return redirect("organisation:tree")


@permitted("branch.manage")
@require_POST
def end_role(request: Request, number: int) -> HttpResponse:
    """A role ends yesterday: from today on the person does not hold it."""
    held = BodyRole.objects.filter(
        in_force(request.actor.day), pk=number, body__district_id=request.actor.district_id or 0
    )
    found = held.select_related("body").first()
    if found is None:
        raise Http404(str(number))
    actions.end_role(found, last=request.actor.day - actions.DAY, by=request.actor, on=clock.now())
    messages.success(request, _("Changed."))
    return redirect("organisation:body", found.body.code)
