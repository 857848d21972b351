"""`chengzhi upper`: lists of the upper level in, replies in its form out."""

from pathlib import Path

import click

from chengzhi.clock import now
from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Exchange lists and replies with the upper level (上级转办)."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--system", required=True, help="Name of the upper system, such as 市平台 or 12345.")
@click.option("--district", "slug", required=True, help="Short name of the district.")
@json_option
def load(file: Path, system: str, slug: str, as_json: bool) -> None:
    """Take the open cases in FILE (CSV, XLSX, Parquet) on; a known number makes no second case.

    The columns are understood as saved for the system on the page, else by their names.
    """
    with installation():
        from chengzhi.pipeline import upper_files

        done = upper_files.load(file.absolute(), system=system, slug=slug, on=now())
    report(as_json, done, upper_files.in_words(done))


@command.command()
@click.argument("file", type=FILE)
@click.option("--district", "slug", help="Short name of the district; needed when there are several.")
@click.option("--system", default="", help="Only replies to this upper system.")
@json_option
def replies(file: Path, slug: str | None, system: str, as_json: bool) -> None:
    """Write the confirmed replies to FILE (.csv or .xlsx) and their photos beside it; mark them sent."""
    with installation():
        from chengzhi.pipeline import upper_files

        done = upper_files.write_replies(file.absolute(), system=system, slug=slug, on=now())
    report(as_json, done, f"{done['replies']} replies written to {done['file']}, {done['photos']} photos.")
