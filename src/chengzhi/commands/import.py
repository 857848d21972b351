"""`chengzhi import`: files of reports and of registers, from anywhere, into a district."""

import sys
from pathlib import Path

import click

from chengzhi.clock import now
from chengzhi.commands._output import json_option, progress, report
from chengzhi.commands._session import installation


@click.group()
def command() -> None:
    """Load files of reports or of a register."""


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


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, help="Key of the register, such as toilet or sign.")
@click.option("--district", "slug", help="District to load into; needed when there are several.")
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML or JSON file: field → column. Without it the names of the columns decide.",
)  # fmt: skip
@click.option("--source", default="", help="Name of the system the file comes from (default: import).")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the rejected rows (default: beside FILE).",
)  # fmt: skip
@json_option
def registers(
    *, file: Path, kind: str, slug: str | None, mapping: Path | None, source: str, rejects: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Load FILE (XLSX, CSV, Parquet) into a register; exit 0 also when rows were rejected."""
    with installation():
        from chengzhi.pipeline import register_files

        done = register_files.load_file(
            file.absolute(), kind=kind, slug=slug, mapping=mapping, source_system=source, rejects=rejects,
            on=now(), say=_say,
        )  # fmt: skip
    report(as_json, done, register_files.in_words(done))


def _say(done: int, total: int | None) -> None:
    of = f" of {total:,}" if total else ""
    progress(f"{done:,}{of} rows")
    sys.stderr.flush()
