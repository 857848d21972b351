"""Which of PostgreSQL's programs reads which server."""

from pathlib import Path

import pytest

from chengzhi.database.accounts import MAJOR, wheel_programs
from chengzhi.running.programs import ServerTooNew, environment, fitting, major_of
from tests.given_server import PROGRAMS

pytestmark = pytest.mark.postgres15


def test_a_program_states_its_version(tmp_path: Path) -> None:
    assert major_of(PROGRAMS / "pg_dump") == 15
    assert major_of(wheel_programs() / "pg_dump") == MAJOR
    assert major_of(tmp_path / "pg_dump") == 0


def test_the_first_that_is_new_enough_is_taken() -> None:
    both = [PROGRAMS, wheel_programs()]
    assert fitting("pg_dump", 15, both) == PROGRAMS / "pg_dump"
    assert fitting("pg_dump", 16, both) == wheel_programs() / "pg_dump"


def test_a_server_newer_than_every_program_is_refused_in_words() -> None:
    with pytest.raises(ServerTooNew) as caught:
        fitting("pg_dump", MAJOR, [PROGRAMS])
    assert caught.value.code == "backup.server_too_new"
    assert f"PostgreSQL {MAJOR}" in caught.value.what
    assert "15" in caught.value.why


def test_what_a_url_says_of_encryption_is_handed_on() -> None:
    url = "postgresql://who:word@db.example:6432/district?sslmode=verify-full&sslrootcert=/ca.pem"
    given = {key: value for key, value in environment(url).items() if key.startswith("PG")}
    assert given == {
        "PGHOST": "db.example", "PGPORT": "6432", "PGUSER": "who", "PGPASSWORD": "word",
        "PGDATABASE": "district", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/ca.pem",
    }  # fmt: skip
