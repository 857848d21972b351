"""Tests of background work with real worker processes on a real database."""

import json
import os
import signal
from pathlib import Path

import psycopg
import pytest

from chengzhi.database import connection_url
from tests.installation import Installation, wait_for

WORKER = str(Path(__file__).with_name("steps_worker.py"))


@pytest.fixture
def running(installation: Installation) -> Installation:
    installation.json("database", "start")
    with psycopg.connect(connection_url(installation.home, "", "owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE step (n int PRIMARY KEY)")
        connection.execute("GRANT ALL ON step TO chengzhi_app")
    return installation


def _ask(home: Installation, kind: str, key: str, **arguments: object) -> str:
    """Ask for a job from another process, as a page would."""
    code = (
        "import json, sys\n"
        "from chengzhi.commands._session import installation\n"
        "with installation():\n"
        "    from chengzhi import clock\n"
        "    from chengzhi.jobs.actions import start\n"
        "    run = start(sys.argv[1], title='t', by=None, on=clock.now(), key=sys.argv[2],\n"
        "                arguments=json.loads(sys.argv[3]))\n"
        "    print(run.pk)\n"
    )
    child = home.process("-c", code, kind, key, json.dumps(arguments))
    assert child.wait(60) == 0, home.output()
    return home.output().strip()


def _state(home: Installation, run: str) -> tuple[object, ...]:
    return home.rows("SELECT state, done, result FROM jobs_jobrun WHERE id = %s", int(run))[0]


def test_a_job_runs_once_however_often_it_is_asked_for(running: Installation) -> None:
    first = _ask(running, "test.steps", "same", steps=3, pause=0)
    assert _ask(running, "test.steps", "same", steps=3, pause=0) == first
    running.process(WORKER)
    wait_for(lambda: _state(running, first)[0] == "done")
    assert _state(running, first) == ("done", 3, {"steps": 3})
    assert running.rows("SELECT n FROM step ORDER BY n") == [(0,), (1,), (2,)]


def test_a_refusal_stands_in_the_run_in_plain_words(running: Installation) -> None:
    run = _ask(running, "test.refuse", "refused")
    running.process(WORKER)
    wait_for(lambda: _state(running, run)[0] == "failed")
    message = running.rows("SELECT message FROM jobs_jobrun WHERE id = %s", int(run))[0][0]
    assert message == "The file is empty. It has no rows. Send another."


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "“fortnights”不是有效的时间单位。"), ("en", "“fortnights” is not a unit of time.")],
)
def test_a_refusal_is_in_the_language_of_who_asked(running: Installation, language: str, words: str) -> None:
    run = _ask(running, "test.misjudge", "misjudged", language=language)
    running.process(WORKER)
    wait_for(lambda: _state(running, run)[0] == "failed")
    message = running.rows("SELECT message FROM jobs_jobrun WHERE id = %s", int(run))[0][0]
    assert message.startswith(words)


def test_the_job_of_a_killed_worker_goes_on_with_the_next(running: Installation) -> None:
    run = _ask(running, "test.steps", "long", steps=30, pause=0.2)
    first = running.process(WORKER)
    wait_for(lambda: running.rows("SELECT count(*) FROM step")[0][0] >= 3)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    done = running.rows("SELECT count(*) FROM step")[0][0]
    assert 3 <= done < 30
    running.process(WORKER)
    wait_for(lambda: _state(running, run)[0] == "done")
    # The table's key refuses a step done twice; the job would have failed.
    assert running.rows("SELECT count(*), max(n) FROM step") == [(30, 29)]


def test_a_worker_asked_to_stop_leaves_at_a_clean_point_and_the_next_goes_on(running: Installation) -> None:
    run = _ask(running, "test.steps", "long", steps=30, pause=0.2)
    first = running.process(WORKER)
    wait_for(lambda: running.rows("SELECT count(*) FROM step")[0][0] >= 2)
    first.terminate()
    assert first.wait(20) == 0
    assert _state(running, run)[0] == "queued"
    running.process(WORKER)
    wait_for(lambda: _state(running, run)[0] == "done")
    assert running.rows("SELECT count(*), max(n) FROM step") == [(30, 29)]


def test_a_restart_of_the_database_does_not_lose_the_job(running: Installation) -> None:
    run = _ask(running, "test.steps", "long", steps=30, pause=0.2)
    running.process(WORKER)
    wait_for(lambda: running.rows("SELECT count(*) FROM step")[0][0] >= 2)
    running.json("database", "stop")
    running.json("database", "start")
    wait_for(lambda: _state(running, run)[0] == "done")
    assert running.rows("SELECT count(*), max(n) FROM step") == [(30, 29)]
