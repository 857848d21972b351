"""Reads about accounts, units, posts and roles."""

from datetime import datetime
from functools import cache

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from chengzhi.people.models import Account, Post, Unit
from chengzhi.people.problems import UnknownAccount, WrongUnit
from chengzhi.people.roles import roles
from chengzhi.places.models import District


def in_force(day: object, prefix: str = "") -> Q:
    """Rows of a dated table in force on a day: first and last day both count."""
    start, end = f"{prefix}valid_from", f"{prefix}valid_to"
    return Q(**{f"{start}__lte": day}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day}))


def districts_of(account: Account, on: datetime) -> list[District]:
    """The districts the account has a post in at this moment; all for the installation's own.

    Every page asks this: the statement is written out, for making it costs more than asking it.
    """
    if account.is_installation_administrator:
        return list(District.objects.defer(*_LARGE))
    return list(District.objects.raw(_districts_sql(), {"account": account.pk, "on": on}))


_LARGE = ("outline", "not_geocoded")


@cache
def _districts_sql() -> str:
    fields = [field for field in District._meta.concrete_fields if field.name not in _LARGE]
    return f"""
SELECT {", ".join(f'd."{field.column}"' for field in fields)} FROM places_district d
CROSS JOIN LATERAL (SELECT (%(on)s AT TIME ZONE d.zone)::date AS today) AS t
WHERE EXISTS (
  SELECT 1 FROM people_post p WHERE p.account_id = %(account)s AND p.district_id = d.id
    AND p.valid_from <= t.today AND (p.valid_to IS NULL OR p.valid_to >= t.today)
) ORDER BY d.id"""


def administrators(on: datetime) -> "models.QuerySet[Account]":
    """Active accounts that may manage accounts at this moment, somewhere. Demo accounts do not count."""
    held = Account.objects.filter(in_force(on.date(), "posts__"), posts__role="administrator")
    own = Account.objects.filter(is_installation_administrator=True)
    return (held | own).filter(is_active=True, demo=False).distinct()


def installation_is_open(on: datetime) -> bool:
    """Whether nobody can manage accounts yet, so that a first administrator must be invited."""
    return not administrators(on).exists()


def find_accounts(district_id: int, words: str, after: int, limit: int) -> list[Account]:
    """Accounts with a post in the district, newest first, below the key `after` (0: from the top).

    `words` looks in user name, name, unit and role; each row carries its posts of the district.
    """
    posts = Post.objects.filter(district_id=district_id).select_related("unit").order_by("valid_from", "id")
    rows = Account.objects.filter(posts__district_id=district_id).order_by("-pk").distinct()
    rows = rows.prefetch_related(models.Prefetch("posts", queryset=posts, to_attr="posts_here"))
    if words:
        named = {key for key, role in roles().items() if words in role.name or words in role.name_en.lower()}
        rows = rows.filter(
            Q(username__icontains=words)
            | Q(name__icontains=words)
            | Q(posts__unit__name__icontains=words)
            | Q(posts__role__in=named)
        )
    return list(rows.filter(pk__lt=after)[:limit] if after else rows[:limit])


def needs_second_factor(account: Account, on: datetime) -> bool:
    """Whether a district asks for a second factor for a role the account holds now.

    The district's setting is `settings["second_factor"]`; demo accounts never need one.
    """
    if account.demo:
        return False
    strict = [key for key, role in roles().items() if role.second_factor]
    held = Q(posts__account=account, posts__role__in=strict) & in_force(on.date(), "posts__")
    wanting = District.objects.filter(settings__second_factor=True)
    if account.is_installation_administrator and wanting.exists():
        return True
    return wanting.filter(held).exists()


def account_called(username: str) -> Account:
    """The account with this user name. Raises UnknownAccount."""
    account = Account.objects.filter(username=username).first()
    if account is None:
        raise UnknownAccount(
            _("There is no account “%(name)s”.") % {"name": username},
            "",
            _("“chengzhi account list” shows the accounts."),
        )
    return account


def unit_by_code(district_slug: str, code: str) -> Unit:
    """A unit in use, by its district's short name and its code. Raises WrongUnit."""
    unit = Unit.objects.filter(district__slug=district_slug, code=code, active=True).first()
    if unit is None:
        raise WrongUnit(
            _("District “%(district)s” has no unit “%(unit)s” in use.")
            % {"district": district_slug, "unit": code},
            _("Units come with the district pack or are added on the units page."),
            _("Check both short names."),
        )
    return unit
