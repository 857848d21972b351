"""The app of background jobs; it also hands the application role its rights before tables appear."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate


class JobsConfig(AppConfig):
    """Background jobs."""

    name = "chengzhi.jobs"

    def ready(self) -> None:
        pre_migrate.connect(_default_grants, sender=self, dispatch_uid="chengzhi.default_grants")


def _default_grants(using: str, **_: Any) -> None:
    """Tables made by the coming migrations are open to the application's role.

    It runs before the first table exists, so that the ledger's migration can take back
    what the application must not do there and nothing gives it again.
    """
    from chengzhi.database.roles import DEFAULT_GRANTS

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'chengzhi_app'")
        if cursor.fetchone() is None:
            return
        for statement in DEFAULT_GRANTS:
            cursor.execute(statement)
