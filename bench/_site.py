"""A throw-away installation with its web server, for benchmarks of what comes in."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from chengzhi.database import Cluster
from chengzhi.database.session import prepare_embedded

START_SECONDS = 60.0


@dataclass(frozen=True)
class Site:
    """A running installation: where it answers, a staff key of its sample district, its cluster."""

    port: int
    key: str
    cluster: Cluster

    def get(self, path: str) -> object:
        """JSON of an API address."""
        request = Request(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.key}"}
        )
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def site(port: int, district: str = "sample") -> Iterator[Site]:
    """Database with synchronous_commit on, packs, two web workers of four threads; all gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chengzhi-bench-") as folder:
        home = Path(folder) / "home"
        os.environ |= {"CHENGZHI_HOME": str(home), "CHENGZHI_DATABASE_ROLE": "app", "DATABASE_URL": ""}
        cluster = Cluster(home, say=_say)
        with cluster.lease():
            prepare_embedded(cluster)
            _run(home, "owner", "prepare", "--no-demo", "--json")
            made = _run(home, "app", "api-key", "create", "--district", district, "--name", "bench", "--json")
            web = _serve(home, port)
            try:
                _await(port, web)
                yield Site(port, str(made["key"]), cluster)
            finally:
                web.terminate()
                web.wait(20)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _environment(home: Path, role: str, process: str) -> dict[str, str]:
    return os.environ | {
        "CHENGZHI_HOME": str(home),
        "CHENGZHI_DATABASE_ROLE": role,
        "CHENGZHI_PROCESS": process,
        "DJANGO_SETTINGS_MODULE": "chengzhi.settings",
    }


def _run(home: Path, role: str, *words: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", *words],
        env=_environment(home, role, "command"),
        stdout=subprocess.PIPE,
        check=False,
    )
    answer: dict[str, object] = json.loads(done.stdout or b"{}")
    if done.returncode != 0:
        raise RuntimeError(f"chengzhi {' '.join(words)}: {answer}")
    return answer


def _serve(home: Path, port: int) -> "subprocess.Popen[bytes]":
    """As `chengzhi up` serves: granian, two workers, four threads each."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-access-log"]
    command += ["--workers-kill-timeout", "2", "--log-level", "warning", "chengzhi.wsgi:application"]
    return subprocess.Popen(command, env=_environment(home, "app", "web"), stdin=subprocess.DEVNULL)


def _await(port: int, web: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if web.poll() is not None:
            raise RuntimeError(f"the web server ended with status {web.returncode}")
        try:
            urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5).close()
        except (HTTPError, URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server did not come up")


def key() -> str:
    """A new idempotency key."""
    return secrets.token_hex(12)
