"""Is the process named in postmaster.pid really our server?

PostgreSQL itself only asks whether a process of that number lives. After a container
restart the number often belongs to something else, and a killed server may linger as a
zombie: both would stop the next start for ever.
"""

import os
import subprocess
from pathlib import Path

# Larger than any process number of Linux (2^22) and macOS: certainly nobody.
NOBODY = 99999999


def recorded_pid(data: Path) -> int | None:
    """The first line of postmaster.pid, or None without such a file."""
    try:
        first = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
        return int(first)
    except (FileNotFoundError, ValueError):
        return None


def server_pid(data: Path) -> int | None:
    """The process number of the server that runs on `data`, or None when none does."""
    pid = recorded_pid(data)
    if pid is None or not _is_server_of(pid, data):
        return None
    return pid


def disarm_stale_pid(data: Path) -> bool:
    """Let the next start pass a postmaster.pid whose number now belongs to somebody else.

    Only the number is replaced: the file also names the shared memory by which PostgreSQL
    notices surviving children of a killed server, and that guard must stay.
    """
    path = data / "postmaster.pid"
    pid = recorded_pid(data)
    if pid is None or pid == NOBODY or server_pid(data) is not None:
        return False
    lines = path.read_text(encoding="utf-8").split("\n")
    lines[0] = str(NOBODY)
    status = path.stat()
    beside = path.with_name("postmaster.pid.chengzhi")
    beside.write_text("\n".join(lines), encoding="utf-8")
    os.chmod(beside, 0o600)
    if hasattr(os, "chown") and os.geteuid() == 0:
        os.chown(beside, status.st_uid, status.st_gid)
    beside.replace(path)
    return True


def is_alive(pid: int) -> bool:
    """Whether a process of this number runs; a zombie does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return _state(pid) != "Z"


def _is_server_of(pid: int, data: Path) -> bool:
    """A PostgreSQL server stands in its data directory and says so in its command line."""
    if pid <= 0 or not is_alive(pid):
        return False
    command = _command(pid)
    if "postgres" not in command:
        return False
    working = Path(f"/proc/{pid}/cwd")
    try:
        return os.path.samefile(working, data)
    except OSError:
        return str(data) in command


def _state(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return _ps(pid, "state")[:1]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return _ps(pid, "command")


def _ps(pid: int, column: str) -> str:
    """The same from `ps`, where there is no /proc."""
    try:
        done = subprocess.run(
            ["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip()
