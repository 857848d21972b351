"""Tests of `chengzhi check`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chengzhi.checks import CHECKS, Surroundings, find_all
from chengzhi.environment import read_settings
from chengzhi.keys import prepare_home, secret
from tests.installation import Installation

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def _ids(home: Path, **given: str) -> list[str]:
    values = read_settings({"CHENGZHI_HOME": str(home), "DATABASE_URL": "postgresql:///elsewhere", **given})
    return [finding.id for finding in find_all(Surroundings(home, values, NOON, running=False))]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    secret(prepare_home(tmp_path / "home"), "secret_key")
    return tmp_path / "home"


@pytest.mark.django_db
def test_each_misconfiguration_has_its_id(home: Path) -> None:
    plain = _ids(home)
    assert "chengzhi.E001" not in plain
    assert "chengzhi.W001" in plain
    (home / "keys" / "secret_key").chmod(0o644)
    assert set(_ids(home, CHENGZHI_DEBUG="1", CHENGZHI_MAP_APPROVAL="GS(2026)1号")) - set(plain) == {
        "chengzhi.E001", "chengzhi.E008",
    }  # fmt: skip
    assert "chengzhi.W001" not in _ids(home, CHENGZHI_MAP_APPROVAL="GS(2026)1号")


@pytest.mark.django_db
def test_a_missing_key_is_an_error(home: Path) -> None:
    (home / "keys" / "secret_key").unlink()
    assert "chengzhi.E002" in _ids(home)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value", "warned"),
    [
        ("CHENGZHI_SMTP_URL", "smtp://mail.example.com", True),
        ("CHENGZHI_SMTP_URL", "smtp://localhost", False),
        ("CHENGZHI_TILES_URL", "https://tiles.example.cn/{z}/{x}/{y}", False),
        ("CHENGZHI_S3_ENDPOINT", "https://s3.example.com", True),
    ],
)
def test_services_abroad_are_named(home: Path, name: str, value: str, warned: bool) -> None:
    assert ("chengzhi.W002" in _ids(home, **{name: value})) is warned
    assert "chengzhi.W002" not in _ids(home, **{name: value, "CHENGZHI_OUTSIDE_COUNTRY": "1"})


def test_every_check_documents_its_ids() -> None:
    assert [check.__name__ for check in CHECKS if (check.__doc__ or "")[:1] not in "EWN"] == []


def test_the_command_prints_one_line_and_fails_on_an_error(installation: Installation) -> None:
    assert installation.json("check")["ok"] is True
    (installation.home / "keys" / "secret_key").chmod(0o644)
    answer = installation.json("check", status=1)
    assert (answer["ok"], answer["error"]["code"]) == (False, "chengzhi.E001")
    assert answer["error"]["cure"].startswith("Run: chmod 600 ")
