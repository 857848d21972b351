"""Tests of the roles' rights in a freshly migrated database."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tables_made_by_migrations_are_open_to_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('chengzhi_app', 'jobs_jobrun', privilege)"
            " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
        )
        assert [row[0] for row in cursor.fetchall()] == [True, True, True, True, False]


@pytest.mark.django_db
def test_the_sealer_role_sees_no_job() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('chengzhi_sealer', 'jobs_jobrun', 'SELECT')")
        assert cursor.fetchone() == (False,)
