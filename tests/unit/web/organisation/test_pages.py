"""The pages of the organisation: members see their bodies, others are told kindly, names stay inside."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengzhi.branch.organisation.models import BodyRole, Duty
from chengzhi.branch.organisation.packs import load_branch, read_branch
from tests.unit.branch.house import House, house

COUNCIL = Path(__file__).resolve().parents[4] / "tests" / "data" / "works-council"
SAMPLE = Path(__file__).resolve().parents[4] / "packs" / "sample"
UNITS = {"bureau", "squad-1", "squad-2", "patrol", "command", "sanitation"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> House:
    return house()


def signed_in(account: Any, language: str = "en") -> Client:
    client = Client()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["language"] = language
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_secretary_sees_his_body_and_his_duties_and_a_member_none(made: House) -> None:
    Duty.objects.create(district=made.town.district, pack="party", key="D-1", role="secretary", body_kinds=["branch"],
                        name="召集会议", name_en="Convene the meeting", every="year", due="12-31")  # fmt: skip
    page = text(signed_in(made.accounts["书记"]).get("/branch/"))
    assert "第一支部" in page
    assert "Convene the meeting" in page
    assert "Convene the meeting" not in text(signed_in(made.accounts["甲"]).get("/branch/"))


def test_who_is_in_no_body_sees_a_friendly_page_and_no_name(made: House) -> None:
    client = signed_in(made.town.accounts["dispatcher"])
    page = text(client.get("/branch/"))
    assert "You are in no body" in page
    assert "第一支部" not in page
    assert client.get("/branch/bodies/01/").status_code == 404


def test_a_body_shows_names_standing_and_roles_to_its_members_only(made: House) -> None:
    page = text(signed_in(made.accounts["甲"]).get("/branch/bodies/01/"))
    assert "预备" in page
    assert "probationary" in page
    assert "Discipline member" in page
    assert signed_in(made.accounts["庚"]).get("/branch/bodies/01/").status_code == 404


def test_the_tree_opens_only_ones_own_bodies_and_shows_ended_ones_on_demand(made: House) -> None:
    made.second.valid_to = date(2026, 1, 1)
    made.second.save()
    client = signed_in(made.accounts["甲"])
    assert "第二支部" not in text(client.get("/branch/tree/"))
    page = text(client.get("/branch/tree/?all=1"))
    assert "第二支部" in page
    assert "/branch/bodies/01/" in page
    assert "/branch/bodies/02/" not in page


def test_a_role_that_ended_shows_no_duty(made: House) -> None:
    Duty.objects.create(district=made.town.district, pack="party", key="D-1", role="secretary", body_kinds=["branch"],
                        name="召集会议", name_en="Convene the meeting", every="year")  # fmt: skip
    BodyRole.objects.filter(member=made.members["书记"]).update(valid_to=date(2026, 1, 1))
    assert "Convene the meeting" not in text(signed_in(made.accounts["书记"]).get("/branch/"))


def test_rules_say_how_far_they_were_seen_in_both_languages(made: House) -> None:
    client = signed_in(made.accounts["甲"])
    assert "No rule yet" in text(client.get("/branch/rules/"))
    for folder in (SAMPLE, COUNCIL):
        rows = read_branch(folder, UNITS)
        assert rows is not None
        load_branch(rows, made.town.district, today=timezone.localdate(), since=date(2025, 1, 1))
    page = text(client.get("/branch/rules/"))
    assert "B-04" in page
    assert "W-02" in page
    assert "seen in a secondary page only" in page
    assert "Quorum for a vote of the assembly" in page
    chinese = text(signed_in(made.accounts["甲"], "zh-hans").get("/branch/rules/"))
    assert "党员大会表决的到会人数" in chinese
