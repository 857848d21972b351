"""What is misconfigured, in plain words: `chengzhi check`.

Each finding has a stable id, what is wrong, why it matters and what to do. Errors mean the
installation does not do its duty; warnings mean a person should decide.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from chengzhi.database import choose_place
from chengzhi.database.connection import uses_roles
from chengzhi.environment import read_settings
from chengzhi.errors import Problem
from chengzhi.jobs.queries import worker_lives

ENOUGH_SPACE = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing found. `level` is error, warning or note."""

    id: str
    level: str
    what: str
    why: str
    cure: str


@dataclass(frozen=True)
class Surroundings:
    """What the checks look at, given from outside so that they can be tried."""

    home: Path
    values: dict[str, Any]
    on: datetime
    running: bool


Check = Callable[[Surroundings], Iterator[Finding]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Adds a check to the list."""
    CHECKS.append(function)
    return function


def find_all(around: Surroundings) -> list[Finding]:
    """Every finding, errors first."""
    found = [finding for one in CHECKS for finding in one(around)]
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda finding: (order[finding.level], finding.id))


def as_json(findings: list[Finding]) -> dict[str, Any]:
    """`ok` is false when any finding is an error."""
    return {
        "ok": all(finding.level != "error" for finding in findings),
        "findings": [asdict(finding) for finding in findings],
    }


@check
def keys_are_closed(around: Surroundings) -> Iterator[Finding]:
    """E001, E002: the keys exist and are readable by their owner only."""
    folder = around.home / "keys"
    for path in (folder, *sorted(folder.iterdir())):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(
                "chengzhi.E001",
                "error",
                _("%(path)s can be read by other accounts.") % {"path": path},
                _("Whoever has the keys can read reporters' data and forge seals."),
                _("Run: chmod %(mode)s %(path)s") % {"mode": "700" if path.is_dir() else "600", "path": path},
            )
    if not (folder / "secret_key").exists():
        yield Finding(
            "chengzhi.E002",
            "error",
            _("The key %(path)s is missing.") % {"path": folder / "secret_key"},
            _("Log-ins and links cannot be signed."),
            _("Restore the folder keys/ from a backup; `chengzhi up` makes it on a new installation."),
        )


@check
def database_is_as_it_should_be(around: Surroundings) -> Iterator[Finding]:
    """E003 to E006: reachable, new enough, migrated, roles apart."""
    from chengzhi.commands._migration import pending

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, current_user")
            version, user = cursor.fetchone() or (0, "")
    except DatabaseError as error:
        yield Finding(
            "chengzhi.E003",
            "error",
            _("The database does not answer."),
            str(error).strip(),
            _("Start it with `chengzhi up`, or correct DATABASE_URL."),
        )
        return
    if version < 150000:
        yield Finding(
            "chengzhi.E004",
            "error",
            _("The database is PostgreSQL %(major)s.") % {"major": version // 10000},
            _("Version 15 or later is needed."),
            _("Upgrade the server."),
        )
    waiting = pending()
    if waiting:
        yield Finding(
            "chengzhi.E005",
            "error",
            _("%(n)s changes of the tables are waiting.") % {"n": len(waiting)},
            _("The first is %(first)s.") % {"first": waiting[0]},
            _("Run `chengzhi migrate`."),
        )
    if around.values["DATABASE_URL"] and not uses_roles(around.home):
        yield Finding(
            "chengzhi.E006",
            "error",
            _("Everything runs as the database role %(user)s.") % {"user": user},
            _("The application could then change the ledger; owner, application and sealer must differ."),
            _("Give DATABASE_URL an account that may create roles for the first start."),
        )


@check
def ledger_is_protected(around: Surroundings) -> Iterator[Finding]:
    """E007: the application's role may not change what the ledger holds."""
    query = (
        "SELECT c.relname, p.name FROM pg_class c, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS p(name)"
        " WHERE c.relname = ANY(%s) AND has_table_privilege('chengzhi_app', c.oid, p.name)"
        " AND EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'chengzhi_app') ORDER BY 1, 2"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'chengzhi_app'")
            if cursor.fetchone() is None:
                return
            cursor.execute(query, [["ledger_entry", "ledger_seal", "seals"]])
            rights = cursor.fetchall()
    except DatabaseError:
        return  # E003 says so
    for table, right in rights:
        yield Finding(
            "chengzhi.E007",
            "error",
            _("The application may %(right)s on %(table)s.") % {"right": right, "table": table},
            _("History must be append-only even for the program itself."),
            _("As the owner role run: REVOKE %(right)s ON %(table)s FROM chengzhi_app")
            % {"right": right, "table": table},
        )


@check
def data_lie_where(around: Surroundings) -> Iterator[Finding]:
    """N001: data that lie outside the home are named."""
    if around.values["DATABASE_URL"]:
        return
    place = choose_place(around.home)
    if place.elsewhere:
        yield Finding(
            "chengzhi.N001",
            "note",
            _("The database lies in %(place)s, outside %(home)s.")
            % {"place": place.root, "home": around.home},
            _("Its server runs as %(account)s, which may not enter that folder.")
            % {"account": place.account.name if place.account else _("another account")},
            _("Include that folder when the machine is copied; `chengzhi backup` holds everything anyway."),
        )


@check
def debug_is_off(around: Surroundings) -> Iterator[Finding]:
    """E008: error details are not shown to strangers."""
    if around.values["CHENGZHI_DEBUG"]:
        yield Finding(
            "chengzhi.E008",
            "error",
            _("CHENGZHI_DEBUG is on."),
            _("Error pages then show settings and data to anybody."),
            _("Unset CHENGZHI_DEBUG."),
        )


@check
def demo_passwords_stay_here(around: Surroundings) -> Iterator[Finding]:
    """E009: accounts with known passwords exist on loopback only."""
    from chengzhi.people.models import Account

    outside = [host for host in around.values["CHENGZHI_ALLOWED_HOSTS"] if not _is_local(host)]
    if not outside and not around.values["CHENGZHI_PUBLIC_URL"]:
        return
    try:
        count = Account.objects.filter(demo=True, is_active=True).count()
    except DatabaseError:
        return
    if count:
        yield Finding(
            "chengzhi.E009",
            "error",
            _("%(n)s demo accounts can log in and the site is open to others.") % {"n": count},
            _("Their password is printed at every start."),
            _("Deactivate them on the accounts page, or use a fresh home with `chengzhi up --no-demo`."),
        )


@check
def public_map_has_its_approval(around: Surroundings) -> Iterator[Finding]:
    """W001: the public map stays off in China without an approval number or Tianditu."""
    if not (around.values["CHENGZHI_MAP_APPROVAL"] or around.values["CHENGZHI_TIANDITU_KEY"]):
        yield Finding(
            "chengzhi.W001",
            "warning",
            _("The public map of Chinese districts is off."),
            _(
                "A map shown to the public needs an approval number (审图号) or Tianditu as its source "
                "(地图管理条例)."
            ),
            _("Set CHENGZHI_MAP_APPROVAL or CHENGZHI_TIANDITU_KEY."),
        )


@check
def nothing_goes_abroad_unnoticed(around: Surroundings) -> Iterator[Finding]:
    """W002: storage, mail and tiles of another operator may lie in another country."""
    if around.values["CHENGZHI_OUTSIDE_COUNTRY"]:
        return
    names = ("CHENGZHI_S3_ENDPOINT", "CHENGZHI_SMTP_URL", "CHENGZHI_TILES_URL")
    for name in names:
        host = urlsplit(around.values[name]).hostname or ""
        if host and not _is_local(host) and not host.endswith((".cn", ".internal", ".local")):
            yield Finding(
                "chengzhi.W002",
                "warning",
                _("%(name)s names %(host)s.") % {"name": name, "host": host},
                _("Personal data may leave the country there, which needs its own legal ground."),
                _(
                    "Use a service inside the country, or set CHENGZHI_OUTSIDE_COUNTRY=1 to state it is known."
                ),
            )


@check
def assets_are_built(around: Surroundings) -> Iterator[Finding]:
    """E010: map and icons were built into the package."""
    vendor = settings.PACKAGE / "web" / "static" / "vendor"
    if not (vendor / "packages.json").exists():
        yield Finding(
            "chengzhi.E010",
            "error",
            _("The third-party browser files in %(folder)s are missing.") % {"folder": vendor},
            _("Pages then show no map and no icons."),
            _("In a checkout run `python hatch_build.py`; else install the wheel again."),
        )


@check
def photos_can_be_stored(around: Surroundings) -> Iterator[Finding]:
    """E011: the bucket for photos is there and this installation may use it."""
    name = around.values["CHENGZHI_S3_BUCKET"]
    if not name:
        return
    try:
        from chengzhi.files.bucket import bucket_vault

        bucket_vault(name, around.values["CHENGZHI_S3_ENDPOINT"]).check()
    except ImportError:
        why = "The S3 client is missing: install chengzhi[s3]."
    except Problem as problem:
        why = f"{problem.what} {problem.why}"
    else:
        return
    yield Finding(
        "chengzhi.E011",
        "error",
        _("The bucket %(name)s for photos cannot be used.") % {"name": name},
        why,
        _(
            "Correct CHENGZHI_S3_BUCKET, CHENGZHI_S3_ENDPOINT, AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY or AWS_DEFAULT_REGION."
        ),
    )


@check
def worker_gives_signs_of_life(around: Surroundings) -> Iterator[Finding]:
    """W003: a worker lives while the site runs."""
    if not around.running:
        return
    try:
        lives = worker_lives(on=around.on)
    except DatabaseError:
        return
    if not lives:
        yield Finding(
            "chengzhi.W003",
            "warning",
            _("No worker has been heard of for 20 seconds."),
            _("Imports, messages, seals and figures wait for it."),
            _("See %(log)s; `chengzhi up` starts one.") % {"log": around.home / "logs" / "worker.log"},
        )


@check
def there_is_space(around: Surroundings) -> Iterator[Finding]:
    """W004: free space for photos and the database."""
    folders = {around.home}
    if not around.values["DATABASE_URL"]:
        folders.add(choose_place(around.home).root)
    for folder in sorted(folders):
        free = shutil.disk_usage(folder).free
        if free < ENOUGH_SPACE:
            yield Finding(
                "chengzhi.W004",
                "warning",
                _("Only %(free)s GB are free at %(folder)s.")
                % {"free": f"{free / 1024**3:.1f}", "folder": folder},
                _("A full disk stops reports from being accepted."),
                _("Make room, or move the home to a larger disk."),
            )


@check
def branch_part_is_off(around: Surroundings) -> Iterator[Finding]:
    """N003: an instance without the branch part says so."""
    if not around.values["CHENGZHI_BRANCH"]:
        yield Finding(
            "chengzhi.N003",
            "note",
            _("The branch part is off here."),
            _("CHENGZHI_BRANCH is 0: its pages answer “not found” and stand in no menu."),
            _("Set CHENGZHI_BRANCH=1 on the internal instance."),
        )


def _is_local(host: str) -> bool:
    return host.strip("[]") in ("localhost", "127.0.0.1", "::1", "testserver")


def surroundings(*, on: datetime, running: bool) -> Surroundings:
    """Those of this process."""
    return Surroundings(settings.HOME, read_settings(os.environ), on, running)
