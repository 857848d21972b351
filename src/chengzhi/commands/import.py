"""`chengzhi import`: files of reports, from anywhere, into a district."""

import sys
from pathlib import Path

import click

from chengzhi.clock import now
from chengzhi.commands._output import json_option, progress, report
from chengzhi.commands._session import installation


@click.group()
def command() -> None:
    """Load files of reports."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, help="Name of a mapping, or path of a mapping file.")
@click.option("--district", "slug", help="District to load into; needed when there are several.")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rejected rows (default: beside FILE).",
)  # fmt: skip
@json_option
def reports(file: Path, mapping: str, slug: str | None, rejects: Path | None, as_json: bool) -> None:
    """Load FILE (CSV, XLSX, Parquet); exit 0 also when rows were rejected."""
    with installation():
        from chengzhi.pipeline import loading

        done = loading.load_file(
            file.absolute(), mapping=mapping, slug=slug, rejects=rejects, on=now(), say=_say
        )
    report(as_json, done, loading.in_words(done))


def _say(done: int, total: int | None) -> None:
    of = f" of {total:,}" if total else ""
    progress(f"{done:,}{of} rows")
    sys.stderr.flush()
