"""The administrator's first page: what there is to set, and what wants attention."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chengzhi.web.access import Request, permitted


@dataclass(frozen=True, slots=True)
class Door:
    """A card that leads to one page."""

    url_name: str
    permission: str
    icon: str
    title: str | Promise
    says: str | Promise


DOORS = (
    Door(
        "manage:people", "people.manage", "users", _("People and posts"), _("Invite, give posts, deactivate")
    ),
    Door(
        "manage:roles",
        "roles.manage",
        "shield",
        _("Roles and rights"),
        _("What each role may do, from which day"),
    ),
    Door(
        "manage:keys",
        "people.manage",
        "key-round",
        _("API keys"),
        _("Which programs may call, as whom, and when they last did"),
    ),
    Door("manage:units", "units.manage", "landmark", _("Units"), _("Departments, squads, contractors")),
    Door(
        "manage:limits",
        "limits.manage",
        "clock",
        _("Time limits"),
        _("Limits of case types and stages, escalation"),
    ),
    Door(
        "manage:routing",
        "limits.manage",
        "route",
        _("Routing rules"),
        _("Which department a case goes to, and why"),
    ),
    Door(
        "manage:rules",
        "limits.manage",
        "sliders-horizontal",
        _("District switches"),
        _("Extensions, suspensions, undo, reopening, no shift leader"),
    ),
    Door(
        "manage:calendars", "calendars.manage", "calendar", _("Calendar"), _("Workdays, holidays, local days")
    ),
    Door(
        "manage:messages",
        "messages.manage",
        "message-square-text",
        _("Messages"),
        _("Words of outgoing messages"),
    ),
    Door(
        "manage:packs",
        "packs.manage",
        "layers",
        _("District packs"),
        _("What is loaded, and whether it checks out"),
    ),
    Door(
        "manage:ledger", "ledger.view", "scroll-text", _("Ledger"), _("The append-only record and its seals")
    ),
    Door("manage:jobs", "jobs.view", "refresh-cw", _("Background work"), _("What runs, what failed")),
    Door("manage:health", "jobs.view", "activity", _("Health"), _("Database, worker, disk, mail")),
)


@permitted(*sorted({door.permission for door in DOORS}))
def page(request: Request) -> HttpResponse:
    """The doors this person may open."""
    doors = [door for door in DOORS if door.permission in request.actor.permissions]
    return render(request, "manage/home.html", {"doors": doors})
