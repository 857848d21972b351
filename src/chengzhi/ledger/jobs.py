"""What the record needs by the clock: sealing, a signed head a day, room, erasure."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from django.conf import settings

from chengzhi.database import connection_url
from chengzhi.jobs.registry import periodic
from chengzhi.ledger import actions, keys
from chengzhi.ledger.sealing import Connection, seal_pending
from chengzhi.ledger.verifying import head


@contextmanager
def sealer() -> Iterator[Connection]:
    """A connection of the role that may add seals and nothing else."""
    url = connection_url(settings.HOME, settings.ENV["DATABASE_URL"], "sealer")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@periodic("* * * * * */5", "ledger.seal")
def seal(moment: datetime) -> None:
    """Close what ended in the last seconds."""
    with sealer() as connection:
        seal_pending(connection, keys.load(settings.HOME), on=moment)


@periodic("7 16 * * *", "ledger.head")
def export_head(moment: datetime) -> None:
    """Write the signed head of the day; who wants to be sure copies it elsewhere."""
    with sealer() as connection:
        newest = head(connection, keys.load(settings.HOME))
    if newest:
        folder = settings.HOME / "exports" / "heads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / f"{moment:%Y-%m-%d}.json").write_text(json.dumps(newest) + "\n")


@periodic("11 17 * * *", "ledger.keep")
def keep(moment: datetime) -> None:
    """Make room for the coming months; erase personal values whose time is over."""
    actions.make_room(on=moment.date())
    actions.erase_due_personal(on=moment.date())
