"""`chengzhi backup FILE`: database, photos and keys in one file."""

import os
from pathlib import Path

import click

from chengzhi.commands._output import json_option, progress, report
from chengzhi.database.session import open_database
from chengzhi.environment import read_settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def command(file: Path, as_json: bool) -> None:
    """Write everything the installation keeps into FILE; works while it runs.

    The file holds the keys: whoever has it can read everything.
    """
    from chengzhi import clock
    from chengzhi.running.archive import write_archive

    values = read_settings(os.environ)
    with open_database(values["CHENGZHI_HOME"], values["DATABASE_URL"], progress):
        manifest = write_archive(file, values["CHENGZHI_HOME"], values["DATABASE_URL"], on=clock.now())
    result = {"file": file.absolute(), "bytes": file.stat().st_size, **manifest}
    report(as_json, result, f"{file}: {file.stat().st_size:,} bytes. Keep it closed: it holds the keys.")
