"""The responsible parties at the desk: list, page, data, merger, contact, own page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengzhi import clock
from chengzhi.domains.kinds import PARTY_KINDS
from chengzhi.errors import Problem
from chengzhi.registers import parties
from chengzhi.registers.kinds import kind as kind_of
from chengzhi.registers.models import Party, PartyView, Permit
from chengzhi.registers.party_before import undoable
from chengzhi.registers.party_queries import objects_of_party, party_page
from chengzhi.registers.party_undo import undo_party
from chengzhi.registers.problems import BadFields
from chengzhi.registers.said import said_of
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import district as district_of
from chengzhi.web.registers.fields import PartyField
from chengzhi.web.registers.finding import party_of
from chengzhi.web.registers.labels import printed, qr
from chengzhi.web.registers.parties_list import options
from chengzhi.web.registers.states import state_words
from chengzhi.web.registers.telling import party_history
from chengzhi.web.registers.words import kind_name, local_name, party_kind_name

PAGE = 50
MOST = 50
LEAST_PURPOSE = 4


@never_cache
@permitted("register.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """The parties of the district, by kind and name."""
    text, kind = request.GET.get("q", "").strip()[:60], request.GET.get("kind", "")
    kind = kind if kind in PARTY_KINDS else ""
    found = party_page(
        request.actor, kind=kind, text=text, after=request.GET.get("after") or None, limit=PAGE
    )
    facts = {
        "lines": [(one, party_kind_name(one.kind), found.objects.get(one.pk, 0)) for one in found.rows],
        "found": found, "words": text, "kind": kind,
        "kinds": [(key, local_name(one)) for key, one in PARTY_KINDS.items()],
        "may_edit": "register.edit" in request.actor.permissions,
    }  # fmt: skip
    return render(request, "registers/parties.html", facts)


@never_cache
@permitted("register.view")
@require_GET
def page(request: Request, number: int) -> HttpResponse:
    """One party: what it answers for, its permits, what it said, who looked at its contact."""
    return _page(request, party_of(request, number))


def _page(request: Request, party: Party, code: str = "") -> HttpResponse:
    things = objects_of_party(party.pk)[:MOST]
    rights = request.actor.permissions
    address = printed(request, reverse("party:own", args=[code])) if code else ""
    facts = {
        "party": party, "kind": party_kind_name(party.kind), "may_edit": "register.edit" in rights,
        "may_contact": "party.view" in rights, "code": code, "address": address,
        "picture": qr(address) if address else "",
        "things": [(one, kind_name(kind_of(one.kind)), state_words(kind_of(one.kind), one.state))
                   for one in things],
        "permits": Permit.objects.filter(party=party).select_related("object")[:MOST],
        "said": said_of(party)[:MOST],
        "views": PartyView.objects.filter(party=party).select_related("account").order_by("-id")[:10],
        "history": party_history(party), "undo": undoable(party, clock.now()),
    }  # fmt: skip
    response = render(request, "registers/party.html", facts)
    if code:
        response["Cache-Control"] = "no-store"
    return response


class PartyForm(forms.Form):
    """A party and how to reach it; the contact is sealed and never shown again without a purpose."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    credit_code = forms.CharField(
        label=gettext_lazy("Unified social credit code"), max_length=18, required=False,
        help_text=gettext_lazy("18 signs, as on the licence."),
    )  # fmt: skip
    person = forms.CharField(label=gettext_lazy("Contact person"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel"}),
    )
    address = forms.CharField(label=gettext_lazy("Postal address"), max_length=250, required=False)

    def __init__(self, data: Any = None, *, party: Party | None = None, kind: str = "shop") -> None:
        known = ("kind", "name", "credit_code")
        super().__init__(
            data, initial={name: getattr(party, name) for name in known} if party else {"kind": kind}
        )
        kinds = [(key, local_name(one)) for key, one in PARTY_KINDS.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if party is not None:
            del self.fields["kind"]
            self.fields["phone"].help_text = _("Leave the contact empty to keep what is stored.")

    def contact(self) -> dict[str, str]:
        """What was said of how to reach it."""
        names = ("person", "phone", "address")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def take(self, problem: BadFields) -> None:
        """Put each fault to its field."""
        for fault in problem.faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.says)


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Enter a party."""
    form = PartyForm(request.POST or None, kind=request.GET.get("kind", "shop"))
    if not form.is_valid():
        return _form(request, form, None)
    data = form.cleaned_data
    try:
        made = parties.register_party(
            district_id=district_of(request).pk, kind=data["kind"], name=data["name"], by=request.actor,
            on=clock.now(), credit_code=data["credit_code"], **form.contact(),
        )  # fmt: skip
    except Problem as problem:
        return _refused(request, form, None, problem)
    return redirect("registers:party", made.pk)


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: Request, number: int) -> HttpResponse:
    """Correct a party's data, or replace its contact."""
    party = party_of(request, number)
    form = PartyForm(request.POST or None, party=party)
    if not form.is_valid():
        return _form(request, form, party)
    data = form.cleaned_data
    changes = {"name": data["name"], "credit_code": data["credit_code"], **form.contact()}
    try:
        parties.correct_party(party.pk, changes=changes, version=None, by=request.actor, on=clock.now())
    except Problem as problem:
        return _refused(request, form, party, problem)
    return redirect("registers:party", party.pk)


def _refused(request: Request, form: PartyForm, party: Party | None, problem: Problem) -> HttpResponse:
    if isinstance(problem, BadFields):
        form.take(problem)
        return _form(request, form, party)
    return _form(request, form, party, problem)


def _form(
    request: Request, form: PartyForm, party: Party | None, problem: Problem | None = None
) -> HttpResponse:
    facts = {"form": form, "party": party, "problem": problem}
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "registers/party_form.html", facts, status=status)


