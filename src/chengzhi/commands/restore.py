"""`chengzhi restore FILE`: an installation from a backup."""

import os
from pathlib import Path

import click

from chengzhi.commands._output import json_option, progress, report
from chengzhi.commands.check import is_running
from chengzhi.environment import read_settings
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _


class StillRunning(Problem):
    """The installation serves people right now."""

    code = "restore.running"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--force", is_flag=True, help="Also where an installation is: it is moved aside, not deleted.")
@json_option
def command(file: Path, force: bool, as_json: bool) -> None:
    """Make the installation that FILE holds, in an empty CHENGZHI_HOME."""
    from chengzhi import clock
    from chengzhi.running.archive import read_archive

    values = read_settings(os.environ)
    home = values["CHENGZHI_HOME"]
    if is_running(home):
        raise StillRunning(
            _("Chengzhi is running on %(folder)s.", folder=home),
            _("What people write meanwhile would be lost."),
            _("Stop it with Ctrl-C or SIGTERM first."),
        )
    manifest = read_archive(file, home, values["DATABASE_URL"], force=force, on=clock.now(), say=progress)
    report(as_json, {"home": home, **manifest}, f"Restored into {home}. Start it with `chengzhi up`.")
