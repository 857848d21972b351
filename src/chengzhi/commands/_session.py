"""What a command needs before it can work: the database running and Django set up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from chengzhi.commands._language import spoken
from chengzhi.commands._output import progress


@contextmanager
def installation(role: str = "app", *, migrated: bool = True, to_terminal: bool = True) -> Iterator[None]:
    """Database and Django for the length of a `with` block.

    Works beside a running instance; when none runs, the embedded server is started for
    this command's duration. With `migrated`, an older database is brought up to date first.
    Messages are in the terminal's language; without `to_terminal` (a worker) in the installation's.
    """
    os.environ["CHENGZHI_DATABASE_ROLE"] = role
    from chengzhi.database.session import open_database
    from chengzhi.environment import read_settings

    values = read_settings(os.environ)
    with open_database(values["CHENGZHI_HOME"], values["DATABASE_URL"], progress):
        import django

        django.setup()
        from chengzhi.commands import _migration

        if migrated and _migration.pending():
            _migration.migrate_in_child()
        try:
            with spoken() if to_terminal else nullcontext():
                yield
        finally:
            from django.db import connections

            for connection in connections.all(initialized_only=True):
                connection.close()
                if connection.settings_dict["OPTIONS"].get("pool"):
                    connection.close_pool()  # type: ignore[attr-defined]
