"""The order of starting, watching and stopping an installation."""

import fcntl
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

from chengzhi.database import Cluster, connection_url
from chengzhi.database.cluster import ServerFailed
from chengzhi.database.session import open_database
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.running.children import Child
from chengzhi.running.fingerprint import fingerprint, remember, remembered

STAMP = "made-ready"
GIVE_UP = 120.0
"""So many seconds a fallen database is tried again before the program ends."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class AlreadyRunning(Problem):
    """Another `chengzhi up` serves the same home."""

    code = "up.already_running"


class PortTaken(Problem):
    """Some other program listens on the wanted port."""

    code = "up.port_taken"


class PreparationFailed(Problem):
    """Tables, packs or accounts could not be made ready; `why` holds the child's words."""

    code = "up.preparation_failed"
    status = 500


class WebFailed(Problem):
    """The web server does not come up."""

    code = "up.web_failed"
    status = 500


@dataclass(frozen=True)
class Wanted:
    """What `chengzhi up` was asked for."""

    home: Path
    database_url: str
    host: str
    port: int
    demo: bool

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 -- compared only
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    @property
    def demo_accounts(self) -> bool:
        """Known passwords are for this machine only."""
        return self.demo and self.host in LOOPBACK


class Parent:
    """Runs one installation until told to stop."""

    def __init__(self, wanted: Wanted, say: Callable[[str], None]) -> None:
        self.wanted = wanted
        self.say = say
        self.stopping = False
        self.children: list[Child] = []
        self._lock: IO[str] | None = None
        self._fallen_at = 0.0

    def run(self, ready: Callable[[dict[str, Any]], None]) -> None:
        """Start everything, call `ready` with what to tell the person, watch until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._claim()
        self._refuse_taken_port()
        with open_database(self.wanted.home, self.wanted.database_url, self.say) as cluster:
            try:
                prepared = self._prepare(_stamp(self.wanted, cluster))
                if not self.stopping:
                    self._start_children()
                    self._await_first_page()
                if not self.stopping:
                    self.children[1].start()
                    ready(prepared)
                self._watch(cluster)
            finally:
                self._stop_children()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    # -- before ------------------------------------------------------------------------

    def _claim(self) -> None:
        """Hold the home for this process; the kernel lets go when we die."""
        path = self.wanted.home / "run" / "up"
        self._lock = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.seek(0)
            other = self._lock.read().strip() or _("an address not yet known")
            raise AlreadyRunning(
                _("Chengzhi already runs at %(address)s.", address=other),
                _("Only one can serve the folder %(folder)s.", folder=self.wanted.home),
                _("Open that address, or stop it first, or set CHENGZHI_HOME to another folder."),
            ) from error
        self._lock.truncate(0)
        self._lock.write(self.wanted.address)
        self._lock.flush()

    def _refuse_taken_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.wanted.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.wanted.host, self.wanted.port))
            except OSError as error:
                raise PortTaken(
                    _(
                        "Port %(port)s on %(host)s cannot be used.",
                        port=self.wanted.port,
                        host=self.wanted.host,
                    ),
                    error.strerror or str(error),
                    _("Stop the other program, or choose another with --port."),
                ) from error

    def _prepare(self, stamp: Path) -> dict[str, Any]:
        """Make ready what changed since the last start."""
        mark = fingerprint(demo=self.wanted.demo, demo_accounts=self.wanted.demo_accounts)
        known = remembered(stamp, mark)
        # Without demo accounts a link for the first administrator may be due: ask the database.
        if known is not None and self.wanted.demo_accounts and self._still_there():
            return known
        result = self._prepare_in_child()
        if not self.stopping:
            remember(stamp, mark, result)
        return result

    def _still_there(self) -> bool:
        """A given server's database may have been made anew under the same address since."""
        if not self.wanted.database_url:
            return True  # the note lies beside the data
        url = connection_url(self.wanted.home, self.wanted.database_url, "owner")
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
        return bool(row and row[0])

    def _prepare_in_child(self) -> dict[str, Any]:
        """Tables, packs and accounts, in a child as the owner role: the parent stays small."""
        command = [sys.executable, "-m", "chengzhi", "prepare", "--json"]
        command.append("--demo" if self.wanted.demo else "--no-demo")
        if self.wanted.demo_accounts:
            command.append("--demo-accounts")
        child = subprocess.Popen(
            command,
            env=self._environment("owner", "command"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        while not self.stopping:
            with suppress(subprocess.TimeoutExpired):
                child.wait(0.05)
                break
        if self.stopping and child.poll() is None:
            child.terminate()
        output = child.communicate()[0].decode()
        if self.stopping:
            return {}
        return self._parse(output, child.returncode)

    def _parse(self, output: str, status: int) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(output)
        except ValueError:
            answer = {
                "error": {
                    "what": output.strip()[-500:] or str(_("It ended with status %(status)s.", status=status))
                }
            }
        if "error" in answer:
            error = answer["error"]
            raise PreparationFailed(
                _("The installation could not be made ready."),
                " ".join(filter(None, (error.get("what"), error.get("why")))),
                error.get("cure") or _("The lines above say more; “chengzhi check” looks for the cause."),
            )
        return answer

    def _environment(self, role: str, process: str) -> dict[str, str]:
        # Without compiled files beside the sources every start would compile a thousand modules.
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return inherited | {
            "CHENGZHI_HOME": str(self.wanted.home),
            "CHENGZHI_DATABASE_ROLE": role,
            "CHENGZHI_PROCESS": process,
            "CHENGZHI_DEMO_ACCOUNTS": "1" if self.wanted.demo_accounts else "0",
            "DJANGO_SETTINGS_MODULE": "chengzhi.settings",
            "PYTHONUNBUFFERED": "1",
        }

    # -- during ------------------------------------------------------------------------

    def _start_children(self) -> None:
        logs = self.wanted.home / "logs"
        web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", self.wanted.host]
        web += ["--port", str(self.wanted.port), "--workers", "2", "--blocking-threads", "4"]
        web += ["--respawn-failed-workers", "--workers-kill-timeout", "2", "--no-access-log"]
        web += ["--log-level", "warning", "chengzhi.wsgi:application"]
        worker = [sys.executable, "-m", "chengzhi", "worker"]
        self.children = [
            Child("web server", web, self._environment("app", "web"), logs / "web.log"),
            Child("worker", worker, self._environment("app", "worker"), logs / "worker.log"),
        ]
        self._forget_old_worker()
        # The web server first and alone: a person waits for the page, nobody for the worker.
        self.children[0].start()

    def _forget_old_worker(self) -> None:
        """A worker that was killed with its parent must not count as alive for 20 seconds more."""
        url = connection_url(self.wanted.home, self.wanted.database_url, "owner")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DELETE FROM jobs_heartbeat")

    def _await_first_page(self) -> None:
        """Until `/healthz` answers at all: the worker may still be on its way."""
        began = time.monotonic()
        while not self.stopping:
            if self._answers():
                return
            if time.monotonic() - began > 60:
                raise WebFailed(
                    _("The web server does not answer."),
                    _tail(self.children[0].log),
                    _("Its whole log is %(log)s.", log=self.children[0].log),
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urlopen(self.wanted.address + "healthz", timeout=5):  # noqa: S310 -- our own address
                return True
        except URLError as error:
            return getattr(error, "code", None) == 503
        except OSError:
            return False

    def _watch(self, cluster: Cluster | None) -> None:
        beat = 0
        while not self.stopping:
            time.sleep(0.1)
            beat += 1
            for child in self.children:
                child.watch(self.say)
            if cluster is not None and beat % 5 == 0 and cluster.pid() is None and not self.stopping:
                self._start_again(cluster)

    def _start_again(self, cluster: Cluster) -> None:
        """Start the fallen database; sessions it left behind may hold its memory for a while yet.

        Raises ServerFailed once it has failed for GIVE_UP seconds.
        """
        moment = time.monotonic()
        self._fallen_at = self._fallen_at or moment
        self.say("The database ended; starting it again.")
        try:
            cluster.start()
        except ServerFailed as failure:
            if moment - self._fallen_at > GIVE_UP:
                raise
            self.say(f"{failure.what} {failure.why}".splitlines()[0])
        else:
            self._fallen_at = 0.0

    # -- after -------------------------------------------------------------------------

    def _stop_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + 15
        for child in self.children:
            child.wait_or_kill(deadline)


def _stamp(wanted: Wanted, cluster: Cluster | None) -> Path:
    """Beside the data it speaks of; a new data directory starts without it."""
    if cluster is not None:
        return cluster.place.root / STAMP
    server = hashlib.sha256(wanted.database_url.encode()).hexdigest()[:12]
    return wanted.home / "run" / f"{STAMP}-{server}"


def _tail(log: Path) -> str:
    return log.read_bytes()[-800:].decode(errors="replace").strip() if log.exists() else ""
