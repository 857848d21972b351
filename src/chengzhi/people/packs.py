"""The units and, for a demonstration, the posts that a district pack declares."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from chengzhi.people.actions import ensure_roles
from chengzhi.people.models import Account, Post, Unit
from chengzhi.people.roles import role
from chengzhi.places.models import Area, District
from chengzhi.places.packfile import Pack
from chengzhi.places.packs import upsert
from chengzhi.places.tables import BadTable, Row, refuse_repeats

# What the pack named last time, in `District.settings`.
UNITS, UNITS_ENDED, POSTS = "pack_units", "pack_units_ended", "pack_posts"
Kind = Literal[
    "centre", "bureau", "department", "squad", "detachment", "sanitation", "working_group",
    "street_office", "contractor",
]  # fmt: skip


class UnitRow(Row):
    """units.csv: code, parent, name, name_en, kind, handles_cases, credit_code (optional)."""

    code: str = Field(min_length=1, max_length=40)
    parent: str = ""
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(default="", max_length=100)
    kind: Kind
    handles_cases: bool = True
    credit_code: str = Field(default="", pattern=r"^([0-9A-Z]{18})?$")


class PostRow(Row):
    """posts.csv: username, name, role, unit, areas (codes, parted by ;). Never real people."""

    username: str = Field(pattern=r"^[a-z][a-z0-9._-]{1,59}$")
    name: str = Field(min_length=1, max_length=60)
    role: str
    unit: str
    areas: str = ""

    @property
    def area_codes(self) -> list[str]:
        """The duty areas."""
        return [code for code in self.areas.split(";") if code]


@dataclass(frozen=True)
class PeopleRows:
    """The checked tables of a pack about people."""

    units: list[UnitRow]
    posts: list[PostRow]


@dataclass(slots=True)
class LoadedPeople:
    """How much was written or ended, and demo accounts that could not be made."""

    counts: dict[str, int]
    ended: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def read_people(pack: Pack) -> PeopleRows:
    """units.csv and posts.csv, checked against each other. Raises BadTable, UnknownRole."""
    units = pack.table("units.csv", UnitRow)
    posts = pack.table("posts.csv", PostRow)
    refuse_repeats("units.csv", (row.code for row in units))
    codes = {row.code for row in units}
    for row in units:
        if row.parent and row.parent not in codes:
            _unknown("units.csv", row.code, "parent", row.parent)
    areas = {row.code for row in pack.areas}
    for post in posts:
        role(post.role)
        if post.unit not in codes:
            _unknown("posts.csv", post.username, "unit", post.unit)
        for code in post.area_codes:
            if code not in areas:
                _unknown("posts.csv", post.username, "areas", code)
    return PeopleRows(units, posts)


def _unknown(file: str, row: str, column: str, value: str) -> None:
    raise BadTable(
        _("%(file)s, %(row)s: “%(value)s” in the column %(column)s is not in the pack.")
        % {"file": file, "row": row, "value": value, "column": column},
        _("It must be declared before something refers to it."),
        _("Mend the column %(column)s.") % {"column": column},
    )


@transaction.atomic
def load_people(
    pack: Pack, rows: PeopleRows, district: District, *, on: datetime, demo: bool
) -> LoadedPeople:
    """Write units and roles; with `demo` also accounts, without a usable password.

    A log-in name that belongs to a person is never given a post: it is reported instead. Units and
    demo posts that the pack named last time and names no more go out of use; those that pages added
    stay. What the pack named is noted in `district.settings`, which the caller saves.
    """
    today = on.astimezone(ZoneInfo(district.zone)).date()
    since = pack.manifest.valid_from or today
    units = _write_units(rows.units, district)
    ensure_roles(district_id=district.pk, since=since)
    loaded = LoadedPeople({"units": len(units)}, {"units": _end_units(rows.units, district)})
    if demo:
        _write_posts(rows.posts, district, units, since, on, loaded)
        loaded.ended["posts"] = _end_posts(rows.posts, district, today)
    return loaded


def _end_units(rows: list[UnitRow], district: District) -> int:
    """Take units out of use that only the pack knew; one that is named again comes back."""
    named, settings = {row.code for row in rows}, district.settings
    gone = set(settings.get(UNITS, ())) - named
    ended = set(settings.get(UNITS_ENDED, ()))
    here = Unit.objects.filter(district=district)
    here.filter(code__in=ended & named).update(active=True)
    number = here.filter(code__in=gone, active=True).update(active=False)
    settings[UNITS], settings[UNITS_ENDED] = sorted(named), sorted((ended | gone) - named)
    return number


def _end_posts(rows: list[PostRow], district: District, today: date) -> int:
    """Give demo posts a last day that the pack no longer names."""
    named = {(row.username, row.unit, row.role) for row in rows}
    settings = district.settings
    gone = {(name, unit, role) for name, unit, role in settings.get(POSTS, ())} - named
    settings[POSTS] = [list(one) for one in sorted(named)]
    held = Post.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=today), district=district, account__demo=True
    ).select_related("account", "unit")
    ending = [post.pk for post in held if (post.account.username, post.unit.code, post.role) in gone]
    return Post.objects.filter(pk__in=ending).update(valid_to=today - timedelta(days=1))


def _write_units(rows: list[UnitRow], district: District) -> dict[str, Unit]:
    new = [
        Unit(district=district, code=row.code, name=row.name, name_en=row.name_en, kind=row.kind,
             handles_cases=row.handles_cases, credit_code=row.credit_code)
        for row in rows
    ]  # fmt: skip
    upsert(Unit, new, ("district", "code"), ("name", "name_en", "kind", "handles_cases", "credit_code"))
    units = {unit.code: unit for unit in Unit.objects.filter(district=district)}
    for row in rows:
        units[row.code].parent = units.get(row.parent)
    Unit.objects.bulk_update([units[row.code] for row in rows], ["parent"])
    return units


def _write_posts(
    rows: list[PostRow], district: District, units: dict[str, Unit], since: date, on: datetime,
    loaded: LoadedPeople,
) -> None:  # fmt: skip
    accounts = _demo_accounts(rows, on)
    held = set(
        Post.objects.filter(district=district, account__in=accounts.values(), valid_to=None)
        .values_list("account_id", "unit_id", "role")
    )  # fmt: skip
    new: list[tuple[Post, list[str]]] = []
    for row in rows:
        account = accounts[row.username]
        if not account.demo:
            loaded.warnings.append(f"posts.csv: {row.username} is a person's log-in; no post was given.")
        elif (account.pk, units[row.unit].pk, row.role) not in held:
            post = Post(account=account, district=district, unit=units[row.unit], role=row.role,
                        valid_from=since)  # fmt: skip
            new.append((post, row.area_codes))
    Post.objects.bulk_create([post for post, _ in new])
    _duty_areas(new, district)
    loaded.counts["posts"] = len(new)


def _demo_accounts(rows: list[PostRow], on: datetime) -> dict[str, Account]:
    names = {row.username: row.name for row in rows}
    known = set(Account.objects.filter(username__in=names).values_list("username", flat=True))
    Account.objects.bulk_create(
        Account(username=username, name=name, demo=True, created_at=on, password=make_password(None))
        for username, name in names.items()
        if username not in known
    )
    return {account.username: account for account in Account.objects.filter(username__in=names)}


def _duty_areas(new: list[tuple[Post, list[str]]], district: District) -> None:
    areas = dict(Area.objects.filter(district=district).values_list("code", "id"))
    links = Post.areas.through
    links.objects.bulk_create(
        links(post_id=post.pk, area_id=areas[code]) for post, codes in new for code in codes
    )
