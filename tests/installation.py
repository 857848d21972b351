"""Whole installations in throw-away folders, for tests of commands and processes."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from chengzhi.database import Cluster, connection_url

FOREIGN = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass
class Installation:
    """One home and the processes a test started on it; `url` where its database is a given server's."""

    home: Path
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)
    url: str = ""

    def environment(self, **more: str) -> dict[str, str]:
        """The variables of this home only: nothing of the test run's own database."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CHENGZHI_") and k not in FOREIGN}
        given = {"DATABASE_URL": self.url} if self.url else {}
        return kept | {"CHENGZHI_HOME": str(self.home)} | given | more

    def command(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "chengzhi", *words],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    def json(self, *words: str, status: int = 0) -> dict[str, Any]:
        """The one line of JSON a command prints."""
        done = self.command(*words, "--json")
        assert done.returncode == status, done.stdout + done.stderr
        lines = done.stdout.splitlines()
        assert len(lines) == 1, done.stdout
        answer: dict[str, Any] = json.loads(lines[0])
        return answer

    def process(self, *command: str, **more: str) -> "subprocess.Popen[str]":
        """Start a process that the test may kill; whatever is left ends with the test."""
        output = (self.home / "logs" / f"process-{len(self.processes)}.log").open("w+")
        child = subprocess.Popen(
            [sys.executable, *command],
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(child)
        return child

    def output(self, number: int = -1) -> str:
        """What a started process has printed so far."""
        index = number % len(self.processes)
        return (self.home / "logs" / f"process-{index}.log").read_text()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database; it must run."""
        with psycopg.connect(connection_url(self.home, self.url, "owner"), autocommit=True) as connection:
            return connection.execute(query, values).fetchall()  # type: ignore[arg-type]

    def close(self) -> None:
        """End whatever the test left running."""
        for child in self.processes:
            if child.poll() is None:
                child.kill()
            child.wait()
        if not self.url:
            Cluster(self.home).stop()


def wait_for(question: Callable[[], object], seconds: float = 90) -> Any:
    """The first true answer; raises when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {question}")
