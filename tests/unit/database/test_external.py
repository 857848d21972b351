"""Tests of DATABASE_URL against a real PostgreSQL 15."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.given_server import GivenServer
from tests.installation import Installation

pytestmark = pytest.mark.postgres15


@pytest.fixture
def given(open_folder: Path) -> Iterator[GivenServer]:
    server = GivenServer(open_folder / "server").start()
    yield server
    server.stop()


@pytest.fixture
def server(given: GivenServer) -> str:
    """URL of a superuser on a PostgreSQL 15 of the test's own."""
    return given.make_database("district")


def test_a_given_server_gets_tables_and_separate_roles(server: str, open_folder: Path) -> None:
    home = Installation(open_folder / "home")
    done = home.command("migrate", "--json", DATABASE_URL=server)
    assert done.returncode == 0, done.stderr
    with psycopg.connect(server) as connection:
        assert connection.info.server_version // 10000 == 15
        found = connection.execute(
            "SELECT tableowner, has_table_privilege('chengzhi_app', 'jobs_jobrun', 'INSERT'),"
            " has_table_privilege('chengzhi_app', 'ledger_entry', 'DELETE')"
            " FROM pg_tables WHERE tablename = 'jobs_jobrun'"
        ).fetchone()
    assert found == ("chengzhi_owner", True, False)
    assert not (open_folder / "home" / "postgres-18").exists()


def test_its_url_is_that_of_the_wanted_role(server: str, open_folder: Path) -> None:
    home = Installation(open_folder / "home")
    home.command("migrate", DATABASE_URL=server)
    done = home.command("database", "url", "--role", "app", DATABASE_URL=server)
    with psycopg.connect(done.stdout.strip()) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == (
            "chengzhi_app",
            "district",
        )


def test_a_server_that_does_not_answer_is_named(open_folder: Path) -> None:
    home = Installation(open_folder / "home")
    done = home.command("migrate", "--json", DATABASE_URL=f"postgresql:///none?host={open_folder}")
    assert done.returncode == 1
    assert '"database.unreachable"' in done.stdout


def test_an_account_that_may_only_make_roles_is_enough(given: GivenServer, open_folder: Path) -> None:
    given.make_account("bureau", "CREATEROLE")
    home = Installation(open_folder / "home", url=given.make_database("district", "bureau"))
    assert len(home.json("migrate")["applied"]) > 50
    assert home.rows("SELECT tableowner FROM pg_tables WHERE tablename = 'jobs_jobrun'") == [
        ("chengzhi_owner",)
    ]
    rights = (
        "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'chengzhi%%'"
    )
    assert {row[1:] for row in home.rows(rights)} == {(False, False, False)}
    assert home.json("ledger", "verify")["ok"] is True


def test_roles_of_another_installation_are_left_alone(given: GivenServer, open_folder: Path) -> None:
    first = Installation(open_folder / "first", url=given.make_database("one"))
    second = Installation(open_folder / "second", url=given.make_database("two"))
    first.json("migrate")
    second.json("migrate")
    assert second.rows("SELECT tableowner FROM pg_tables WHERE tablename = 'jobs_jobrun'") == [("root15",)]
    answer = second.json("check", status=1)
    assert answer["error"]["code"] == "chengzhi.E006"
    # The first one's passwords still work.
    url = first.json("database", "url", "--role", "sealer")["url"]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("chengzhi_sealer",)
