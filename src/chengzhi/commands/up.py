"""`chengzhi up`: the whole installation in one command."""

import os
from typing import Any

import click

from chengzhi.commands._output import progress
from chengzhi.environment import read_settings


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8311, show_default=True)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; demo accounts exist on loopback only.",
)
@click.option("--demo/--no-demo", default=True, help="Demo cases, simulated year and demo accounts.")
def command(port: int, host: str, demo: bool) -> None:
    """Start database, web server and worker; stop them with Ctrl-C."""
    from chengzhi.keys import prepare_home
    from chengzhi.running.parent import Parent, Wanted

    values = read_settings(os.environ)
    home = prepare_home(values["CHENGZHI_HOME"])
    wanted = Wanted(home, values["DATABASE_URL"], host, port, demo)
    parent = Parent(wanted, progress)
    parent.run(lambda prepared: _announce(wanted.address, prepared))
    progress("Stopped.")


def _announce(address: str, prepared: dict[str, Any]) -> None:
    click.echo(f"\n  城治 Chengzhi is at {address}\n")
    accounts = prepared.get("accounts", [])
    for account in accounts:
        click.echo(f"  {account['district']:<8} {account['role']:<14} {account['username']}")
    if accounts:
        click.echo(f"\n  The password of each is {accounts[0]['password']} (on this machine only).\n")
    if prepared.get("link"):
        path = prepared["link"]
        link = path if path.startswith("http") else address.rstrip("/") + path
        click.echo(f"  First administrator (works once): {link}\n")
    if prepared.get("demo"):
        click.echo("  The demo cases are being loaded; the pages show how far.\n")
    click.echo("  Ctrl-C stops everything.", nl=True)
