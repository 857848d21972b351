"""Builds districts, units, accounts and posts as the pages and packs would."""

from datetime import UTC, date, datetime
from itertools import count

from chengzhi.people.actions import ensure_roles
from chengzhi.people.models import Account, Post, Unit
from chengzhi.places.models import District

NOON = datetime(2026, 4, 3, 4, 0, tzinfo=UTC)  # Friday noon in the sample district
PASSWORD = "a-long-enough-phrase-9"
_sequence = count(1)


def district(slug: str = "here", zone: str = "Asia/Shanghai") -> District:
    made = District.objects.create(
        slug=slug,
        name="示例区",
        name_en="Sample district",
        zone=zone,
        code_set="GB/T 30428.2-2013",
        min_lon=109.3,
        min_lat=24.2,
        max_lon=109.4,
        max_lat=24.4,
        outline={},
        pack_version="1",
        loaded_at=NOON,
    )
    ensure_roles(district_id=made.pk, since=date(2020, 1, 1))
    return made


def unit(district: District, code: str = "01", parent: Unit | None = None) -> Unit:
    return Unit.objects.create(
        district=district, code=code, name=f"单位{code}", name_en=f"Unit {code}", parent=parent, kind="squad"
    )


def account(username: str = "", **facts: object) -> Account:
    number = next(_sequence)
    made = Account(
        username=username or f"person{number}",
        name=f"人员{number}",
        email=f"person{number}@city.example",
        created_at=NOON,
        **facts,
    )
    made.set_password(PASSWORD)
    made.save()
    return made


def post(
    person: Account,
    district: District,
    role: str,
    at: Unit | None = None,
    since: date = date(2020, 1, 1),
    until: date | None = None,
) -> Post:
    at = at or Unit.objects.filter(district=district).first() or unit(district)
    return Post.objects.create(
        account=person, district=district, unit=at, role=role, valid_from=since, valid_to=until
    )
