"""Tests of `chengzhi up` with real processes."""

import json
import os
import signal
import socket
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.installation import Installation, wait_for


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return _free_port()


def _health(port: int) -> dict[str, object] | None:
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            state: dict[str, object] = json.loads(answer.read())
            return state
    except (HTTPError, URLError, OSError):
        return None


def _up(home: Installation, port: int, *words: str) -> int:
    """Start it and wait until everything serves; returns the parent's number."""
    parent = home.process("-m", "chengzhi", "up", "--port", str(port), *words)
    wait_for(lambda: _health(port) or parent.poll() is not None, seconds=150)
    assert parent.poll() is None, home.output()
    return parent.pid


def _family(home: Path) -> list[int]:
    """Every living process that works on this home, the database's excepted."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                variables = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"CHENGZHI_HOME={home}".encode() in variables.split(b"\0") and state != "Z":
                found.append(int(entry.name))
    return sorted(found)


def test_it_serves_and_sigterm_stops_everything(installation: Installation, port: int) -> None:
    parent = _up(installation, port, "--no-demo")
    assert _health(port) == {"status": "ok", "web": True, "database": True, "worker": True, "demo": "none"}
    assert "First administrator (works once): http://127.0.0.1:" in installation.output()
    assert "demo-" not in installation.output()
    os.kill(parent, signal.SIGTERM)
    assert installation.processes[0].wait(60) == 0
    assert _family(installation.home) == []
    assert installation.json("database", "status")["running"] is False


def test_a_second_one_on_the_same_home_is_told_where_the_first_is(
    installation: Installation, port: int
) -> None:
    _up(installation, port, "--no-demo")
    done = installation.command("up", "--port", str(_free_port()), "--no-demo")
    assert done.returncode == 1
    assert f"Chengzhi already runs at http://127.0.0.1:{port}/." in done.stderr


def test_after_kill_9_of_the_parent_the_next_start_serves(installation: Installation, port: int) -> None:
    parent = _up(installation, port, "--no-demo")
    os.kill(parent, signal.SIGKILL)
    installation.processes[0].wait()
    wait_for(lambda: _family(installation.home) == [], seconds=60)
    assert _health(port) is None
    _up(installation, port, "--no-demo")
    assert installation.rows("SELECT 1") == [(1,)]


def test_a_killed_worker_and_a_killed_database_come_back(installation: Installation, port: int) -> None:
    _up(installation, port, "--no-demo")
    old = installation.rows("SELECT pid FROM jobs_heartbeat WHERE part = 'worker'")[0][0]
    os.kill(old, signal.SIGKILL)
    wait_for(lambda: installation.rows("SELECT pid FROM jobs_heartbeat WHERE pid <> %s", old))
    server = installation.json("database", "status")["pid"]
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: installation.json("database", "status")["pid"] not in (None, server))
    wait_for(lambda: _health(port))


def test_a_taken_port_is_named(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        done = installation.command("up", "--port", str(taken), "--no-demo")
    assert done.returncode == 1
    assert f"Port {taken} on 127.0.0.1 cannot be used." in done.stderr


def test_demo_accounts_exist_on_loopback_only() -> None:
    from chengzhi.running.parent import Wanted

    hosts = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "192.168.1.5", "city.example")
    assert [Wanted(Path("/"), "", host, 1, demo=True).demo_accounts for host in hosts] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    assert not Wanted(Path("/"), "", "127.0.0.1", 1, demo=False).demo_accounts
