"""A record of its own for each test: sealing looks at ended transactions of a whole database."""

import importlib
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from chengzhi.database.connection import connection_url, with_database
from chengzhi.ledger import keys

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="session")
def template(django_db_setup: None, django_db_blocker: Any) -> str:
    name = str(connection.settings_dict["NAME"]) + "_ledger"
    with django_db_blocker.unblock():
        _recreate(name, "template1")
    tables = importlib.import_module("chengzhi.ledger.migrations.0001_initial")
    with _connect(name) as fresh:
        fresh.execute(tables.TABLES)
        fresh.execute(tables.GRANTS)
    return name


@pytest.fixture
def record(template: str, django_db_blocker: Any) -> Iterator[Connection]:
    name = template + "_one"
    with django_db_blocker.unblock():
        _recreate(name, template)
    with _connect(name) as one:
        yield one
    with django_db_blocker.unblock():
        _drop(name)


@pytest.fixture
def key(tmp_path: Any) -> keys.SealKey:
    return keys.load(tmp_path / "home")


def _connect(name: str) -> Connection:
    settings = connection.get_connection_params() | {"dbname": name}
    known = {k: settings[k] for k in ("host", "port", "user", "password", "dbname") if k in settings}
    return psycopg.connect(**known, autocommit=True)


def _drop(name: str) -> None:
    with _administrator() as one:
        one.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _recreate(name: str, template: str) -> None:
    _drop(name)
    owner = connection.settings_dict["USER"]
    with _administrator() as one:
        one.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER "{owner}"')


def _administrator() -> Connection:
    """Who may make databases; our own roles may not, and other tests make sure of it."""
    url = connection_url(settings.HOME, settings.ENV["DATABASE_URL"], "superuser")
    return psycopg.connect(with_database(url, "postgres"), autocommit=True)
