"""Ballots under fire: one token by many at once, and a server process killed inside the statement."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client

from chengzhi.branch.appraisal import box, casting, counting, planning, secrecy
from chengzhi.branch.appraisal.models import Tally
from chengzhi.branch.appraisal.problems import AlreadyCast, BadTimes, NoQuorum
from chengzhi.branch.organisation.models import PracticeRule
from tests.unit.branch.appraisal.polls import Poll, branch, closed, handed, marks_of, opened
from tests.unit.cases.town import FRIDAY, LONG_AGO

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8
T = TypeVar("T")


def filled(poll: Poll) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(ballot) FROM appraisal_box_{poll.round.pk}")
        return int(cursor.fetchone()[0])


def test_of_many_casts_at_once_with_one_token_exactly_one_counts() -> None:
    poll = opened(branch())
    code, token = poll.round.code, poll.papers.tokens[0]
    start, answers = threading.Barrier(AT_ONCE), Counter[str]()
    won: list[str] = []

    def one(choice: str) -> None:
        try:
            start.wait(20)
            casting.cast(code, token, marks_of(poll, "甲", choice))
            won.append(choice)
            answers["cast"] += 1
        except AlreadyCast:
            answers["already"] += 1
        finally:
            connection.close()

    grades = ("excellent", "qualified", "basic", "unqualified")
    threads = [threading.Thread(target=one, args=(grades[at % 4],)) for at in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {"cast": 1, "already": AT_ONCE - 1}
    assert filled(poll) == 1
    counting.count(closed(poll), first=poll.papers.first, second=poll.papers.second,
                   by=poll.house.actor("甲"), on=FRIDAY)  # fmt: skip
    marks = {t.grade: t.count for t in Tally.objects.filter(ratee=poll.ratees["乙"]) if t.count}
    assert marks == {won[0]: 1}, "the ballot of the one that was told so"


@contextmanager
def other() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection of its own that may end server processes of the tests' role."""
    said = connection.settings_dict
    with psycopg.connect(
        host=str(said["HOST"]), port=str(said["PORT"]), user=said["USER"], password=said["PASSWORD"],
        dbname=str(said["NAME"]), autocommit=True,
    ) as found:  # fmt: skip
        yield found


def kill_inside_the_statement(poll: Poll, token: str, cast: Callable[[], T]) -> T:
    """Hold the token's row from elsewhere until `cast` waits for it, and end its server process."""
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    table, mark = f"appraisal_box_{poll.round.pk}", secrecy.token_mark(poll.round.code, token)
    killed: list[int] = []

    def kill() -> None:
        with other() as watcher:
            for _try in range(200):
                row = watcher.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", [process]
                ).fetchone()
                if row:
                    watcher.execute("SELECT pg_terminate_backend(%s)", [process])
                    killed.append(process)
                    return
                time.sleep(0.05)

    killer = threading.Thread(target=kill)
    with other() as holder, holder.transaction():
        holder.execute(f"SELECT 1 FROM {table} WHERE token = %s FOR UPDATE", [mark])
        killer.start()
        done = cast()
        killer.join(30)
    connection.close()
    assert killed, "the statement was cut off"
    return done


def server_log() -> str:
    logs = [one for one in Path(settings.HOME).rglob("*.log") if one.is_file()]
    return "".join(one.read_text("utf-8", "replace") for one in logs)


def test_a_killed_server_process_loses_neither_secrecy_nor_vote() -> None:
    poll = opened(branch())
    code, token = poll.round.code, poll.papers.tokens[0]
    marks = marks_of(poll, "甲", "excellent")

    def cast() -> None:
        with pytest.raises(OperationalError):
            casting.cast(code, token, marks)

    kill_inside_the_statement(poll, token, cast)
    assert filled(poll) == 0, "all or nothing"
    said = server_log()
    assert "terminating connection due to administrator command" in said, "the log is the server's"
    assert "appraisal_cast" in said, "a killed statement stands in the log"
    mark = secrecy.token_mark(code, token).hex()
    assert mark not in said
    assert token not in said
    assert not re.search(r"appraisal_cast\([^)]*\\\\x", said), "with no value beside it"
    casting.cast(code, token, marks)
    assert filled(poll) == 1
    with pytest.raises(AlreadyCast):
        casting.cast(code, token, marks)


