"""`chengzhi ledger`: is the record still what was sealed?"""

import json
import sys
from pathlib import Path

import click

from chengzhi.clock import now
from chengzhi.commands._output import json_option, report
from chengzhi.commands._session import installation


@click.group()
def command() -> None:
    """Verify the append-only record; export its signed head."""


@command.command()
@click.option(
    "--anchor", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A head exported earlier; finds a chain rewritten whole.",
)  # fmt: skip
@json_option
def verify(anchor: Path | None, as_json: bool) -> None:
    """Re-read every sealed entry; exit 1 when one was changed, taken out or slipped in."""
    with installation():
        from django.conf import settings

        from chengzhi.ledger import jobs, keys, verifying

        past = verifying.read_anchor(anchor) if anchor else None
        with jobs.sealer() as connection:
            verdict = verifying.verify(connection, keys.load(settings.HOME), past)
    broken = verifying.Tampered(str(verdict), cure=verifying.CURE)
    report(as_json, verdict.as_json() | ({} if verdict.ok else broken.as_json()), str(verdict))
    sys.exit(0 if verdict.ok else 1)


@command.command()
@json_option
def seal(as_json: bool) -> None:
    """Seal what is ready now, without waiting for the worker."""
    with installation():
        from django.conf import settings

        from chengzhi.ledger import jobs, keys, sealing

        with jobs.sealer() as connection:
            count = sealing.seal_pending(connection, keys.load(settings.HOME), on=now())
    report(as_json, {"sealed": count}, f"{count} entries sealed.")


@command.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def head(file: Path, as_json: bool) -> None:
    """Write the newest seal, signed, to FILE; keep it where nobody of this installation writes."""
    with installation():
        from django.conf import settings

        from chengzhi.ledger import jobs, keys, verifying

        with jobs.sealer() as connection:
            newest = verifying.head(connection, keys.load(settings.HOME))
    file.write_text(json.dumps(newest) + "\n", encoding="utf-8")
    report(as_json, {"file": str(file), "head": newest}, f"Head written to {file}.")
