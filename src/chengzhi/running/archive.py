"""One file that holds an installation: a tar with manifest, database dump, photos, keys.

manifest.json   version of the program and of PostgreSQL, when, which format
database.dump   pg_dump's custom format, with owners and grants
files/ keys/    as they lie in the home
"""

import importlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from chengzhi.database import MAJOR, Cluster, connection_url
from chengzhi.database.connection import uses_roles
from chengzhi.database.roles import DEFAULT_GRANTS, LATER_GRANTS
from chengzhi.database.session import prepare_embedded, prepare_given, reach
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.keys import prepare_home
from chengzhi.running.programs import fill, fitting, run

FORMAT = 1
FOLDERS = ("files", "keys")
# About one machine's server only; a restored home decides anew.
LEFT_OUT = ("keys/external_roles",)
# Secret ballots: a copy that outlives the count would outlive their secrecy (docs/ballot-threat-model.md).
LEFT_OUT_TABLES = ("appraisal_box_*", "appraisal_marks_*")


class NotABackup(Problem):
    """The file is not one that `chengzhi backup` wrote, or is cut off."""

    code = "restore.not_a_backup"


class TooNew(Problem):
    """The backup was written by a newer program or a newer PostgreSQL."""

    code = "restore.too_new"


class HomeNotEmpty(Problem):
    """An installation is where the backup should go."""

    code = "restore.not_empty"


def write_archive(file: Path, home: Path, url: str, *, bucket: str = "", on: datetime) -> dict[str, Any]:
    """Write the backup beside and rename it, so that a file of that name is complete.

    Returns what stands in its manifest; `bucket` names where the photos lie if not in the home.
    """
    # The owner reads every table; on a given server DATABASE_URL's own account may not.
    dsn = connection_url(home, url, "owner" if url else "superuser")
    major = _major(dsn)
    program = fitting("pg_dump", major)
    manifest = {
        "format": FORMAT, "chengzhi": version("chengzhi"), "postgresql": major,
        "made_at": on.isoformat(), "roles": not url or uses_roles(home), "bucket": bucket,
        "left_out": list(LEFT_OUT_TABLES),
    }  # fmt: skip
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(dir=home / "run") as folder:
        dump = Path(folder) / "database.dump"
        without = [f"--exclude-table={pattern}" for pattern in LEFT_OUT_TABLES]
        run(program, ["--format=custom", f"--file={dump}", *without], dsn)
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
    manifest = _read_manifest(file, url)
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
        _restore_database(Path(folder) / "database.dump", manifest, home, url, say)
    return manifest


def _unpack(tar: tarfile.TarFile, file: Path, folder: Path) -> None:
    """Files and folders below `folder` alone; Python before 3.11.4 has no filter for it."""
    for member in tar.getmembers():
        path = (folder / member.name).resolve()
        if not (member.isfile() or member.isdir()) or not path.is_relative_to(folder.resolve()):
            raise _not_a_backup(file)
    tar.extractall(folder)  # noqa: S202 -- every member was looked at above


def _restore_database(
    dump: Path, manifest: dict[str, Any], home: Path, url: str, say: Callable[[str], None]
) -> None:
    if url:
        prepare_given(home, url)
        _fill(dump, manifest, home, url)
        return
    cluster = Cluster(home, say=say)
    with cluster.lease():
        prepare_embedded(cluster)
        _fill(dump, manifest, home, url)


def _fill(dump: Path, manifest: dict[str, Any], home: Path, url: str) -> None:
    """Everything belongs to the owner role, or to the one account there is."""
    dsn = connection_url(home, url, "owner")
    apart, was_apart = not url or uses_roles(home), manifest.get("roles", True)
    # Rights of accounts that this server does not know are left behind.
    options = ["--no-owner"] + ([] if apart and was_apart else ["--no-privileges"])
    fill(dump, dsn, _major(dsn), options, written_by=manifest["postgresql"])
    if apart and not was_apart:
        _grant(dsn)
    _begin_era(dsn, url or connection_url(home, "", "superuser"))


def _grant(dsn: str) -> None:
    """Rights of tables that come from an installation with one account for everything."""
    ledger = importlib.import_module("chengzhi.ledger.migrations.0001_initial")
    with psycopg.connect(dsn) as connection:
        for statement in (*DEFAULT_GRANTS, *LATER_GRANTS, ledger.GRANTS):
            connection.execute(statement)


def _major(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        return connection.info.server_version // 10000


def _begin_era(owner: str, administrator: str) -> None:
    """Transaction numbers start again in a restored server: the record counts that as a new era."""
    with psycopg.connect(owner) as connection:
        row = connection.execute("SELECT coalesce(max(era), 0) + 1 FROM ledger_entry").fetchone()
        names = sql.Identifier(str(connection.info.dbname)), sql.Literal(str(row[0] if row else 1))
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} SET chengzhi.ledger_era = {}").format(*names))


def _read_manifest(file: Path, url: str) -> dict[str, Any]:
    try:
        with tarfile.open(file) as tar:
            names = {member.name for member in tar}
            note = tar.extractfile("manifest.json")
            manifest: dict[str, Any] = json.loads(note.read()) if note else {}
    except (tarfile.TarError, KeyError, ValueError, OSError) as error:
        raise _not_a_backup(file) from error
    if not {"database.dump", *FOLDERS} <= names or "format" not in manifest:
        raise _not_a_backup(file)
    if manifest["format"] > FORMAT or (manifest["postgresql"] > MAJOR and not url):
        raise TooNew(
            _(
                "The backup was written by Chengzhi %(version)s with PostgreSQL %(major)s.",
                version=manifest["chengzhi"],
                major=manifest["postgresql"],
            ),
            _("An older program cannot read what a newer one wrote."),
            _("Install that version or a later one."),
        )
    return manifest


def _not_a_backup(file: Path) -> NotABackup:
    return NotABackup(
        _("%(file)s is not a backup of Chengzhi, or it is cut off.", file=file),
        _("A backup holds manifest.json, database.dump, files/ and keys/."),
        _("Give the file that “chengzhi backup” wrote."),
    )


def _refuse_or_move(home: Path, url: str, *, force: bool, on: datetime) -> None:
    """Nothing is overwritten: an installation found here stays or is moved aside whole."""
    place = None if url else Cluster(home).place
    taken = bool(_has_tables(url)) if url else place is not None and (place.data / "PG_VERSION").exists()
    if not taken and not any((home / "files").iterdir()):
        return
    if not force or url:
        raise HomeNotEmpty(
            _("There is an installation in %(place)s already.", place="DATABASE_URL" if url else home),
            _("Restoring would replace it."),
            _(
                "Choose an empty CHENGZHI_HOME or an empty database, or move the present one aside with --force."
            ),
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
    with reach(url) as connection:
        row = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return row is not None
