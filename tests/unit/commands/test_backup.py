"""The backup drill: what was backed up is there again, in an empty home."""

import tarfile
from pathlib import Path

import psycopg

from chengzhi.database import connection_url
from tests.installation import Installation


def _note(connection: "psycopg.Connection[tuple[object, ...]]", step: str) -> None:
    connection.execute(
        "INSERT INTO ledger_entry (thing, thing_id, step, happened_at) VALUES ('case', 1, %s, now())", (step,)
    )


def _write_something(home: Installation) -> None:
    home.json("database", "start")
    with psycopg.connect(connection_url(home.home, "", "owner"), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO jobs_jobrun (kind, title, arguments, done, state, message, result, created_at)"
            " VALUES ('t', '占道经营 🚲', '{}', 0, 'done', '', '{}', now())"
        )
        _note(connection, "before")
    home.json("database", "stop")
    (home.home / "files" / "ab").mkdir()
    (home.home / "files" / "ab" / "photo.jpg").write_bytes(b"\xff\xd8photo")


def test_a_backup_restores_database_photos_and_keys(installation: Installation, open_folder: Path) -> None:
    _write_something(installation)
    file = open_folder / "district.backup"
    answer = installation.json("backup", str(file))
    assert (answer["postgresql"], answer["format"], file.stat().st_mode & 0o777) == (18, 1, 0o600)

    other = Installation(open_folder / "other")
    try:
        other.json("restore", str(file))
        other.json("database", "start")
        assert other.rows("SELECT title FROM jobs_jobrun") == [("占道经营 🚲",)]
        assert (other.home / "files" / "ab" / "photo.jpg").read_bytes() == b"\xff\xd8photo"
        key = "keys/secret_key"
        assert (other.home / key).read_text() == (installation.home / key).read_text()
        # The application's role came back with its limits, and every later table is open to it.
        assert other.rows(
            "SELECT has_table_privilege('chengzhi_app', 'jobs_jobrun', 'INSERT'),"
            " has_table_privilege('chengzhi_app', 'ledger_entry', 'UPDATE')"
        ) == [(True, False)]
        assert other.json("migrate") == {"applied": []}
    finally:
        other.close()


def test_the_record_goes_on_after_a_restore(installation: Installation, open_folder: Path) -> None:
    _write_something(installation)
    assert installation.json("ledger", "seal") == {"sealed": 1}
    installation.json("backup", str(open_folder / "b"))
    other = Installation(open_folder / "other")
    try:
        other.json("restore", str(open_folder / "b"))
        other.json("database", "start")
        with psycopg.connect(connection_url(other.home, "", "owner"), autocommit=True) as connection:
            _note(connection, "after")
        assert other.json("ledger", "seal") == {"sealed": 1}
        verdict = other.json("ledger", "verify")
        assert verdict == {"ok": True, "sealed": 2, "tail": 0, "first_bad": None}
    finally:
        other.close()


def test_a_file_that_reaches_outside_is_refused(installation: Installation, open_folder: Path) -> None:
    good, bad = open_folder / "good", open_folder / "bad"
    installation.json("backup", str(good))
    with tarfile.open(good) as source, tarfile.open(bad, "w") as target:
        for member in source:
            target.addfile(member, source.extractfile(member) if member.isfile() else None)
        target.addfile(tarfile.TarInfo("../outside"))
    other = Installation(open_folder / "other")
    try:
        assert other.json("restore", str(bad), status=1)["error"]["code"] == "restore.not_a_backup"
    finally:
        other.close()


def test_nothing_is_overwritten_and_force_moves_aside(installation: Installation, open_folder: Path) -> None:
    file = open_folder / "district.backup"
    installation.json("backup", str(file))
    refused = installation.json("restore", str(file), status=1)
    assert refused["error"]["code"] == "restore.not_empty"
    installation.json("restore", str(file), "--force")
    moved = sorted(path.name.split(".")[0] for path in installation.home.glob("*.replaced-*"))
    assert moved == ["files", "keys"]
    assert len(list((installation.home / "postgres-18").glob("data.replaced-*"))) == 1


def test_another_file_is_refused(open_folder: Path) -> None:
    file = open_folder / "letter.txt"
    file.write_text("not a backup")
    answer = Installation(open_folder / "home").json("restore", str(file), status=1)
    assert answer["error"]["code"] == "restore.not_a_backup"


def test_a_cut_off_backup_is_refused(installation: Installation, open_folder: Path) -> None:
    file = open_folder / "district.backup"
    installation.json("backup", str(file))
    file.write_bytes(file.read_bytes()[:20_000])
    answer = Installation(open_folder / "home").json("restore", str(file), status=1)
    assert answer["error"]["code"] in ("restore.not_a_backup", "backup.failed")
