"""Tests of the generated secrets."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chengzhi.keys import prepare_home, secret


def test_a_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = secret(home, "secret_key")
    assert (len(first), secret(home, "secret_key")) == (64, first)
    assert (home / "keys" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (home / "keys").stat().st_mode & 0o777 == 0o700


def test_two_that_start_together_read_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret(tmp_path / "home", "field_key"), range(64)))
    assert len(found) == 1


def test_permissions_of_an_existing_folder_are_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o750)
    prepare_home(home)
    assert home.stat().st_mode & 0o777 == 0o750
