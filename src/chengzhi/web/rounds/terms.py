"""Settings: what a contract says of failed readings, for all objects under the contract at once."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from chengzhi import clock
from chengzhi.domains.domain import Measurement
from chengzhi.errors import Problem
from chengzhi.inspections.checklists import checklists_of, kinds, measurements, named
from chengzhi.inspections.deductions import set_term
from chengzhi.inspections.models import ContractTerm
from chengzhi.registers.models import Permit
from chengzhi.web.access import Request, permitted
from chengzhi.web.field.wording import local
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.rounds.limits import Past
from chengzhi.web.rounds.naming import people_named

PAGE = 100


class TermForm(DatedForm):
    """An amount for a failed reading, the days to appeal, the clause."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount for a failed reading, yuan"), min_value=0, max_digits=12, decimal_places=2,
        required=False, help_text=gettext_lazy("Leave it empty to take nothing off."),
    )  # fmt: skip
    appeal_days = forms.IntegerField(
        label=gettext_lazy("Days to appeal"), min_value=0, max_value=366, required=False
    )
    clause = forms.CharField(label=gettext_lazy("Clause of the contract"), max_length=120, required=False)
    field_order = ("amount", "appeal_days", "clause", "first_day")


def agreements() -> list[str]:
    """Kinds of objects that stand under a contract and are measured."""
    return [
        key
        for key, (_domain, kind) in kinds().items()
        if kind.permit and kind.permit.agreement and any(one.measures for one in checklists_of(key))
    ]


def permits_of(district_id: int, number: str) -> "QuerySet[Permit]":
    """The contract of that number, with each object under it."""
    rows = Permit.objects.filter(
        object__district_id=district_id, object__kind__in=agreements(), number=number, ended_on=None
    )
    return rows.exclude(number="").select_related("object", "party").order_by("pk")


@permitted("checks.manage")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Contracts by number, with how many objects stand under each and how many terms they have."""
    district = district_of(request)
    today = today_in(district)
    rows = Permit.objects.filter(
        object__district_id=district.pk, object__kind__in=agreements(), ended_on=None
    ).exclude(number="")
    counted = rows.values("number", "object__kind").annotate(n=Count("pk")).order_by("number")
    shown, found = list(counted[:PAGE]), []
    now = _now(district.pk, [row["number"] for row in shown], today)
    for row in shown:
        kind = row["object__kind"]
        found.append({
            "number": row["number"], "kind": local(kinds()[kind][1]), "count": row["n"],
            "terms": [
                {"name": named(one), "now": " / ".join(now.get((row["number"], one.key), [])) or "—",
                 "url": reverse("rounds:term", args=[one.key]) + f"?contract={row['number']}"}
                for one in _measured(kind)
            ],
        })  # fmt: skip
    return render(request, "rounds/terms.html", {"rows": found, "tab": "terms"})


def _measured(kind: str) -> list[Measurement]:
    keys = dict.fromkeys(key for one in checklists_of(kind) for key in one.measures)
    return [measurements()[key][1] for key in keys if measurements()[key][1].passes]


def _now(district_id: int, numbers: list[str], today: date) -> dict[tuple[str, str], list[str]]:
    """(contract, measurement) → the amounts in force, in words; one where all objects have the same."""
    rows = ContractTerm.objects.filter(
        permit__object__district_id=district_id, permit__number__in=numbers, permit__ended_on=None,
        valid_from__lte=today,
    ).exclude(valid_to__lt=today)  # fmt: skip
    found: dict[tuple[str, str], list[str]] = {}
    amounts = rows.values_list("permit__number", "measurement", "amount").distinct().order_by("amount")
    for number, measurement, amount in amounts:
        found.setdefault((number, measurement), []).append(_yuan(amount))
    return found


def _yuan(amount: Any) -> str:
    return _("%(amount)s yuan") % {"amount": f"{amount:,.2f}"}


@permitted("checks.manage")
def edit(request: Request, measurement: str) -> HttpResponse:
    """`?contract=`: change the term for every object under the contract; form, preview, `confirm`."""
    district = district_of(request)
    number = request.GET.get("contract", "")
    permits = list(permits_of(district.pk, number)[:5000])
    if not permits or measurement not in measurements():
        raise Http404(number)
    one = measurements()[measurement][1]
    past = list(
        ContractTerm.objects.filter(permit=permits[0], measurement=measurement).order_by("-valid_from")[:50]
    )
    first = past[0] if past else None
    initial = {name: getattr(first, name) for name in ("amount", "appeal_days", "clause")} if first else None
    form = TermForm(today_in(district), request.POST or None, initial=initial)
    facts: dict[str, Any] = {
        "form": form, "title": f"{number} · {named(one)}", "back": reverse("rounds:terms"),
        "back_name": _("Contract terms"), "history": _history(past),
    }  # fmt: skip
    if not form.is_valid():
        return render(request, "rounds/setting.html", facts)
    if not request.POST.get("confirm"):
        facts["sides"] = [(facts["title"], _side(first), _new_side(form.cleaned_data))]
        facts["says"] = [_("It holds for %(n)s objects under this contract.") % {"n": len(permits)},
                         _("Deductions already proposed stay as they are.")]  # fmt: skip
        return render(request, "rounds/setting_preview.html", facts)
    try:
        _write(request, permits, measurement, form.cleaned_data)
    except Problem as problem:
        return render(request, "rounds/setting.html", facts | {"problem": problem}, status=problem.status)
    messages.success(request, _("It counts from %(day)s.") % {"day": form.cleaned_data["first_day"]})
    return redirect("rounds:terms")


@transaction.atomic
def _write(request: Request, permits: list[Permit], measurement: str, said: dict[str, Any]) -> None:
    on = clock.now()
    for permit in permits:
        set_term(
            permit_id=permit.pk, measurement=measurement, amount=said["amount"],
            appeal_days=said["appeal_days"] or 0, clause=said["clause"], first_day=said["first_day"],
            by=request.actor, on=on,
        )  # fmt: skip


def _history(past: list[ContractTerm]) -> list[Past]:
    who = people_named(one.changed_by for one in past)
    return [
        Past(one.valid_from, one.valid_to, _yuan(one.amount), one.clause, who.get(one.changed_by or 0, ""))
        for one in past
    ]


def _side(one: ContractTerm | None) -> str:
    return _words(one.amount, one.appeal_days, one.clause) if one else _("nothing")


def _new_side(said: dict[str, Any]) -> str:
    if said["amount"] is None:
        return _("nothing")
    return _words(said["amount"], said["appeal_days"] or 0, said["clause"])


def _words(amount: Any, days: int, clause: str) -> str:
    said = {"amount": _yuan(amount), "days": days, "clause": clause}
    return _("%(amount)s for a failed reading, %(days)s days to appeal, %(clause)s") % said
