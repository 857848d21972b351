"""`chengzhi worker`: one worker process."""

import os

import click

from chengzhi.commands._session import installation


@click.command()
@click.option("--concurrency", type=click.IntRange(1, 16), default=2, show_default=True)
@click.option(
    "--stalled-seconds",
    type=float,
    default=20.0,
    show_default=True,
    help="After how long without a sign of life another worker counts as dead.",
)
def command(concurrency: int, stalled_seconds: float) -> None:
    """Do background work until SIGTERM (`chengzhi up` starts one by itself)."""
    os.environ["CHENGZHI_PROCESS"] = "worker"
    with installation(to_terminal=False):
        from chengzhi.jobs.worker import run_worker

        run_worker(concurrency=concurrency, stalled_seconds=stalled_seconds)
