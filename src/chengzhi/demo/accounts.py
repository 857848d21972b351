"""One demo account per role and demo district; usable on this machine only.

The password is drawn once per installation and kept beside the other keys.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction

from chengzhi.keys import secret
from chengzhi.people.actions import ensure_roles
from chengzhi.people.models import Account, Post, Unit
from chengzhi.people.roles import Role, roles
from chengzhi.places.models import District

DISTRICTS = ("sample", "boston")
SINCE = date(2011, 1, 1)
"""Before the first case of any demo district, so that posts cover all of their history."""
EVERYWHERE = ("head", "administrator")
"""Roles of the first district that also hold their post in the others, to show the switch."""
KINDS = {
    "contractor": ("contractor", "sanitation"),
    "handler": ("squad", "department", "detachment", "sanitation"),
    "head": ("bureau", "centre"),
}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What `chengzhi up` prints about one demo account."""

    username: str
    password: str
    district: str
    role: str
    role_name: str
    role_name_en: str


def password() -> str:
    """The demo accounts' password of this installation."""
    return f"demo-{secret(settings.HOME, 'demo_password')[:12]}"


@transaction.atomic
def ensure(*, on: datetime) -> list[DemoAccount]:
    """Make what is missing; the accounts of every demo district that is loaded and has units."""
    word = password()
    found: list[DemoAccount] = []
    places = {place.slug: place for place in District.objects.defer("outline").filter(slug__in=DISTRICTS)}
    for slug in DISTRICTS:
        if slug in places:
            found += _of_district(places[slug], word, on)
    _posts_elsewhere([places[slug] for slug in DISTRICTS if slug in places])
    return found


def _of_district(district: District, word: str, on: datetime) -> list[DemoAccount]:
    units = list(Unit.objects.filter(district=district, active=True).order_by("code"))
    if not units:
        return []
    ensure_roles(district_id=district.pk, since=SINCE)
    return [_one(district, role, _unit_for(role.key, units), word, on) for role in roles().values()]


def _one(district: District, role: Role, unit: Unit, word: str, on: datetime) -> DemoAccount:
    account = _from_pack(district, role) or _new(district, role, unit, on)
    if not check_password(word, account.password):
        account.set_password(word)
        account.save(update_fields=["password"])
    return DemoAccount(account.username, word, district.slug, role.key, role.name, role.name_en)


def _from_pack(district: District, role: Role) -> Account | None:
    """The first demo account with this role that the pack's own posts brought along."""
    posts = Post.objects.filter(district=district, role=role.key, account__demo=True, valid_to=None)
    post = posts.select_related("account").order_by("account_id").first()
    return post.account if post else None


def _new(district: District, role: Role, unit: Unit, on: datetime) -> Account:
    english = district.zone.startswith("America/")
    name = f"Demo {role.name_en}" if english else f"演示{role.name.split('（')[0]}"
    account, _made = Account.objects.get_or_create(
        username=f"{district.slug}-{role.key.replace('_', '-')}",
        defaults={"name": name, "demo": True, "created_at": on},
    )
    _post(account, district, unit, role.key)
    return account


def _post(account: Account, district: District, unit: Unit, role: str) -> None:
    Post.objects.get_or_create(
        account=account, district=district, role=role, defaults={"unit": unit, "valid_from": SINCE}
    )


def _unit_for(role: str, units: list[Unit]) -> Unit:
    """The first unit of a kind the role belongs to, else the first of all (the centre)."""
    for kind in KINDS.get(role, ("centre", "bureau")):
        for unit in units:
            if unit.kind == kind:
                return unit
    return units[0]


def _posts_elsewhere(districts: list[District]) -> None:
    for role in EVERYWHERE if len(districts) > 1 else ():
        account = _from_pack(districts[0], roles()[role])
        for district in districts[1:]:
            units = list(Unit.objects.filter(district=district, active=True).order_by("code"))
            if account and units:
                _post(account, district, _unit_for(role, units), role)
