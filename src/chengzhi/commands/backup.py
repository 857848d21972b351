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

    The file holds the keys: whoever has it can read everything. Photos that lie in a
    bucket stay there and need a backup of their own.
    """
    from chengzhi import clock
    from chengzhi.running.archive import write_archive

    values = read_settings(os.environ)
    with open_database(values["CHENGZHI_HOME"], values["DATABASE_URL"], progress):
        manifest = write_archive(
            file, values["CHENGZHI_HOME"], values["DATABASE_URL"],
            bucket=values["CHENGZHI_S3_BUCKET"], on=clock.now(),
        )  # fmt: skip
    result = {"file": file.absolute(), "bytes": file.stat().st_size, **manifest}
    words = [f"{file}: {file.stat().st_size:,} bytes. Keep it closed: it holds the keys."]
    if manifest["bucket"]:
        words.append(f"The photos lie in the bucket {manifest['bucket']} and are not in this file.")
    report(as_json, result, "\n".join(words))
