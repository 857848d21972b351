"""What is ended by force while it works: nothing acknowledged is lost, nothing is done twice."""

import os
import resource
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import psycopg
import pytest

from tests.installation import wait_for
from tests.photo_samples import jpeg
from tests.story.conftest import Served

WORKER = "SELECT pid FROM jobs_heartbeat WHERE part = 'worker'"


def report(text: str) -> dict[str, object]:
    return {"text": text, "address": "示例区启明路 1 号"}


def children_of(parent: int) -> set[int]:
    """Numbers of the living direct children of a process."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.add(int(entry.name))
    return found


def worker(served: Served) -> int:
    return int(wait_for(lambda: served.installation.rows(WORKER))[0][0])


def database(served: Served) -> int:
    """Number of the embedded server; 0 where the database is a given server's, which is not our child."""
    if served.installation.url:
        return 0
    return int(served.installation.json("database", "status")["pid"])


def end_database(served: Served, server: int) -> None:
    """Kill the embedded server; on a given one, end every connection to the database by force."""
    if server:
        os.kill(server, signal.SIGKILL)
        return
    with psycopg.connect(served.installation.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


class Senders:
    """Four clients that send reports, each with its own key, and note what was acknowledged."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.acknowledged: dict[str, str] = {}
        self.unsure: list[str] = []
        self.refused: list[int] = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(4)]

    def _send(self, number: int) -> None:
        count = 0
        while not self.ended.is_set():
            count += 1
            key = f"restart-{number}-{count}"
            try:
                status, answer = self.served.send(report(key), key, timeout=40)
            except (OSError, ValueError):
                self.unsure.append(key)
                continue
            if status == 201:
                self.acknowledged[key] = answer["number"]
            else:
                self.unsure.append(key)
                self.refused.append(status)
                assert answer["error"]["cure"]
                time.sleep(0.05)

    def __enter__(self) -> "Senders":
        for one in self.threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for one in self.threads:
            one.join()


def kept(served: Served) -> dict[str, list[str]]:
    """Text of every report of the restart story → the numbers it got."""
    found: dict[str, list[str]] = {}
    query = "SELECT text, number FROM cases_case WHERE text LIKE 'restart-%%'"
    for text, number in served.installation.rows(query):
        found.setdefault(text, []).append(number)
    return found


def test_a_database_killed_under_load_comes_back_with_all_it_acknowledged(served: Served) -> None:
    parent = served.installation.processes[0].pid
    server, before = database(served), worker(served)
    others = children_of(parent) - {server}
    signed_in = {"Cookie": served.sign_in("clerk", served.step("clerk", "clerk"))}
    assert served.ask("GET", "/account/", headers=signed_in)[0] == 200
    pages: list[tuple[int, str]] = []
    with Senders(served) as senders:
        wait_for(lambda: len(senders.acknowledged) > 20)
        end_database(served, server)
        fallen = time.monotonic()
        while served.health() != 200 or time.monotonic() - fallen < 0.5:
            for path, more in (("/", {}), ("/account/", signed_in)):
                status, _, text = served.ask("GET", path, headers=more)
                pages.append((status, text))
            assert time.monotonic() - fallen < 60, "it did not come back"
            time.sleep(0.05)
        at_return = len(senders.acknowledged)
        wait_for(lambda: len(senders.acknowledged) > at_return + 20)
    assert children_of(parent) - {database(served)} == others, "web and worker were not started anew"
    assert {status for status, _ in pages} <= {200, 503}, Counter(status for status, _ in pages)
    assert set(senders.refused) <= {503}
    for status, text in pages:
        assert status == 200 or "The service is not ready" in text or "系统暂时" in text, text[:2000]
    assert served.ask("GET", "/account/", headers=signed_in)[0] == 200, "still signed in"
    stored = kept(served)
    assert {key: stored.get(key) for key in senders.acknowledged} == {
        key: [number] for key, number in senders.acknowledged.items()
    }
    for key in senders.unsure:  # asked again with the same key: exactly one each
        assert served.send(report(key), key)[0] == 201
    assert {key: len(numbers) for key, numbers in kept(served).items()} == dict.fromkeys(
        [*senders.acknowledged, *senders.unsure], 1
    )
    assert before in [row[0] for row in served.installation.rows(WORKER)]
    assert served.installation.json("ledger", "verify")["ok"] is True


def test_a_killed_database_whose_session_hangs_on_is_tried_again(served: Served) -> None:
    """A session left behind holds the server's memory, so that a new one refuses to start."""
    server = database(served)
    if not server:
        pytest.skip("a given server is not ours to restart")
    left_behind = min(children_of(server))
    os.kill(left_behind, signal.SIGSTOP)
    try:
        os.kill(server, signal.SIGKILL)
        time.sleep(4)
        assert served.health() != 200
        assert served.installation.processes[0].poll() is None, "the program ended with its database"
    finally:
        os.kill(left_behind, signal.SIGCONT)
    wait_for(lambda: served.health() == 200)
    wait_for(lambda: served.send(report("after the fall"))[0] == 201)
    # Nobody meets a connection that died with the old server, not even once.
    assert [served.send(report(f"after the fall {n}"))[0] for n in range(12)] == [201] * 12
    assert database(served) not in (0, server)


def test_a_worker_killed_in_a_bulk_action_notes_every_case_once(served: Served) -> None:
    for number in range(max(0, 150 - served.count("SELECT count(*) FROM cases_case"))):
        assert served.send(report(f"bulk {number}"))[0] == 201
    if not served.count("SELECT count(*) FROM people_account WHERE username = 'clerk'"):
        served.step("clerk", "clerk")
    old = worker(served)
    action = served.step("note_all", "clerk", "seen by all")
    done = "SELECT count(*) FROM cases_bulkitem WHERE action_id = %s AND state <> 'waiting'"
    wait_for(lambda: served.count(done, action) >= 5)
    os.kill(old, signal.SIGKILL)
    left = served.count(done, action)
    total = served.count("SELECT total FROM cases_bulkaction WHERE id = %s", action)
    assert left < total, "the worker was faster than the test"
    wait_for(lambda: served.count(done, action) == total, seconds=150)
    assert worker(served) != old
    noted = served.installation.rows(
        "SELECT i.state, count(l.id) FROM cases_bulkitem i LEFT JOIN ledger_entry l ON l.thing = 'case'"
        " AND l.thing_id = i.case_id AND l.step = 'note' WHERE i.action_id = %s GROUP BY i.id, i.state",
        action,
    )
    assert Counter(noted) == {("done", 1): total}


def test_a_worker_killed_in_an_import_loads_every_row_once(served: Served) -> None:
    real = pl.read_parquet(Path("packs/boston/data/boston311_2011.parquet").resolve())
    path = served.installation.home / "run" / "boston.parquet"
    number = pl.col("case_enquiry_id")
    again = real.with_columns((number.cast(pl.String) + "9").cast(real.schema["case_enquiry_id"]))
    rows = pl.concat([real, again])
    rows.write_parquet(path)
    before = served.count("SELECT count(*) FROM cases_case")
    run = served.step("import_file", str(path), "boston-2011", "boston")
    read = "SELECT read FROM pipeline_importrun WHERE id = %s"
    old = worker(served)
    wait_for(lambda: served.count(read, run) > 0)
    os.kill(old, signal.SIGKILL)
    assert 0 < served.count(read, run) < len(rows), "the worker was faster than the test"
    state = "SELECT state FROM pipeline_importrun WHERE id = %s"
    wait_for(lambda: served.installation.rows(state, run)[0][0] in ("done", "failed"), seconds=150)
    found = served.installation.rows(
        "SELECT state, read, loaded, rejected, existing FROM pipeline_importrun WHERE id = %s", run
    )[0]
    assert found[:2] == ("done", len(rows))
    assert found[2] + found[3] + found[4] == len(rows)
    assert found[2] > 100_000
    assert served.count("SELECT count(*) FROM cases_case") - before == found[2]
    twice = (
        "SELECT count(*) FROM (SELECT 1 FROM cases_case GROUP BY district_id, number HAVING count(*) > 1) t"
    )
    assert served.count(twice) == 0


@contextmanager
def full_disk(served: Served) -> Iterator[str]:
    """The folder of photos on a disk without room; without the right to mount, a size no file may pass."""
    folder = served.installation.home / "files"
    command = ["mount", "-t", "tmpfs", "-o", "size=8k,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        try:
            yield "disk"
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    web = [
        pid
        for child in children_of(served.installation.processes[0].pid)
        for pid in (child, *children_of(child))
    ]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in web}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield "size"
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_refuses_the_photo_keeps_the_words_and_takes_the_report(served: Served) -> None:
    photo = jpeg(1600, 1200)
    assert len(photo) > 16_000
    before = served.count("SELECT count(*) FROM files_storedfile")
    with full_disk(served):
        status, _, page = served.form("/d/sample/report/photo/", {}, ("p.jpg", photo))
        assert status in (200, 507)
        assert "no room" in page.lower() or "full" in page.lower(), page[:1500]
        assert served.count("SELECT count(*) FROM files_storedfile") == before
        assert served.send(report("without a photo"))[0] == 201
        assert served.health() == 200
    left = list((served.installation.home / "files").rglob("*.part"))
    assert left == []
    status, _, page = served.form("/d/sample/report/photo/", {}, ("p.jpg", photo))
    assert (status, served.count("SELECT count(*) FROM files_storedfile")) == (200, before + 1), page[:1500]


def test_afterwards_everything_serves_and_the_record_is_whole(served: Served) -> None:
    assert wait_for(lambda: served.health() == 200)
    assert served.installation.json("ledger", "verify")["ok"] is True
    waiting = "SELECT count(*) FROM jobs_jobrun WHERE state IN ('queued', 'running', 'failed')"
    assert wait_for(lambda: served.count(waiting) == 0)


pytestmark = pytest.mark.slow
