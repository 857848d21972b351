"""What Django is told about the database, and the connection string a person may use."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from chengzhi.database.accounts import choose_place
from chengzhi.database.roles import DATABASE, ROLES, password
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.keys import secret


class BadDatabaseUrl(Problem):
    """DATABASE_URL does not name a PostgreSQL database."""

    code = "database.bad_url"
    status = 500


def django_database(home: Path, url: str, role: str, pool: dict[str, int] | None) -> dict[str, Any]:
    """The entry of settings.DATABASES for `role`; starts and connects nothing."""
    entry = _from_url(url) if url else _embedded(home)
    if not url or uses_roles(home):
        entry["USER"] = ROLES[role]
        entry["PASSWORD"] = password(home, role)
    entry["ENGINE"] = "django.db.backends.postgresql"
    # The pool gives connections out by itself; without it a process keeps its own.
    entry["CONN_MAX_AGE"] = 0 if pool else None
    # Each pooled connection is looked at when it is given out (database.pooling): after a restart of
    # the database nobody should meet the ones that died with it.
    entry["CONN_HEALTH_CHECKS"] = True
    if pool:
        entry.setdefault("OPTIONS", {})["pool"] = pool
    return entry


def uses_roles(home: Path) -> bool:
    """Whether our three roles were made on the server that DATABASE_URL names."""
    return (home / "keys" / "external_roles").exists()


def note_roles(home: Path, present: bool) -> None:
    """Remember whether the server of DATABASE_URL has our roles with our passwords."""
    marker = home / "keys" / "external_roles"
    if present:
        marker.touch(mode=0o600)
    else:
        marker.unlink(missing_ok=True)


def connection_url(home: Path, url: str, role: str) -> str:
    """A URL that psql and psycopg accept, for `owner`, `app`, `sealer` or `superuser`."""
    if url and (role == "superuser" or not uses_roles(home)):
        return url
    if url:
        return role_url(home, url, role)
    if role == "superuser":
        user, word = "postgres", secret(home, "database_superuser")
    else:
        user, word = ROLES[role], password(home, role)
    socket = quote(str(choose_place(home).socket), safe="")
    return f"postgresql://{user}:{word}@/{DATABASE}?host={socket}&port=5432"


def role_url(home: Path, url: str, role: str) -> str:
    """`url` as one of our own roles instead, whether or not the server knows it."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    # What the query says of the account would win over what stands before the host.
    query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] not in ("user", "password")])
    account = f"{ROLES[role]}:{password(home, role)}"
    # urlunsplit drops the empty "//" of a URL without host, but with an account it is not empty.
    return urlunsplit(parts._replace(netloc=f"{account}@{place}", query=query))


def _embedded(home: Path) -> dict[str, Any]:
    return {"NAME": DATABASE, "HOST": str(choose_place(home).socket), "PORT": "5432"}


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    name = unquote(parts.path.lstrip("/")) or query.pop("dbname", "")
    if parts.scheme not in ("postgres", "postgresql") or not name:
        raise BadDatabaseUrl(
            _("DATABASE_URL does not name a PostgreSQL database."),
            _("It must look like postgresql://user:password@host:5432/database."),
            _("Correct it, or unset it to use the embedded database."),
        )
    host = query.pop("host", "") or unquote(parts.hostname or "")
    port = query.pop("port", "") or str(parts.port or "")
    return {
        "NAME": name,
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": host,
        "PORT": port,
        "OPTIONS": query,
    }


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "dbname"]
    # urlunsplit drops the empty "//" of a URL without host; libpq needs it.
    return f"{parts.scheme}://{parts.netloc}/{quote(name)}" + (f"?{urlencode(query)}" if query else "")
