"""What stands in the side navigation; an entry shows when its page exists and the actor may."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True)
class Item:
    """One entry: `permission` "" means every person logged in; `keys` follows ``g``."""

    key: str
    label: Text
    url_name: str
    permission: str
    icon: str
    group: str
    keys: str = ""
    phone: bool = False


GROUPS: dict[str, Text] = {
    "work": pgettext_lazy("menu", "Work"),
    "branch": _("Branch work"),
    "figures": pgettext_lazy("menu", "Figures"),
    "setup": _("Set-up"),
}

ITEMS: tuple[Item, ...] = (
    Item("home", _("My tasks"), "desk:home", "", "list-checks", "work", "h", phone=True),
    Item("cases", _("Cases"), "desk:worklist", "case.view", "rows-3", "work", "c", phone=True),
    Item("map", _("Map"), "desk:map", "case.view", "map", "work", "m", phone=True),
    Item(
        "field", _("My rounds"), "field:mine", "inspection.visit", "clipboard-check", "work", "f", phone=True
    ),
    Item("rounds", _("Rounds"), "rounds:index", "inspection.view", "dices", "work", "o"),
    Item("deductions", _("Deductions"), "rounds:deductions", "deduction.appeal", "coins", "work", phone=True),
    Item("intake", _("New report"), "telephone:page", "case.register", "phone", "work", "n", phone=True),
    Item("registers", _("Registers"), "registers:home", "register.view", "library", "work", "r"),
    Item(
        "upper",
        _("From the upper level"),
        "desk_upper:index",
        "upper.manage",
        "git-pull-request-arrow",
        "work",
        "u",
    ),
    Item("domains", _("Nine domains"), "domains:index", "register.view", "layout-grid", "work", "d"),
    Item("hand_overs", _("Hand-overs"), "competence:hand_overs", "case.hand_over", "arrow-right", "work"),
    Item("competence", _("Competences"), "competence:card", "case.view", "scroll-text", "work"),
    Item("branch", _("Our branch"), "organisation:home", "branch.view", "landmark", "branch", "b"),
    Item(
        "rectification",
        _("Rectification ledger"),
        "rectification:index",
        "branch.view",
        "list-checks",
        "branch",
    ),
    Item("lectures", _("Lectures"), "lectures:index", "branch.view", "book-open", "branch"),
    Item("commitments", _("Commitments"), "commitments:index", "branch.view", "scroll-text", "branch"),
    Item("appraisal", _("Appraisal"), "appraisal:index", "branch.view", "scale", "branch"),
    Item(
        "evaluation", _("Evaluation"), "evaluation:index", "evaluation.view", "chart-column", "figures", "v"
    ),
    Item("exports", _("Exports"), "desk:exports", "case.export", "download", "figures", "x"),
    Item("imports", _("Import"), "imports:index", "report.import", "upload", "figures", "i"),
    Item("people", _("People and posts"), "manage:people", "people.manage", "users", "setup", "p"),
    Item("roles", _("Roles and rights"), "manage:roles", "roles.manage", "shield", "setup"),
    Item("units", _("Units"), "manage:units", "units.manage", "landmark", "setup"),
    Item("limits", _("Time limits"), "manage:limits", "limits.manage", "clock", "setup", "l"),
    Item("calendars", _("Calendars"), "manage:calendars", "calendars.manage", "calendar", "setup"),
    Item(
        "messages", _("Message texts"), "manage:messages", "messages.manage", "message-square-text", "setup"
    ),
    Item("packs", _("District packs"), "manage:packs", "packs.manage", "layers", "setup"),
    Item("ledger", _("Ledger"), "manage:ledger", "ledger.view", "scroll-text", "setup"),
    Item("jobs", _("Background jobs"), "manage:jobs", "jobs.view", "refresh-cw", "setup"),
)


@dataclass(frozen=True)
class Entry:
    """An item as one request sees it."""

    item: Item
    url: str
    active: bool


@dataclass(frozen=True)
class Group:
    """A heading with the entries the actor may use."""

    label: Text
    entries: tuple[Entry, ...]


def address(url_name: str) -> str:
    """Path of a named page; empty when no such page is installed."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def entries_for(request: HttpRequest, permissions: frozenset[str]) -> tuple[Entry, ...]:
    """The entries this person may use, the one of the current page marked."""
    match: Any = getattr(request, "resolver_match", None)
    current = getattr(match, "view_name", "")
    allowed = [item for item in ITEMS if not item.permission or item.permission in permissions]
    found = [(item, address(item.url_name)) for item in allowed]
    active = _active(found, current, request.path)
    return tuple(Entry(item, url, item is active) for item, url in found if url)


def _active(found: list[tuple[Item, str]], current: str, path: str) -> Item | None:
    """The entry of this page, else the nearest above it: a case lights the list of cases. The desk's
    home lies above all and would always be lit."""
    exact = [item for item, _url in found if item.url_name == current]
    above = [(len(url), item) for item, url in found if url and item.key != "home" and path.startswith(url)]
    return exact[0] if exact else max(above, key=lambda one: one[0])[1] if above else None


def grouped(entries: tuple[Entry, ...]) -> tuple[Group, ...]:
    """Entries under their headings, empty headings left out."""
    groups = (
        Group(label, tuple(entry for entry in entries if entry.item.group == key))
        for key, label in GROUPS.items()
    )
    return tuple(group for group in groups if group.entries)
