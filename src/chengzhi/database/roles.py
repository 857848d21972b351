"""The three roles of an installation, and the database they share.

owner   migrates and owns every table
app     web and worker; may not change or delete what the ledger holds
sealer  writes seals only

The owner may become the other two (SET ROLE), which the tests of the grants use.
"""

from pathlib import Path

import psycopg
from psycopg import sql

from chengzhi.keys import secret

DATABASE = "chengzhi"
ROLES = {"owner": "chengzhi_owner", "app": "chengzhi_app", "sealer": "chengzhi_sealer"}


def password(home: Path, role: str) -> str:
    """The generated password of `owner`, `app` or `sealer`."""
    return secret(home, f"database_{role}")


def ensure_roles(dsn: str, home: Path, *, may_create_databases: bool = False) -> None:
    """Make the roles and their passwords as they should be.

    `dsn` is of a superuser, or of an account that may create roles while ours are not there.
    Repeatable. A restored backup brings its own keys, so passwords are always set.
    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        powers = _powers(connection)
        for role, name in ROLES.items():
            if name not in known:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
            makes = may_create_databases and role == "owner"
            connection.execute(
                sql.SQL("ALTER ROLE {} LOGIN {} PASSWORD {}").format(
                    sql.Identifier(name),
                    sql.SQL(powers.format("CREATEDB" if makes else "NOCREATEDB")),
                    sql.Literal(password(home, role)),
                )
            )
        connection.execute("GRANT chengzhi_app, chengzhi_sealer TO chengzhi_owner")


def _powers(connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    """What else is set of a role. Only a superuser may speak of it; a new role has no power anyway."""
    row = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return "NOSUPERUSER NOCREATEROLE {}" if row and row[0] else ""


def ensure_database(dsn: str, name: str = DATABASE) -> bool:
    """Make the database, owned by the owner role; returns whether it was missing."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is not None:
            return False
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER chengzhi_owner ENCODING 'UTF8' TEMPLATE template0").format(
                sql.Identifier(name)
            )
        )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO chengzhi_app, chengzhi_sealer").format(
                sql.Identifier(name)
            )
        )
        return True


# What the app may do with tables made later. The ledger's own migration takes back
# UPDATE, DELETE and TRUNCATE on its tables.
DEFAULT_GRANTS = (
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chengzhi_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO chengzhi_app",
    "GRANT USAGE ON SCHEMA public TO chengzhi_app, chengzhi_sealer",
)
# The same for tables that are there already, from an installation without roles.
LATER_GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO chengzhi_app",
    "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO chengzhi_app",
)
