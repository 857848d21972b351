"""The command line. Each subcommand is one file in `commands/` with a click command named `command`."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from chengzhi.commands._language import spoken
from chengzhi.errors import Problem

COMMANDS = Path(__file__).resolve().parent / "commands"


class CommandFolder(click.Group):
    """Finds subcommands by listing the folder; imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (path.stem for path in COMMANDS.glob("*.py") if not path.stem.startswith("_"))
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        if name.startswith("_") or not (COMMANDS / f"{name}.py").exists():
            return None
        command = import_module(f"chengzhi.commands.{name}").command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="chengzhi")
def group() -> None:
    """城治 Chengzhi: a city district's governance and its team as one loop."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exit 0 when done, 1 on a problem, 2 on wrong usage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengzhi.settings")
    words = sys.argv[1:] if arguments is None else arguments
    try:
        result = group.main(args=words, prog_name="chengzhi", standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except Problem as problem:
        with spoken():
            _complain(problem.as_json(), json_wanted="--json" in words)
        sys.exit(1)
    except click.ClickException as error:
        _complain(_shape("command.failed", error.format_message()), json_wanted="--json" in words)
        sys.exit(1)
    except Exception as error:
        if "--json" not in words:
            raise
        click.echo(f"{type(error).__name__}: {error}", err=True)
        _complain(
            _shape("internal", f"{type(error).__name__}: {error}", "The program did not expect this."),
            json_wanted=True,
        )
        sys.exit(1)


def _shape(code: str, what: str, why: str = "", cure: str = "") -> dict[str, Any]:
    return {"error": {"code": code, "what": what, "why": why, "cure": cure}}


def _complain(error: dict[str, Any], *, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json.dumps(error, ensure_ascii=False))
        return
    body = error["error"]
    click.echo(f"{body['what']} [{body['code']}]", err=True)
    for part in (body["why"], body["cure"]):
        if part:
            click.echo(part, err=True)
