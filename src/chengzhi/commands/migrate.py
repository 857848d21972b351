"""`chengzhi migrate`: bring the tables up to date."""

import click

from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Bring the tables up to date (`chengzhi up` does it by itself)."""
    with installation("owner", migrated=False):
        from chengzhi.commands._migration import migrate

        applied = migrate()
        report(as_json, {"applied": applied}, f"{len(applied)} migrations applied.")