def test_the_page_of_a_killed_ballot_keeps_the_marks_and_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    poll = opened(branch())
    at, token = f"/ballot/{poll.round.code}/", poll.papers.tokens[0]
    said = {"token": token, "send": "1", **{f"m{n}": m for n, m in marks_of(poll, "甲", "excellent").items()}}
    client, form = Client(), "application/x-www-form-urlencoded"
    with caplog.at_level(logging.INFO):
        answer = kill_inside_the_statement(
            poll, token, lambda: client.post(at, urlencode(said), content_type=form)
        )
    assert answer.status_code == 503
    assert not caplog.records
    kept = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.content.decode()))
    assert kept == said
    assert client.post(at, urlencode(kept), content_type=form).status_code == 200
    assert client.post(at, urlencode(kept), content_type=form).status_code == 409
    assert filled(poll) == 1


def test_the_text_of_the_running_statement_holds_no_value() -> None:
    poll = opened(branch())
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    mark = secrecy.token_mark(poll.round.code, poll.papers.tokens[0])
    box.put(poll.round.code, mark, None)
    with other() as watcher:
        row = watcher.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [process]).fetchone()
    assert row is not None
    assert "appraisal_cast" in str(row[0])
    assert mark.hex() not in str(row[0])


def test_a_void_round_is_removed_from_the_log_of_the_server_too() -> None:
    poll = opened(branch())
    token = poll.papers.tokens[0]
    casting.cast(poll.round.code, token, marks_of(poll, "甲"))
    mark = secrecy.token_mark(poll.round.code, token)
    until = time.monotonic() + 10
    while not files_with(mark):  # the log is written a moment later
        assert time.monotonic() < until, "the log holds it while the ballot runs"
        time.sleep(0.1)
    done = planning.cancel(poll.fresh(), reason="重来", by=poll.house.actor("书记"), on=FRIDAY)
    assert done.complete, done.why
    assert poll.fresh().state == "void"
    assert not files_with(mark)
    assert not poll.round.eligible.exists()


def files_with(wanted: bytes) -> list[Path]:
    found = []
    for path in Path(settings.HOME).rglob("*"):
        try:
            if path.is_file() and not path.is_symlink() and wanted in path.read_bytes():
                found.append(path)
        except OSError:
            continue
    return found


def test_too_few_people_cannot_open_a_ballot_and_the_article_is_told() -> None:
    made = branch()
    PracticeRule.objects.create(
        district=made.town.district, key="B-04", pack="party", name="到会人数", name_en="Quorum", kind="quorum",
        parameters={"over": 1, "under": 2, "strict": False}, text_version="支条", article="第11条", status="seen",
        valid_from=LONG_AGO, exemptions=[], source="test",
    )  # fmt: skip
    poll = handed(made)
    teller = made.actor("甲")
    members = list(poll.round.eligible.values_list("member_id", flat=True))
    for member in members[3:]:
        planning.hand_over(poll.fresh(), member_id=member, given=False, by=teller)
    with pytest.raises(NoQuorum) as refused:
        planning.open_ballot(poll.fresh(), absences={"leave": 5}, by=teller, on=FRIDAY)
    assert "第11条" in refused.value.why
    planning.hand_over(poll.fresh(), member_id=members[3], by=teller)
    planning.open_ballot(poll.fresh(), absences={"leave": 4}, by=teller, on=FRIDAY)
    assert poll.fresh().state == "voting"


def test_a_round_does_not_end_before_it_begins() -> None:
    made = branch()
    with pytest.raises(BadTimes):
        planning.plan(body=made.first, title="x", by=made.actor("书记"), on=FRIDAY, closes_at=FRIDAY)
