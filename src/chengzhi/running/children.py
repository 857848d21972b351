"""A child process that cannot outlive its parent."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Child:
    """One supervised process in its own process group.

    It is restarted when it ends by itself, more slowly each time. On Linux the kernel
    sends it SIGTERM when we die, however we die.
    """

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = dict(environment)
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts = 0
        self.started = 0.0
        self._not_before = 0.0

    def start(self) -> None:
        """Start the process; its output goes to its log."""
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C in the terminal must reach the parent alone, which stops us in order.
                start_new_session=True,
                preexec_fn=_die_with(os.getpid()) if _libc is not None else None,
            )
        self.started = time.monotonic()

    def watch(self, say: Callable[[str], None]) -> None:
        """Restart the process if it ended; called by the parent every moment."""
        if self.process is None or self.process.poll() is None:
            return
        moment = time.monotonic()
        if self._not_before == 0.0:
            lived = moment - self.started
            self.restarts = 0 if lived > 60 else self.restarts + 1
            self._not_before = moment + min(0.2 * 2**self.restarts, 30.0)
            say(
                f"The {self.name} ended (status {self.process.returncode}); starting it again. Log: {self.log}"
            )
            self._end_group(signal.SIGKILL)  # whatever it left behind
        if moment >= self._not_before:
            self._not_before = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process itself; it ends its own children in order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then end the whole group."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        self._end_group(signal.SIGKILL)
        self.process.wait()

    def _end_group(self, number: int) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _die_with(parent: int) -> Callable[[], None]:
    """Runs in the child before its program: ask the kernel for SIGTERM when the parent dies."""

    def arrange() -> None:
        assert _libc is not None
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange
