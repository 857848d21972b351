"""Bring the tables up to date, once even when several starts come together."""

import os
import subprocess
import sys
from pathlib import Path

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

# Any constant: two starts on one database meet in this lock.
LOCK = 0x4D494752


class MigrationFailed(Problem):
    """The tables could not be brought up to date."""

    code = "database.migration_failed"
    status = 500


def pending() -> list[str]:
    """Migrations on disk that the database has not seen, as `app.name`; cheap when there are none."""
    from django.apps import apps
    from django.db import DatabaseError, connection

    known: set[tuple[str, str]] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        row = cursor.fetchone()
        if row and row[0]:
            try:
                cursor.execute("SELECT app, name FROM django_migrations")
                known = {(app, name) for app, name in cursor.fetchall()}
            except DatabaseError:
                known = set()
    return [
        f"{config.label}.{path.stem}"
        for config in apps.get_app_configs()
        for path in sorted((Path(config.path) / "migrations").glob("[0-9]*.py"))
        if (config.label, path.stem) not in known
    ]


def migrate() -> list[str]:
    """Apply what is pending, as the owner role; returns what was applied."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        todo = pending()
        if todo:
            call_command("migrate", interactive=False, verbosity=0)
        return todo
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def migrate_in_child() -> None:
    """The same from a process that itself runs as the application's role."""
    environment = os.environ | {"CHENGZHI_DATABASE_ROLE": "owner"}
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", "migrate"],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MigrationFailed(
            _("The tables could not be brought up to date."),
            done.stderr.strip()[-800:],
            _("Restore the latest backup, or run “chengzhi migrate” to see the whole message."),
        )
