"""A throw-away database and port for one benchmark; durable as in real life."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from chengzhi.database import Cluster, connection_url
from chengzhi.database.session import prepare_embedded

INHERITED = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Bench:
    """One throw-away installation."""

    home: Path
    cluster: Cluster

    def url(self, role: str = "app") -> str:
        """Connection URL of a role."""
        return connection_url(self.home, "", role)

    def environment(self, role: str = "app", process: str = "command") -> dict[str, str]:
        """Variables of a process that works on this installation."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CHENGZHI_") and k not in INHERITED}
        return kept | {
            "CHENGZHI_HOME": str(self.home),
            "CHENGZHI_DATABASE_ROLE": role,
            "CHENGZHI_PROCESS": process,
            "DJANGO_SETTINGS_MODULE": "chengzhi.settings",
        }

    def command(self, *words: str) -> str:
        """Run one `chengzhi` command and return its stdout; an error ends the benchmark."""
        done = subprocess.run(
            [sys.executable, "-m", "chengzhi", *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def pgbench(self, script: str, *, clients: int, seconds: int, role: str = "owner") -> float:
        """Transactions per second of an SQL script, by PostgreSQL's own load generator."""
        file = self.home / "run" / "bench.sql"
        file.write_text(script, encoding="utf-8")
        command = [self.cluster.place.program("pgbench"), "-n", "-f", str(file), "-M", "prepared"]
        command += ["-c", str(clients), "-j", "2", "-T", str(seconds), self.url(role)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
        return float(line.split()[2])

    def django(self, role: str = "app") -> None:
        """Set Django up in this process, on this installation."""
        os.environ.clear()
        os.environ.update(self.environment(role))
        import django

        django.setup()


@contextmanager
def throw_away(*, packs: bool = False) -> Iterator[Bench]:
    """An installation below the system's folder for temporary files, migrated, gone afterwards."""
    base = Path(tempfile.mkdtemp(prefix="chengzhi-bench-"))
    base.chmod(0o711)
    cluster = Cluster(base / "home")
    try:
        with cluster.lease():
            prepare_embedded(cluster)
            bench = Bench(base / "home", cluster)
            bench.command("migrate", "--json")
            if packs:
                bench.command("prepare", "--no-demo", "--json")
            yield bench
    finally:
        cluster.stop()
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def serving(bench: Bench) -> Iterator[str]:
    """Web server and worker on a free port; yields the address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "chengzhi", "up", "--no-demo", "--port", str(port)]
    parent = subprocess.Popen(
        command, env=bench.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        _await(address, parent)
        yield address
    finally:
        parent.terminate()
        parent.wait(60)


def _await(address: str, parent: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and parent.poll() is None:
        try:
            with urlopen(address + "healthz", timeout=5) as answer:
                if json.loads(answer.read())["status"] == "ok":
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("The server of the benchmark did not start.")
