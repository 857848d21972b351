"""Reads about accounts, units, posts and roles."""

from datetime import datetime

from django.db import models
from django.db.models import F, Func, Q

from chengzhi.people.models import Account
from chengzhi.places.models import District


class DayIn(Func):
    """The calendar day of a moment in a zone: `DayIn(on, F("zone"))`, as a date."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = models.DateField()


def in_force(day: object, prefix: str = "") -> Q:
    """Rows of a dated table in force on a day: first and last day both count."""
    start, end = f"{prefix}valid_from", f"{prefix}valid_to"
    return Q(**{f"{start}__lte": day}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": day}))


def districts_of(account: Account, on: datetime) -> list[District]:
    """The districts the account has a post in at this moment; all for the installation's own."""
    known = District.objects.defer("outline", "not_geocoded")
    if account.is_installation_administrator:
        return list(known)
    today = DayIn(models.Value(on), F("zone"))
    return list(
        known.annotate(today=today).filter(in_force(F("today"), "posts__"), posts__account=account).distinct()
    )
