"""Use the installation's database inside a `with` block: the embedded one or that of DATABASE_URL."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from chengzhi.database.cluster import Cluster
from chengzhi.database.connection import note_roles, role_url, uses_roles
from chengzhi.database.roles import DATABASE, ROLES, ensure_database, ensure_roles, password
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

OLDEST = 150000  # PostgreSQL 15: MERGE with our grants, UNIQUE NULLS NOT DISTINCT


class Unreachable(Problem):
    """The server named by DATABASE_URL does not answer."""

    code = "database.unreachable"
    status = 503


class TooOld(Problem):
    """The server named by DATABASE_URL is older than what we need."""

    code = "database.too_old"
    status = 500


@contextmanager
def open_database(
    home: Path, url: str, say: Callable[[str], None] = lambda _: None
) -> Iterator[Cluster | None]:
    """Have the database ready: server running, roles and database there.

    Yields the embedded cluster, or None with DATABASE_URL. An embedded server that this
    block started stops with it, unless others use it by then.
    """
    if url:
        prepare_given(home, url)
        yield None
        return
    cluster = Cluster(home, say=say)
    with cluster.lease():
        prepare_embedded(cluster)
        yield cluster


def prepare_embedded(cluster: Cluster) -> None:
    """Roles and database of a running embedded server; at once when nothing changed since."""
    home = cluster.home
    state = hashlib.sha256("".join(password(home, role) for role in ROLES).encode()).hexdigest()
    stamp = cluster.place.root / "prepared"
    if stamp.exists() and stamp.read_text(encoding="ascii") == state:
        return
    ensure_roles(cluster.superuser_dsn(), home)
    ensure_database(cluster.superuser_dsn())
    stamp.write_text(state, encoding="ascii")


def reach(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection to the server that DATABASE_URL names. Raises Unreachable or TooOld."""
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unreachable(
            _("The database server that DATABASE_URL names does not answer."),
            str(error).strip().splitlines()[-1],
            _("Check the address, the password and whether the server runs."),
        ) from error
    if connection.info.server_version < OLDEST:
        found = connection.info.server_version // 10000
        connection.close()
        raise TooOld(
            _("The database server is PostgreSQL %(major)s.", major=found),
            _("Chengzhi needs version 15 or later."),
            _("Upgrade the server, or unset DATABASE_URL to use the embedded one."),
        )
    return connection


def prepare_given(home: Path, url: str) -> None:
    """Check the version and have our roles on the server of DATABASE_URL where the account may.

    Roles that are there are ours when they take our passwords: a restored backup brings
    them. Those of another installation on that server are left alone.
    """
    with reach(url) as connection:
        if uses_roles(home):
            return
        if _roles_exist(connection):
            if not _are_ours(home, url):
                return
        elif _may_make_roles(connection):
            ensure_roles(url, home)
        else:
            return
        _open_to_roles(connection)
        note_roles(home, True)


def _roles_exist(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    taken = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES.values())])
    return taken.fetchone() is not None


def _are_ours(home: Path, url: str) -> bool:
    try:
        for role in ROLES:
            psycopg.connect(role_url(home, url, role), connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _may_make_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    """A superuser may, and who may create roles and hand on the rights of this database."""
    row = connection.execute(
        "SELECT rolsuper OR (rolcreaterole"
        " AND has_database_privilege(current_database(), 'CREATE WITH GRANT OPTION')"
        " AND has_schema_privilege('public', 'CREATE WITH GRANT OPTION'))"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def _open_to_roles(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    database = sql.Identifier(connection.info.dbname)
    for statement in (
        sql.SQL("GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {} TO chengzhi_owner").format(database),
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO chengzhi_app, chengzhi_sealer").format(database),
        sql.SQL("GRANT CREATE, USAGE ON SCHEMA public TO chengzhi_owner"),
        sql.SQL("GRANT USAGE ON SCHEMA public TO chengzhi_app, chengzhi_sealer"),
    ):
        connection.execute(statement)


__all__ = ["DATABASE", "TooOld", "Unreachable", "open_database", "prepare_embedded", "prepare_given", "reach"]
