"""Tests of DATABASE_URL against a real PostgreSQL 15."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.installation import Installation, wait_for

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
pytestmark = pytest.mark.postgres15


def _identity(folder: Path) -> dict[str, Any]:
    """PostgreSQL does not run as root: then it runs as nobody, in a folder of nobody's."""
    if os.geteuid() != 0:
        return {}
    os.chown(folder, 65534, 65534)
    return {"user": 65534, "group": 65534, "extra_groups": []}


@pytest.fixture
def server(open_folder: Path) -> Iterator[str]:
    """URL of a superuser on a PostgreSQL 15 of the test's own."""
    folder = open_folder / "server"
    folder.mkdir()
    identity = _identity(folder)
    data = folder / "data"
    make = [str(PROGRAMS / "initdb"), "-D", str(data), "-U", "root15", "--auth=trust", "-N", "-E", "UTF8"]
    subprocess.run([*make, "--locale=C"], check=True, capture_output=True, cwd="/", **identity)
    run = [str(PROGRAMS / "postgres"), "-D", str(data), "-c", "listen_addresses=", "-k", str(folder)]
    child = subprocess.Popen([*run, "-c", "fsync=off"], cwd="/", stderr=subprocess.DEVNULL, **identity)
    url = f"postgresql://root15@/postgres?host={folder}"
    wait_for(lambda: _answers(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE district")
    yield f"postgresql://root15@/district?host={folder}"
    child.terminate()
    child.wait(30)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


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
