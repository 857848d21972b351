"""`DATABASE_URL`: the whole installation on a PostgreSQL 15 that is not ours, as real processes."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.given_server import GivenServer
from tests.installation import Installation, wait_for
from tests.story.conftest import Served, free_port

pytestmark = [pytest.mark.postgres15, pytest.mark.slow]
Make = Callable[..., Installation]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="chengzhi-given-"))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[GivenServer]:
    found = GivenServer(folder / "server").start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def make(folder: Path) -> Iterator[Make]:
    made: list[Installation] = []

    def one(name: str, url: str = "") -> Installation:
        (folder / name / "logs").mkdir(parents=True)
        (folder / name).chmod(0o711)
        made.append(Installation(folder / name, url=url))
        return made[-1]

    yield one
    for installation in made:
        installation.close()


def serve(installation: Installation) -> Served:
    """`chengzhi up --no-demo` until everything answers, with a key for reports."""
    served = Served(installation, free_port())
    parent = installation.process("-m", "chengzhi", "up", "--no-demo", "--port", str(served.port))
    wait_for(lambda: served.health() == 200 or parent.poll() is not None, seconds=150)
    assert parent.poll() is None, installation.output()
    made = installation.json("api-key", "create", "--district", "sample", "--role", "intake_clerk")
    served.key = made["key"]
    return served


def stop(served: Served) -> None:
    parent = served.installation.processes[-1]
    parent.terminate()
    assert parent.wait(60) == 0
    assert served.health() == 0


def cases(installation: Installation) -> list[tuple[object, ...]]:
    return installation.rows("SELECT number, text, state FROM cases_case ORDER BY id")


def send(served: Served, text: str) -> None:
    status, answer = served.send({"text": text, "address": "示例区启明路 1 号"})
    assert status == 201, answer


@pytest.fixture(scope="module")
def first(make: Make, server: GivenServer) -> Installation:
    """One that served on the given server, took two reports and was stopped."""
    found = make("first", server.make_database("first"))
    served = serve(found)
    send(served, "井盖缺失 🕳️")
    send(served, "路灯不亮")
    stop(served)
    found.json("ledger", "seal")
    return found


@pytest.fixture(scope="module")
def archive(first: Installation, folder: Path) -> str:
    """A backup of it."""
    file = str(folder / "first.backup")
    made = first.json("backup", file)
    assert (made["postgresql"], made["roles"], made["bucket"]) == (15, True, "")
    return file


def test_it_serves_there_and_nothing_runs_here(first: Installation) -> None:
    assert [row[1] for row in cases(first)] == ["井盖缺失 🕳️", "路灯不亮"]
    assert not list(first.home.glob("postgres-*"))
    found = first.json("check")["findings"]
    assert [one for one in found if one["level"] == "error"] == []
    assert first.json("database", "status", status=1)["error"]["code"] == "database.not_embedded"
    for role in ("app", "owner", "sealer"):
        with psycopg.connect(first.json("database", "url", "--role", role)["url"]) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (f"chengzhi_{role}",)
    assert first.json("database", "url", "--role", "superuser")["url"] == first.url


def still_the_same(other: Installation, first: Installation) -> None:
    """The cases are there, the record is whole, the application may not change it, and work goes on."""
    assert cases(other) == cases(first)
    before = other.json("ledger", "verify")
    assert (before["ok"], before["first_bad"]) == (True, None)
    assert before["sealed"] + before["tail"] >= 4
    assert other.rows(
        "SELECT has_table_privilege('chengzhi_app', 'cases_case', 'UPDATE'),"
        " has_table_privilege('chengzhi_app', 'ledger_entry', 'UPDATE'),"
        " has_table_privilege('chengzhi_app', 'ledger_seal', 'INSERT')"
    ) == [(True, False, False)]
    served = serve(other)
    send(served, "恢复之后")
    stop(served)
    other.json("ledger", "seal")
    after = other.json("ledger", "verify")
    assert after["ok"] is True
    assert after["sealed"] + after["tail"] > before["sealed"] + before["tail"]


def test_a_backup_goes_into_another_database_of_that_server(
    first: Installation, archive: str, make: Make, server: GivenServer
) -> None:
    other = make("other", server.make_database("other"))
    assert other.json("restore", archive)["postgresql"] == 15
    still_the_same(other, first)
    # The roles are those of the first installation: both still work.
    assert first.json("ledger", "verify")["ok"] is True
    assert other.json("restore", archive, status=1)["error"]["code"] == "restore.not_empty"


def test_a_backup_moves_to_the_embedded_server_and_back(
    first: Installation, archive: str, make: Make, folder: Path
) -> None:
    embedded = make("embedded")
    embedded.json("restore", archive)
    embedded.json("database", "start")
    still_the_same(embedded, first)
    embedded.json("database", "start")
    expected = cases(embedded)
    assert embedded.json("backup", str(folder / "back.backup"))["postgresql"] == 18
    fresh = GivenServer(folder / "fresh").start()
    try:
        home = make("back", fresh.make_database("back"))
        home.json("restore", str(folder / "back.backup"))
        assert cases(home) == expected
        assert home.json("ledger", "verify")["ok"] is True
        assert home.json("migrate") == {"applied": []}
    finally:
        fresh.stop()


def test_one_account_for_everything_becomes_three_roles_when_it_moves(
    make: Make, server: GivenServer, folder: Path
) -> None:
    server.make_account("plain")
    alone = make("alone", server.make_database("alone", "plain"))
    served = serve(alone)
    send(served, "只有一个账号")
    stop(served)
    assert alone.json("check", status=1)["error"]["code"] == "chengzhi.E006"
    assert alone.json("backup", str(folder / "alone.backup"))["roles"] is False
    moved = make("moved")
    moved.json("restore", str(folder / "alone.backup"))
    moved.json("database", "start")
    still_the_same(moved, alone)


def test_a_server_that_does_not_answer_is_named(
    archive: str, make: Make, server: GivenServer, folder: Path
) -> None:
    gone = make("gone", f"postgresql://someone:word@/nothing?host={folder}")
    for words in (("backup", str(folder / "x")), ("check",), ("ledger", "verify")):
        assert gone.json(*words, status=1)["error"]["code"] == "database.unreachable", words
    assert gone.json("restore", archive, status=1)["error"]["code"] == "database.unreachable"
    assert not (folder / "x").exists()
    wrong = make("wrong", server.url("postgres").replace("15@", "16@"))
    assert wrong.json("check", status=1)["error"]["code"] == "database.unreachable"
    assert "password" in wrong.json("check", status=1)["error"]["why"]
