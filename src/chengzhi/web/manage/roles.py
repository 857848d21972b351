"""Roles × permissions: from a day on, with who gains and who loses shown first."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.ledger.actions import record
from chengzhi.people import matrix
from chengzhi.people.matrix import Grant
from chengzhi.people.permissions import GROUPS, OF_POSTS, Permission
from chengzhi.people.roles import roles
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DatedForm, district_of, today_in
from chengzhi.web.manage.history import told


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the matrix."""

    value: str
    role: str
    on: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A permission with a box per role; the first of a group carries its heading."""

    permission: Permission
    heading: str
    cells: tuple[Cell, ...]


def lines(granted: frozenset[Grant]) -> list[Line]:
    """The matrix as the page draws it."""
    found, group = [], ""
    for permission in sorted(OF_POSTS, key=lambda one: list(GROUPS).index(one.group)):
        cells = tuple(
            Cell(
                f"{role} {permission.key}",
                role,
                (role, permission.key) in granted,
                (role, permission.key) in matrix.KEPT,
            )
            for role in roles()
        )
        found.append(Line(permission, permission.group if permission.group != group else "", cells))
        group = permission.group
    return found


def _wanted(request: Request) -> frozenset[Grant]:
    pairs = (value.split(" ", 1) for value in request.POST.getlist("grant") if " " in value)
    return frozenset((role, permission) for role, permission in pairs) | matrix.KEPT


@permitted("roles.manage")
def page(request: Request) -> HttpResponse:
    """GET the matrix; POST previews, POST with `confirm` applies."""
    district = district_of(request)
    today = today_in(district)
    form = DatedForm(today, request.POST or None)
    granted = matrix.grants(district_id=district.pk, day=today)
    facts = {
        "form": form,
        "roles": roles().values(),
        "demanded": (district.settings or {}).get("second_factor", False),
    }
    if not form.is_valid():
        shown = _wanted(request) if request.method == "POST" else granted
        facts |= {"lines": lines(shown), "history": told("rights", district.pk)}
        return render(request, "manage/roles.html", facts)
    wanted, first_day = _wanted(request), form.cleaned_data["first_day"]
    if request.POST.get("confirm"):
        changes = matrix.change(
            district_id=district.pk, wanted=wanted, first_day=first_day, by=request.actor, on=clock.now()
        )
        messages.success(request, _("Rights of %(n)d roles changed from %(day)s.")
                         % {"n": len(changes), "day": first_day})  # fmt: skip
        return redirect("manage:roles")
    changes = matrix.preview(district_id=district.pk, wanted=wanted, first_day=first_day)
    facts |= {"changes": changes, "wanted": sorted(wanted), "first_day": first_day}
    return render(request, "manage/roles_preview.html", facts)


@permitted("roles.manage")
@require_POST
def second_factor(request: Request) -> HttpResponse:
    """Make the second factor a must for administrators and heads of this district, or leave it free."""
    district = district_of(request)
    demanded = request.POST.get("demanded") == "1"
    district.settings = {**(district.settings or {}), "second_factor": demanded}
    district.save(update_fields=["settings"])
    record(
        district_id=district.pk,
        thing="rights",
        thing_id=district.pk,
        step="second_factor_demanded" if demanded else "second_factor_left_free",
        by=request.actor,
        on=clock.now(),
    )
    messages.success(request, _("Saved. It counts from the next log-in."))
    return redirect("manage:roles")