class PurposeForm(forms.Form):
    """What somebody needs the contact for."""

    purpose = forms.CharField(
        label=gettext_lazy("What do you need it for?"), min_length=LEAST_PURPOSE, max_length=200,
        help_text=gettext_lazy("For example: announce the check on Friday. It is recorded with your name."),
    )  # fmt: skip


@never_cache
@permitted("party.view")
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: Request, number: int) -> HttpResponse:
    """Ask for the purpose, then show how to reach the party, once."""
    party, form = party_of(request, number), PurposeForm(request.POST or None)
    shown: Any = None
    problem = None
    if form.is_valid():
        try:
            shown = parties.contact_of(
                party, by=request.actor, on=clock.now(), purpose=form.cleaned_data["purpose"]
            )
        except Problem as refused:
            problem = refused
    facts = {"party": party, "form": form, "contact": shown, "problem": problem, "asked": shown is not None}
    response = render(request, "registers/contact.html", facts, status=problem.status if problem else 200)
    response["Cache-Control"] = "no-store"
    return response


class MergeForm(forms.Form):
    """Which party is the double."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(self, party: Party, *args: Any) -> None:
        super().__init__(*args)
        hint = _("Its objects, permits and answers go over to the party that stays.")
        self.fields["double"] = PartyField(
            party.district_id, party.kind, label=_("The double"), help_text=hint, max_length=120
        )
        self.order_fields(["double", "reason"])


@permitted("register.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, number: int) -> HttpResponse:
    """Merge a double into this party."""
    party = party_of(request, number)
    form, problem = MergeForm(party, request.POST or None), None
    if form.is_valid():
        try:
            parties.merge_parties(
                party.pk, form.cleaned_data["double"], by=request.actor, on=clock.now(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("The double is merged."))
            return redirect("registers:party", party.pk)
    facts = {
        "party": party,
        "form": form,
        "problem": problem,
        "parties": options(party.district_id, party.kind),
    }
    status = problem.status if problem else 422 if form.errors else 200
    return render(request, "registers/party_merge.html", facts, status=status)


@permitted("register.edit")
@require_POST
def undo(request: Request, number: int) -> HttpResponse:
    """Take back the last correction or merger, while that is allowed."""
    undo_party(number, by=request.actor, on=clock.now())
    messages.success(request, _("Taken back."))
    return redirect("registers:party", number)


@never_cache
@permitted("register.edit")
@require_POST
def page_code(request: Request, number: int) -> HttpResponse:
    """Give out a new code of the party's own page; it is shown once, the old one ends."""
    party = party_of(request, number)
    if party.state != "active":
        raise Http404(number)
    return _page(request, party, parties.new_page_code(party, by=request.actor, on=clock.now()))
