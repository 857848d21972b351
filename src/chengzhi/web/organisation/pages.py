"""My bodies first, then the tree, one body with its members, and the rules it works by.

Who is no member sees that the pages exist and whom to ask, never whose names are in a body.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from chengzhi.branch.organisation.models import Body, BodyRole, Duty, Membership, PracticePack
from chengzhi.branch.organisation.practice import rules_in_force
from chengzhi.branch.organisation.queries import bodies
from chengzhi.branch.organisation.rules import Standing, in_force, roles_in_body, standing_of
from chengzhi.web.access import Request, permitted
from chengzhi.web.shell.wording import chinese

MANAGE = "branch.manage"


@dataclass(frozen=True, slots=True)
class Branching:
    """A body with what lies below it, and whether this person may open it."""

    body: Body
    kind: str
    opens: bool
    below: tuple["Branching", ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the list of members."""

    pk: int
    name: str
    standing: str
    since: date
    roles: str


def _mine(request: Request) -> tuple[Standing, frozenset[int]]:
    standing = standing_of(request.actor)
    return standing, standing.where("branch.member")


def _kinds(district_id: int) -> dict[tuple[str, str], str]:
    """(pack, kind) → its name in the language of the page."""
    name = "name" if chinese() else "name_en"
    packs = PracticePack.objects.filter(district_id=district_id)
    return {(pack.key, key): words[name] for pack in packs for key, words in pack.kinds.items()}


@permitted("branch.view", MANAGE)
def home(request: Request) -> HttpResponse:
    """The bodies I belong to and the duties of my roles there; a friendly page for everybody else."""
    district, day = request.actor.district_id or 0, request.actor.day
    standing, mine = _mine(request)
    kinds = _kinds(district)
    own = [
        (one, kinds.get((one.pack, one.kind), one.kind)) for one in bodies(district, day).filter(pk__in=mine)
    ]
    facts = {
        "member": standing.member,
        "own": own,
        "duties": _duties(standing, [one for one, _kind in own], day),
        "manages": MANAGE in request.actor.permissions,
    }
    return render(request, "organisation/home.html", facts)


def _duties(standing: Standing, own: Iterable[Body], day: date) -> list[tuple[Body, Duty]]:
    """What the duty list asks of my roles, by body; told to the person alone."""
    bodies_by_id = {one.pk: one for one in own}
    if standing.member is None or not bodies_by_id:
        return []
    held = BodyRole.objects.filter(in_force(day), member=standing.member, body__in=bodies_by_id)
    listed = list(Duty.objects.filter(district_id=standing.member.district_id).order_by("key"))
    return [
        (bodies_by_id[role.body_id], duty)
        for role in held.order_by("body__code", "role")
        for duty in listed
        if duty.role == role.role and _asks(duty, bodies_by_id[role.body_id])
    ]


def _asks(duty: Duty, body: Body) -> bool:
    return duty.pack == body.pack and body.kind in duty.body_kinds


@permitted("branch.view", MANAGE)
def tree(request: Request) -> HttpResponse:
    """The tree of bodies today; `?all=1` also shows those that ended. Names of members are not on it."""
    district, day = request.actor.district_id or 0, request.actor.day
    ended = request.GET.get("all") == "1"
    rows = Body.objects.filter(district_id=district).order_by("code") if ended else bodies(district, day)
    mine = _mine(request)[1]
    everything = MANAGE in request.actor.permissions
    grown = _grow(list(rows), _kinds(district), lambda one: everything or one.pk in mine)
    return render(request, "organisation/tree.html", {"tree": grown, "ended": ended, "today": day})


def _grow(rows: list[Body], kinds: dict[tuple[str, str], str], opens: Any) -> tuple[Branching, ...]:
    """The rows as a tree; a body whose parent is not shown stands at the top."""
    shown = {one.pk for one in rows}
    below: dict[int, list[Body]] = {}
    for one in rows:
        below.setdefault(one.parent_id if one.parent_id in shown else 0, []).append(one)

    def under(number: int) -> tuple[Branching, ...]:
        return tuple(
            Branching(one, kinds.get((one.pack, one.kind), one.kind), opens(one), under(one.pk))
            for one in below.get(number, ())
        )

    return under(0)


@permitted("branch.view", MANAGE)
def body(request: Request, code: str) -> HttpResponse:
    """One body with its members of today and its earlier ones; for its members and who keeps the lists."""
    district, day = request.actor.district_id or 0, request.actor.day
    found = Body.objects.filter(district_id=district, code=code).select_related("parent", "unit").first()
    mine = _mine(request)[1]
    if found is None or not (found.pk in mine or MANAGE in request.actor.permissions):
        raise Http404(code)
    facts = {
        "body": found,
        "kind": _kinds(district).get((found.pack, found.kind), found.kind),
        "people": _people(found, day), "manages": MANAGE in request.actor.permissions,
        "earlier": Membership.objects.filter(body=found, valid_to__lt=day).select_related("member").order_by("-valid_to"),
        "below": bodies(district, day).filter(parent=found),
    }  # fmt: skip
    return render(request, "organisation/body.html", facts)


def _people(found: Body, day: date) -> list[Person]:
    """Members by name (no order of merit), each with the roles held in this body."""
    language = get_language() or "zh"
    roles: dict[int, list[str]] = {}
    for held in BodyRole.objects.filter(in_force(day), body=found).order_by("role"):
        roles.setdefault(held.member_id, []).append(roles_in_body()[held.role].words(language))
    rows = Membership.objects.filter(in_force(day), in_force(day, "member__"), body=found)
    return [
        Person(row.pk, row.member.name, row.standing, row.valid_from, "、".join(roles.get(row.member_id, ())))
        for row in rows.select_related("member").order_by("member__name", "member_id")
    ]


@permitted("branch.view", MANAGE)
def practice_rules(request: Request) -> HttpResponse:
    """Every rule in force today by pack, with its text, its article and how far it was seen."""
    district, day = request.actor.district_id or 0, request.actor.day
    packs = PracticePack.objects.filter(district_id=district).order_by("key")
    listed = [(pack, rules_in_force(district, pack.key, day)) for pack in packs]
    return render(request, "organisation/rules.html", {"packs": listed})
