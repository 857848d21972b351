"""Runs the one statement of the hot path as a statement the server has prepared.

Django binds parameters in the client and prepares nothing: for one statement of some seventy
parameters the client then spends a fifth of its time on quoting and the server plans anew
each time. Here names become `$1::type`, each occurrence its own parameter, once per text.
"""

import re
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection

from chengzhi.cases.birth import Statement
from chengzhi.cases.models import Case

# How often a text is run on a connection before the server keeps its plan.
THRESHOLD = 2
_NAMED = re.compile(r"%\((\w+)\)s(?!::)|%\((\w+)\)s(?=::)")
_OTHERS = {
    "actor_id": "bigint",
    "district_id": "smallint",
    "on": "timestamptz",
    "width": "integer",
}


@lru_cache(maxsize=1)
def _types() -> dict[str, str]:
    """Parameter name → SQL type: of the case's column of that name, else text."""
    columns = {field.column: field.db_type(connection) or "text" for field in Case._meta.concrete_fields}
    # A cast to varchar(n) would cut silently; without n the column itself refuses.
    return {str(name): re.sub(r"\(\d.*\)", "", kind) for name, kind in columns.items()} | _OTHERS


@lru_cache(maxsize=256)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The text with `$n::type`, and the names in the order of the numbers."""
    names: list[str] = []

    def place(found: "re.Match[str]") -> str:
        name = found[1] or found[2]
        names.append(name)
        typed = f"::{_types().get(name, 'text')}" if found[1] else ""
        return f"${len(names)}{typed}"

    return _NAMED.sub(place, sql).replace("%%", "%").encode(), tuple(names)


def run(made: Statement) -> tuple[Any, ...] | None:
    """The first row of the statement, within the present transaction or committed by itself."""
    sql, names = _numbered(made.sql)
    values = [made.params[name] for name in names]
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:  # as Django leaves it: then even prepare=True prepares nothing
        raw.prepare_threshold = THRESHOLD
    with connection.wrap_database_errors, psycopg.RawCursor(raw) as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
