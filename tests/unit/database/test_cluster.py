"""Tests of the supervisor on real servers in throw-away folders."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chengzhi.database import Cluster, process
from chengzhi.database.accounts import SOCKET_FILE, PlaceClosed, home_id
from chengzhi.database.cluster import ServerFailed, WrongMajor
from chengzhi.database.session import open_database, prepare_embedded

FAST = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture(scope="module")
def template(open_base: Path) -> Path:
    """One created home, copied by each test: creating takes half a second, copying little."""
    home = open_base / "template"
    with Cluster(home, FAST).lease():
        pass
    return home


@pytest.fixture
def home(open_folder: Path, template: Path) -> Iterator[Path]:
    copy = open_folder / "home"
    subprocess.run(["cp", "-a", str(template), str(copy)], check=True)
    yield copy
    Cluster(copy, FAST).stop()


def _answer(cluster: Cluster) -> object:
    with psycopg.connect(cluster.superuser_dsn()) as connection:
        row = connection.execute("SELECT 6 * 7").fetchone()
    return row and row[0]


def test_it_starts_answers_and_stops(home: Path) -> None:
    cluster = Cluster(home, FAST)
    assert (cluster.start(), _answer(cluster), cluster.stop()) == (True, 42, True)
    assert (cluster.pid(), cluster.stop()) == (None, False)


def test_the_server_is_durable_local_and_checksummed(home: Path) -> None:
    with Cluster(home).lease() as lease, psycopg.connect(lease.cluster.superuser_dsn()) as connection:
        names = ["fsync", "synchronous_commit", "full_page_writes", "data_checksums", "jit"]
        names += ["listen_addresses", "unix_socket_permissions", "server_encoding"]
        found = {name: connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names}
        locale = connection.execute(
            "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'postgres'"
        ).fetchone()
    assert {name: row and row[0] for name, row in found.items()} == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "jit": "off",
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "server_encoding": "UTF8",
    }
    assert locale == ("b", "C.UTF-8")


def test_without_the_password_nobody_gets_in(home: Path) -> None:
    cluster = Cluster(home, FAST)
    with cluster.lease(), pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(cluster.place.socket), user="postgres", dbname="postgres", password="wrong")


def test_a_second_user_shares_the_server_and_the_last_one_stops_it(home: Path) -> None:
    first, second = Cluster(home, FAST), Cluster(home, FAST)
    with first.lease():
        pid = first.pid()
        with second.lease():
            assert second.pid() == pid
        assert first.pid() == pid
    assert first.pid() is None


def test_a_server_asked_to_keep_running_outlives_its_users(home: Path) -> None:
    cluster = Cluster(home, FAST)
    with cluster.lease():
        cluster.keep_running(True)
    assert _answer(cluster) == 42
    cluster.keep_running(False)


def test_nothing_committed_is_lost_when_the_server_is_killed(home: Path) -> None:
    cluster = Cluster(home)
    cluster.start()
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert cluster.start() is True
    with psycopg.connect(cluster.superuser_dsn()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_another_process_with_the_recorded_number_does_not_stop_the_start(home: Path) -> None:
    cluster = Cluster(home, FAST)
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert cluster.child is not None
    cluster.child.wait()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        _record(cluster, stranger.pid)
        assert cluster.pid() is None
        assert (cluster.start(), _answer(cluster)) == (True, 42)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_zombie_with_the_recorded_number_does_not_stop_the_start(home: Path) -> None:
    cluster = Cluster(home, FAST)
    cluster.start()
    pid = cluster.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while process.is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    # Not collected by its parent: it is a zombie now, and kill(pid, 0) succeeds.
    os.kill(pid, 0)
    other = Cluster(home, FAST)
    assert (other.pid(), other.start(), _answer(other)) == (None, True, 42)


def _record(cluster: Cluster, pid: int) -> None:
    path = cluster.place.data / "postmaster.pid"
    lines = path.read_text().split("\n")
    path.write_text("\n".join([str(pid), *lines[1:]]))


def test_a_long_home_gets_a_short_socket(open_folder: Path, template: Path) -> None:
    home = open_folder / ("long-" * 20)
    subprocess.run(["cp", "-a", str(template), str(home)], check=True)
    cluster = Cluster(home, FAST)
    try:
        assert cluster.place.socket == Path("/tmp") / f"chengzhi-{home_id(cluster.place.root)}"
        assert len(str(cluster.place.socket / SOCKET_FILE)) < 100
        with cluster.lease():
            assert _answer(cluster) == 42
        assert cluster.place.socket.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(cluster.place.socket)


def test_data_of_another_major_are_refused_with_the_cure(home: Path) -> None:
    (home / "postgres-18" / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(WrongMajor) as caught:
        Cluster(home, FAST).start()
    assert "PostgreSQL 16" in caught.value.what
    assert "chengzhi restore" in caught.value.cure


def test_the_folder_of_an_older_release_is_refused_too(home: Path) -> None:
    (home / "postgres-18").rename(home / "postgres-17")
    (home / "postgres-17" / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(WrongMajor, match="PostgreSQL 17"):
        Cluster(home, FAST).start()


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with pytest.raises(ServerFailed) as caught:
        Cluster(home, {**FAST, "shared_buffers": "nonsense"}).start()
    assert "shared_buffers" in caught.value.why


def test_an_interrupted_creation_is_begun_again(open_folder: Path) -> None:
    home = open_folder / "home"
    cluster = Cluster(home, FAST)
    half = cluster.place.root / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with cluster.lease():
        assert _answer(cluster) == 42


def test_the_three_roles_can_log_in_and_only_the_owner_may_become_the_others(home: Path) -> None:
    from chengzhi.database import connection_url

    cluster = Cluster(home, FAST)
    with cluster.lease():
        prepare_embedded(cluster)
        names = {}
        for role in ("owner", "app", "sealer", "superuser"):
            with psycopg.connect(connection_url(home, "", role)) as connection:
                row = connection.execute("SELECT current_user, current_database()").fetchone()
                names[role] = row
        assert names == {
            "owner": ("chengzhi_owner", "chengzhi"),
            "app": ("chengzhi_app", "chengzhi"),
            "sealer": ("chengzhi_sealer", "chengzhi"),
            "superuser": ("postgres", "chengzhi"),
        }
        with psycopg.connect(connection_url(home, "", "owner")) as connection:
            connection.execute("SET ROLE chengzhi_app")
        with (
            psycopg.connect(connection_url(home, "", "app")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SET ROLE chengzhi_owner")


def test_the_database_is_ready_inside_the_block_and_gone_after(home: Path) -> None:
    with open_database(home, "") as cluster:
        assert cluster is not None
        assert cluster.answers()
    assert not cluster.answers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_as_root_the_server_runs_under_its_own_account(home: Path) -> None:
    cluster = Cluster(home, FAST)
    with cluster.lease():
        status = os.stat(f"/proc/{cluster.pid()}")
        assert cluster.place.account is not None
        assert (status.st_uid, cluster.place.account.name) == (cluster.place.account.uid, "chengzhi-db")
        assert cluster.place.data.stat().st_uid == status.st_uid
        assert not cluster.place.elsewhere


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_as_root_below_a_closed_folder_data_and_programs_lie_elsewhere(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "home"
    cluster = Cluster(home, FAST)
    away = Path("/var/lib/chengzhi") / home_id(home)
    try:
        assert cluster.place.root == away / "postgres-18"
        assert away in cluster.place.programs.parents
        with cluster.lease():
            assert _answer(cluster) == 42
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(away)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_a_folder_closed_later_does_not_lead_to_a_new_empty_database(open_folder: Path, home: Path) -> None:
    with Cluster(home, FAST).lease():
        pass
    open_folder.chmod(0o700)
    try:
        with pytest.raises(PlaceClosed):
            Cluster(home, FAST)
    finally:
        open_folder.chmod(0o711)
