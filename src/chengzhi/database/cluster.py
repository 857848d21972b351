"""One embedded PostgreSQL server: create, start or adopt, stop.

Several commands may use one server at once. Each holds a shared lock on `users`; the last
to leave stops the server, unless `chengzhi database start` asked to keep it. A lock of a
process that died is released by the kernel, so nothing is left to clean up by hand.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psycopg

from chengzhi.database import process
from chengzhi.database.accounts import MAJOR, SOCKET_FILE, Place, choose_place
from chengzhi.database.tuning import server_options
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _
from chengzhi.keys import prepare_home, secret

SUPERUSER = "postgres"
Say = Callable[[str], None]


class WrongMajor(Problem):
    """The data directory was written by another major version of PostgreSQL."""

    code = "database.wrong_major"
    status = 500


class ServerFailed(Problem):
    """The server ended while starting; its own last words are in `why`."""

    code = "database.failed"
    status = 500


class Cluster:
    """The embedded server of one installation.

    Parameters
    ----------
    home: the installation's folder.
    options: server settings that override ours (tests turn fsync off).
    say: receives progress sentences; silent by default.
    """

    def __init__(
        self, home: Path, options: Mapping[str, str] | None = None, say: Say = lambda _: None
    ) -> None:
        self.home = prepare_home(home.absolute())
        self.place: Place = choose_place(self.home)
        self.options = dict(options or {})
        self.say = say
        self.child: subprocess.Popen[bytes] | None = None

    # -- questions ---------------------------------------------------------------------

    def pid(self) -> int | None:
        """Process number of the running server, or None."""
        if self.child is not None:
            self.child.poll()  # collects a server that was killed, so it is no zombie of ours
        return process.server_pid(self.place.data)

    def answers(self) -> bool:
        """Whether a connection succeeds now."""
        return self.pid() is not None and _try_connect(self.superuser_dsn()) is None

    def superuser_dsn(self, database: str = "postgres") -> str:
        """Connection string of the superuser; only the supervisor itself uses it."""
        password = secret(self.home, "database_superuser")
        return (
            f"host={_quoted(self.place.socket)} port=5432 user={SUPERUSER} "
            f"password={password} dbname={_quoted(database)} connect_timeout=5"
        )

    # -- start and stop ----------------------------------------------------------------

    def start(self) -> bool:
        """Create the data directory if there is none and start or adopt the server.

        Returns whether this call started it. Waits as long as crash recovery takes.
        """
        with self._locked("lock"):
            if self.pid() is not None and self._await_connection():
                return False
            self._refuse_other_major()
            if not (self.place.data / "PG_VERSION").exists():
                self._create()
            process.disarm_stale_pid(self.place.data)
            # Beside the socket lies a second file with a process number and the same trap.
            (self.place.socket / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)
            self._launch()
            if not self._await_connection():
                raise self._why_it_ended()
            return True

    def stop(self) -> bool:
        """Stop the server (open transactions are rolled back); returns whether one ran."""
        with self._locked("lock"):
            return self._stop_now()

    def keep_running(self, keep: bool) -> None:
        """Whether the server outlives the last command that uses it."""
        marker = self.place.root / "keep"
        if keep:
            marker.touch()
        else:
            marker.unlink(missing_ok=True)

    def _stop_now(self) -> bool:
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)  # "fast": ends sessions, writes a checkpoint
        waited = 0.0
        while self.pid() == pid:
            time.sleep(0.02)
            waited += 0.02
            if waited >= 10:
                self.say("The database is still writing its last checkpoint.")
                waited = 0.0
        if self.child is not None:
            self.child.wait()
            self.child = None
        return True

    def _refuse_other_major(self) -> None:
        for version in sorted(self.place.root.parent.glob("postgres-*/data/PG_VERSION")):
            found = version.read_text(encoding="ascii").strip()
            ours = version.parent == self.place.data
            if found == str(MAJOR) or (not ours and (self.place.data / "PG_VERSION").exists()):
                continue
            raise WrongMajor(
                _(
                    "The data in %(folder)s belong to PostgreSQL %(found)s; this version of "
                    "Chengzhi brings PostgreSQL %(major)s.",
                    folder=version.parent,
                    found=found,
                    major=MAJOR,
                ),
                _("A data directory can only be opened by the major version that wrote it."),
                _(
                    "Start the earlier version of Chengzhi, run “chengzhi backup FILE”, move that "
                    "folder away, and run “chengzhi restore FILE” with this version."
                ),
            )

    def _create(self) -> None:
        self.say("Creating the database …")
        shutil.rmtree(self.place.data, ignore_errors=True)  # a creation that was interrupted
        for note in ("prepared", "made-ready"):  # they speak of data that are gone
            (self.place.root / note).unlink(missing_ok=True)
        password = self.place.root / ".initial-password"
        password.unlink(missing_ok=True)
        descriptor = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret(self.home, "database_superuser"))
        if self.place.account is not None:
            os.chown(password, self.place.account.uid, self.place.account.gid)
        # Created beside and renamed: a data directory that exists is complete.
        beside = self.place.root / "data.new"
        shutil.rmtree(beside, ignore_errors=True)
        try:
            self._initdb(beside, password)
        finally:
            password.unlink(missing_ok=True)
        beside.rename(self.place.data)

    def _initdb(self, data: Path, password: Path) -> None:
        command = [self.place.program("initdb"), f"--pgdata={data}", f"--username={SUPERUSER}"]
        command += [f"--pwfile={password}", "--auth-local=scram-sha-256", "--auth-host=reject"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C", "--data-checksums", "--no-instructions"]
        # initdb syncs the whole tree; the tests, which run without fsync, spare that too.
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        done = self._run(command)
        if done.returncode != 0:
            raise ServerFailed(
                _("The database could not be created."),
                done.stderr.strip()[-1000:],
                _("Check the free space and the permissions of %(folder)s.", folder=self.place.root),
            )

    def _run(self, command: list[str]) -> "subprocess.CompletedProcess[str]":
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            cwd="/",
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.place.identity(),  # type: ignore[call-overload]
        )
        return done

    def _launch(self) -> None:
        options = server_options(self.place) | self.options
        command = [self.place.program("postgres"), "-D", str(self.place.data)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self._open_log() as log:
            self.child = subprocess.Popen(
                command,
                cwd="/",
                env=_clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own session: Ctrl-C in the terminal must reach us, not the server.
                start_new_session=True,
                **self.place.identity(),  # type: ignore[call-overload]
            )

    def _open_log(self) -> IO[bytes]:
        """The server's log; beyond 20 MB it starts anew and one older copy stays."""
        log = self.place.log
        if log.exists() and log.stat().st_size > 20_000_000:
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "ab")

    def _await_connection(self) -> bool:
        """Wait without limit: recovery after a crash may take minutes, and ending it helps nobody.

        Returns False when the server ended meanwhile.
        """
        dsn = self.superuser_dsn()
        began = spoke = time.monotonic()
        while True:
            if self.pid() is None and (self.child is None or self.child.poll() is not None):
                return False
            failure = _try_connect(dsn)
            if failure is None:
                return True
            moment = time.monotonic()
            if moment - spoke >= 3:
                spoke = moment
                self.say(f"The database is recovering, {moment - began:.0f} s so far ({failure}).")
            time.sleep(0.03)

    def _why_it_ended(self) -> ServerFailed:
        tail = ""
        if self.place.log.exists():
            tail = self.place.log.read_bytes()[-1500:].decode(errors="replace").strip()
        return ServerFailed(
            _("The database server ended while starting."),
            tail,
            _(
                "The whole log is %(log)s. “chengzhi check” looks at space and permissions.",
                log=self.place.log,
            ),
        )

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        with (self.place.root / name).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    # -- use ---------------------------------------------------------------------------

    def lease(self) -> "Lease":
        """Use the server inside a `with` block, starting it for that long when none runs."""
        return Lease(self)


class Lease:
    """One user of the server; the last one to leave stops it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        # Taken before the start: whoever is leaving meanwhile sees us and keeps the server.
        self._file = (self.cluster.place.root / "users").open("a")
        fcntl.flock(self._file, fcntl.LOCK_SH)
        try:
            self.cluster.start()
        except BaseException:
            self._file.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._file is not None
        root = self.cluster.place.root
        with self.cluster._locked("lock"):
            fcntl.flock(self._file, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not (root / "keep").exists():
                    self.cluster._stop_now()
            except BlockingIOError:
                pass  # others still use it
            finally:
                self._file.close()


def _try_connect(dsn: str) -> str | None:
    """None when a connection succeeds, else the reason in one line."""
    try:
        psycopg.connect(dsn).close()
    except psycopg.OperationalError as error:
        return str(error).strip().splitlines()[-1]
    return None


def _clean_environment() -> dict[str, str]:
    """Without PG* variables and locale of the caller: the server must not depend on who starts it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _quoted(value: object) -> str:
    """A value inside a libpq connection string."""
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
