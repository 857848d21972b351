"""A pooled connection whose server is gone is found dead before it is given out."""

import psycopg
import pytest
from django.db import connection as of_django
from psycopg_pool import ConnectionPool

from chengzhi.database import pooling

pytestmark = pytest.mark.django_db


def other() -> psycopg.Connection:
    """A connection of its own to the server of the tests."""
    return psycopg.connect(**of_django.get_connection_params())


def test_a_living_connection_passes_without_a_word_to_the_server() -> None:
    with other() as living:
        pooling.look_first(living)
        assert living.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_connection_whose_server_process_died_is_refused() -> None:
    dead = other()
    with of_django.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [dead.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        pooling.look_first(dead)


def test_every_pool_of_the_web_server_looks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectionPool, "check_connection", ConnectionPool.check_connection)
    pooling.install()
    assert ConnectionPool.check_connection is pooling.look_first
