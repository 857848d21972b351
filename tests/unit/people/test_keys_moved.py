"""The keys of an older installation are kept, with their numbers and the answers that hang on them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chengzhi.people.actor import Actor
from chengzhi.people.keys import caller_of, create_key, forget_callers
from tests.people_builders import NOON, district

BEFORE = [("api", "0002_answers"), ("people", "0002_accounts_in_use")]


def migrate(targets) -> None:
    MigrationExecutor(connection).migrate(targets)


@pytest.mark.django_db(transaction=True)
def test_keys_go_there_and_back_and_still_work():
    here, latest = district(), MigrationExecutor(connection).loader.graph.leaf_nodes()
    row, key = create_key(
        district=here, name="x", role="dispatcher", scopes=("cases:read",), by=Actor.system(), on=NOON
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_answer (key_id, idempotency_key, digest, body, answered_at)"
            " VALUES (%s, 'a', 'b', '{}', now())",
            [row.pk],
        )
        try:
            migrate(BEFORE)
            cursor.execute("SELECT id, name FROM api_apikey")
            assert cursor.fetchall() == [(row.pk, "x")]
        finally:
            migrate(latest)
        cursor.execute("SELECT key_id FROM api_answer")
        assert cursor.fetchall() == [(row.pk,)]
    forget_callers()
    assert caller_of(f"Bearer {key}", on=NOON).key_id == row.pk
    again = create_key(
        district=here, name="y", role="dispatcher", scopes=("cases:read",), by=Actor.system(), on=NOON
    )
    assert again[0].pk > row.pk
