"""`chengzhi database`: the embedded server and its connection strings."""

import os
from typing import Any

import click

from chengzhi.commands._output import json_option, progress, report
from chengzhi.database import Cluster, connection_url
from chengzhi.database.cluster import Cluster as _Cluster
from chengzhi.database.session import prepare_embedded
from chengzhi.environment import read_settings
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _


class NotEmbedded(Problem):
    """DATABASE_URL is set: that server is not ours to start or stop."""

    code = "database.not_embedded"


def _cluster() -> _Cluster:
    values = read_settings(os.environ)
    if values["DATABASE_URL"]:
        raise NotEmbedded(
            _("DATABASE_URL names a server of its own."),
            _("Chengzhi starts and stops only the embedded one."),
            _("Use that server's own tools, or unset DATABASE_URL."),
        )
    return Cluster(values["CHENGZHI_HOME"], say=progress)


@click.group()
def command() -> None:
    """Start, stop and look at the embedded database; print its address."""


@command.command()
@json_option
def start(as_json: bool) -> None:
    """Start the embedded server and leave it running."""
    cluster = _cluster()
    with cluster.lease():
        cluster.keep_running(True)
        prepare_embedded(cluster)
        report(as_json, _state(cluster), f"The database runs (process {cluster.pid()}).")


@command.command()
@json_option
def stop(as_json: bool) -> None:
    """Stop the embedded server."""
    cluster = _cluster()
    cluster.keep_running(False)
    stopped = cluster.stop()
    report(as_json, {"stopped": stopped}, "Stopped." if stopped else "It was not running.")


@command.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether the embedded server runs, and where its data lie."""
    cluster = _cluster()
    state = _state(cluster)
    word = "runs" if state["running"] else "is stopped"
    report(as_json, state, f"The database {word}. Data: {state['data']}")


def _state(cluster: _Cluster) -> dict[str, Any]:
    return {
        "running": cluster.pid() is not None,
        "answers": cluster.answers(),
        "pid": cluster.pid(),
        "data": cluster.place.data,
        "socket": cluster.place.socket,
        "log": cluster.place.log,
        "account": cluster.place.account.name if cluster.place.account else None,
    }


@command.command()
@click.option("--role", type=click.Choice(["app", "owner", "sealer", "superuser"]), default="app")
@json_option
def url(role: str, as_json: bool) -> None:
    """Print a connection URL that psql accepts; it holds a password."""
    values = read_settings(os.environ)
    home = values["CHENGZHI_HOME"]
    if not values["DATABASE_URL"] and Cluster(home).pid() is None:
        progress("The database is not running now; start it with `chengzhi database start`.")
    text = connection_url(home, values["DATABASE_URL"], role)
    report(as_json, {"url": text, "role": role}, text)
