"""A newer release offers its new permissions to older districts once, and takes nothing back."""

from datetime import date

import pytest

from chengzhi.people.actions import OFFERED, ensure_roles
from chengzhi.people.models import RolePermission
from tests.unit.cases.town import LONG_AGO, Town, build

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def town() -> Town:
    return build()


def held(town: Town, permission: str) -> set[str]:
    rows = RolePermission.objects.filter(district=town.district, permission=permission)
    return set(rows.values_list("role", flat=True))


def older(town: Town, *, kept_note: bool) -> None:
    """The district as a release left it that knew no registers."""
    RolePermission.objects.filter(district=town.district, permission="register.view").delete()
    town.district.refresh_from_db()
    offered = [one for one in town.district.settings[OFFERED] if one != "register.view"]
    town.district.settings.pop(OFFERED)
    if kept_note:
        town.district.settings[OFFERED] = offered
    town.district.save()


@pytest.mark.parametrize("kept_note", [True, False], ids=["noted", "of before there was a note"])
def test_an_older_district_is_offered_what_is_new(town: Town, kept_note: bool) -> None:
    older(town, kept_note=kept_note)
    assert ensure_roles(district_id=town.district.pk, since=TODAY) > 0
    assert "inspector" in held(town, "register.view")
    assert RolePermission.objects.filter(permission="register.view", valid_from=TODAY).exists()
    assert ensure_roles(district_id=town.district.pk, since=TODAY) == 0


def test_what_an_administrator_took_away_stays_away(town: Town) -> None:
    RolePermission.objects.filter(district=town.district, permission="case.bulk").delete()
    assert ensure_roles(district_id=town.district.pk, since=LONG_AGO) == 0
    assert held(town, "case.bulk") == set()


def test_a_loaded_pack_keeps_the_note() -> None:
    from datetime import UTC, datetime

    from chengzhi.people.actor import Actor
    from chengzhi.people.permissions import ALL
    from chengzhi.pipeline.packs import load_pack, pack_folders
    from chengzhi.places.models import District

    folder = next(one for one in pack_folders() if one.name == "sample")
    load_pack(folder, by=Actor.system(), on=datetime(2026, 11, 23, tzinfo=UTC))
    assert set(District.objects.get(slug="sample").settings[OFFERED]) == ALL
