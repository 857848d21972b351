"""One file that holds an installation: a tar with manifest, database dump, photos, keys.

manifest.json   version of the program and of PostgreSQL, when, which format
database.dump   pg_dump's custom format, with owners and grants
files/ keys/    as they lie in the home
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from chengzhi.database import Cluster, connection_url
from chengzhi.database.accounts import MAJOR, wheel_programs
from chengzhi.database.roles import DATABASE
from chengzhi.database.session import prepare_embedded
from chengzhi.errors import Problem
from chengzhi.keys import prepare_home

FORMAT = 1
FOLDERS = ("files", "keys")
# About one machine's server only; a restored home decides anew.
LEFT_OUT = ("keys/external_roles",)


class BackupFailed(Problem):
    """pg_dump or pg_restore ended with an error."""

    code = "backup.failed"
    status = 500


class NotABackup(Problem):
    """The file is not one that `chengzhi backup` wrote, or is cut off."""

    code = "restore.not_a_backup"


class TooNew(Problem):
    """The backup was written by a newer program or a newer PostgreSQL."""

    code = "restore.too_new"


class HomeNotEmpty(Problem):
    """An installation is where the backup should go."""

    code = "restore.not_empty"


def write_archive(file: Path, home: Path, url: str, *, on: datetime) -> dict[str, Any]:
    """Write the backup beside and rename it, so that a file of that name is complete."""
    dsn = connection_url(home, url, "superuser")
    with psycopg.connect(dsn) as connection:
        major = connection.info.server_version // 10000
    manifest = {"format": FORMAT, "chengzhi": version("chengzhi"), "postgresql": major}
    manifest["made_at"] = on.isoformat()
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=home / "run") as folder:
        dump = Path(folder) / "database.dump"
        _run(["pg_dump", "--format=custom", f"--file={dump}"], dsn)
        note = Path(folder) / "manifest.json"
        note.write_text(json.dumps(manifest), encoding="utf-8")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w") as tar:
                tar.add(note, "manifest.json")
                tar.add(dump, "database.dump")
                for name in FOLDERS:
                    tar.add(home / name, name, filter=_kept)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    return manifest


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if member.name in LEFT_OUT else member


def read_archive(
    file: Path,
    home: Path,
    url: str,
    *,
    force: bool,
    on: datetime,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Restore into an empty home; with `force` what is there is moved aside first."""
    manifest = _read_manifest(file)
    prepare_home(home)
    _refuse_or_move(home, url, force=force, on=on)
    with tempfile.TemporaryDirectory(dir=home / "run") as folder:
        with tarfile.open(file) as tar:
            _unpack(tar, file, Path(folder))
        for name in FOLDERS:
            shutil.rmtree(home / name, ignore_errors=True)
            (Path(folder) / name).rename(home / name)
            (home / name).chmod(0o700)
        for key in (home / "keys").iterdir():
            key.chmod(0o600)
        _restore_database(Path(folder) / "database.dump", home, url, say)
    return manifest


def _unpack(tar: tarfile.TarFile, file: Path, folder: Path) -> None:
    """Files and folders below `folder` alone; Python before 3.11.4 has no filter for it."""
    for member in tar.getmembers():
        path = (folder / member.name).resolve()
        if not (member.isfile() or member.isdir()) or not path.is_relative_to(folder.resolve()):
            raise _not_a_backup(file)
    tar.extractall(folder)  # noqa: S202 -- every member was looked at above


def _restore_database(dump: Path, home: Path, url: str, say: Callable[[str], None]) -> None:
    command = ["pg_restore", "--exit-on-error", str(dump)]
    if url:
        _run([*command, "--no-owner", "--no-privileges", f"--dbname={_name(url)}"], url)
        _begin_era(url)
        return
    cluster = Cluster(home, say=say)
    with cluster.lease():
        prepare_embedded(cluster)
        _run([*command, f"--dbname={DATABASE}"], connection_url(home, "", "superuser"))
        _begin_era(connection_url(home, "", "superuser"))


def _begin_era(url: str) -> None:
    """Transaction numbers start again in a restored server: the record counts that as a new era."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT coalesce(max(era), 0) + 1 FROM ledger_entry").fetchone()
        statement = "ALTER DATABASE {} SET chengzhi.ledger_era = {}"
        names = sql.Identifier(str(connection.info.dbname)), sql.Literal(str(row[0] if row else 1))
        connection.execute(sql.SQL(statement).format(*names))


def _read_manifest(file: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            names = {member.name for member in tar}
            note = tar.extractfile("manifest.json")
            manifest: dict[str, Any] = json.loads(note.read()) if note else {}
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        raise _not_a_backup(file) from error
    if not {"database.dump", *FOLDERS} <= names or "format" not in manifest:
        raise _not_a_backup(file)
    if manifest["format"] > FORMAT or manifest["postgresql"] > MAJOR:
        raise TooNew(
            f"The backup was written by Chengzhi {manifest['chengzhi']} with PostgreSQL "
            f"{manifest['postgresql']}.",
            "An older program cannot read what a newer one wrote.",
            "Install that version or a later one.",
        )
    return manifest


def _not_a_backup(file: Path) -> NotABackup:
    return NotABackup(
        f"{file} is not a backup of Chengzhi, or it is cut off.",
        "A backup holds manifest.json, database.dump, files/ and keys/.",
        "Give the file that `chengzhi backup` wrote.",
    )


def _refuse_or_move(home: Path, url: str, *, force: bool, on: datetime) -> None:
    """Nothing is overwritten: an installation found here stays or is moved aside whole."""
    place = None if url else Cluster(home).place
    taken = bool(_has_tables(url)) if url else place is not None and (place.data / "PG_VERSION").exists()
    if not taken and not any((home / "files").iterdir()):
        return
    if not force or url:
        raise HomeNotEmpty(
            f"There is an installation in {home if not url else 'the database of DATABASE_URL'} already.",
            "Restoring would replace it.",
            "Choose an empty CHENGZHI_HOME or an empty database, or move the present one aside with --force.",
        )
    cluster = Cluster(home)
    cluster.stop()
    mark = on.strftime("%Y%m%d-%H%M%S")
    if place is not None and place.data.exists():
        place.data.rename(place.data.with_name(f"data.replaced-{mark}"))
    for name in FOLDERS:
        (home / name).rename(home / f"{name}.replaced-{mark}")
    prepare_home(home)


def _has_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return row is not None


def _name(url: str) -> str:
    return str(conninfo_to_dict(url).get("dbname") or "")


def _run(command: list[str], dsn: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by environment, where `ps` shows nothing."""
    parts = conninfo_to_dict(dsn)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    given = {names[key]: str(value) for key, value in parts.items() if key in names}
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    done = subprocess.run(
        [str(wheel_programs() / command[0]), *command[1:]],
        env=kept | given | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupFailed(
            f"{command[0]} ended with an error.",
            done.stderr.strip()[-800:],
            "Check the free space and run `chengzhi check`.",
        )
