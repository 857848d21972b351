"""The demo load ended in the middle, politely and by force: every next start goes on, nothing comes twice."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation, wait_for
from tests.story.conftest import Served, free_port

pytestmark = pytest.mark.slow
BOSTON = 58_251
SIMULATED = "SELECT count(DISTINCT left(source_number, 7)) FROM cases_case WHERE source_system = 'simulated'"
BOSTON_BEGUN = "SELECT count(*) FROM pipeline_importrun WHERE mapping = 'boston-2011' AND state = 'running'"


@pytest.fixture
def served() -> Iterator[Served]:
    """An installation of this story's own, not started yet."""
    base = Path(tempfile.mkdtemp(prefix="chengzhi-demo-"))
    base.chmod(0o711)  # the database's own account passes it
    for name in ("logs", "run"):
        (base / "home" / name).mkdir(parents=True)
    found = Served(Installation(base / "home"), free_port())
    yield found
    found.installation.close()
    shutil.rmtree(base)


def up(served: Served) -> "subprocess.Popen[str]":
    """`chengzhi up` with the demo, as a newcomer types it."""
    parent = served.installation.process("-m", "chengzhi", "up", "--port", str(served.port))
    wait_for(lambda: served.health() == 200 or parent.poll() is not None, seconds=300)
    assert parent.poll() is None, served.installation.output()
    return parent


def until(served: Served, query: str, more_than: int) -> int:
    """Ask every second, so that asking does not slow the load; the number found."""
    deadline = time.monotonic() + 600
    while (found := served.count(query)) <= more_than:
        job = served.installation.rows(
            "SELECT state, message, done FROM jobs_jobrun WHERE kind = 'demo.load'"
        )
        assert job[0][0] in ("queued", "running"), job
        assert time.monotonic() < deadline, job
        time.sleep(0.5)
    return found


def demo(served: Served) -> str:
    """What `/healthz` says of the demo."""
    return str(json.loads(served.ask("GET", "/healthz")[2])["demo"])


def kill(served: Served, parent: "subprocess.Popen[str]") -> None:
    """kill -9 of the parent; its children notice and go."""
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    wait_for(lambda: _left(served.installation.home) == [], seconds=60)


def _left(home: Path) -> list[int]:
    """Living processes of this home, the database's and this one excepted."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                variables = (entry / "environ").read_bytes().split(b"\0")
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"CHENGZHI_HOME={home}".encode() in variables and state != "Z":
                found.append(int(entry.name))
    return found


def test_the_demo_load_goes_on_after_every_kind_of_end(served: Served) -> None:
    parent = up(served)
    until(served, SIMULATED, 1)
    assert demo(served) == "loading"
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(60) == 0

    parent = up(served)
    months = served.count(SIMULATED)
    assert 2 <= months < 13, "the load was faster than the test"
    until(served, SIMULATED, months)
    kill(served, parent)

    parent = up(served)
    until(served, BOSTON_BEGUN, 0)
    (worker,) = served.installation.rows("SELECT pid FROM jobs_heartbeat WHERE part = 'worker'")
    os.kill(worker[0], signal.SIGKILL)  # in the middle of a chunk, with no time to leave
    kill(served, parent)
    served.installation.json("database", "start")
    assert served.count(BOSTON_BEGUN) == 1, "the load was faster than the test"
    served.installation.json("database", "stop")

    parent = up(served)
    wait_for(lambda: demo(served) == "loaded", seconds=300)
    everything_is_there_once(served)
    before = served.count("SELECT count(*) FROM cases_case")
    parent.terminate()
    assert parent.wait(60) == 0

    parent = up(served)
    assert demo(served) == "loaded"
    assert served.count("SELECT count(*) FROM cases_case") == before
    parent.terminate()
    assert parent.wait(60) == 0


def everything_is_there_once(served: Served) -> None:
    ask = served.installation.rows
    assert ask("SELECT state FROM jobs_jobrun WHERE kind = 'demo.load'") == [("done",)]
    for twice in (
        "SELECT 1 FROM cases_case GROUP BY district_id, number HAVING count(*) > 1",
        "SELECT 1 FROM cases_case GROUP BY district_id, source_system, source_number HAVING count(*) > 1",
        "SELECT 1 FROM cases_task GROUP BY case_id, kind, sent_at HAVING count(*) > 1",
        "SELECT 1 FROM ledger_entry WHERE thing = 'case' GROUP BY thing_id, step, happened_at HAVING count(*) > 1",
    ):
        assert ask(f"{twice} LIMIT 1") == [], twice
    # Thirteen months, each whole: its numbers run from 0 without a gap.
    months = ask(
        "SELECT left(source_number, 7), count(*) - 1, max(right(source_number, 5)::int)"
        " FROM cases_case WHERE source_system = 'simulated' GROUP BY 1"
    )
    assert len(months) == 13
    assert [last for _, last, _ in months] == [highest for _, _, highest in months]
    assert ask(
        "SELECT count(*) FROM cases_case c WHERE source_system = 'simulated' AND NOT EXISTS"
        " (SELECT FROM ledger_entry l WHERE l.thing = 'case' AND l.thing_id = c.id)"
    ) == [(0,)]
    (boston,) = ask("SELECT state, read, loaded + rejected, existing, loaded FROM pipeline_importrun")
    assert boston[:4] == ("done", BOSTON, BOSTON, 0)
    loaded = "SELECT count(*) FROM cases_case c JOIN places_district d ON d.id = c.district_id WHERE slug = 'boston'"
    assert served.count(loaded) == boston[4]
    assert served.installation.json("ledger", "verify")["ok"] is True
