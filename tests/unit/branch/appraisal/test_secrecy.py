"""Somebody who holds everything tries to join people and ballots, or to rebuild bundles.

Nine people vote in a known way; then the whole dump, the files of the installation and of the
server, the logs and the record are searched.
"""

import logging
import os
import re
import subprocess
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from chengzhi.branch.appraisal import casting, counting, secrecy
from chengzhi.branch.appraisal.problems import AlreadyCast
from chengzhi.database.accounts import choose_place
from chengzhi.running.archive import LEFT_OUT_TABLES
from tests.unit.branch.appraisal.polls import Poll, branch, closed, marks_of, opened
from tests.unit.cases.town import FRIDAY

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "application/x-www-form-urlencoded"
GRADES = ("excellent", "qualified", "basic", "unqualified")


def dump(*more: str) -> str:
    """Every table as text, as `chengzhi backup` reads them."""
    said = connection.settings_dict
    place = choose_place(settings.HOME)
    command = [
        place.program("pg_dump"),
        "-h",
        str(said["HOST"]),
        "-p",
        str(said["PORT"]),
        "-U",
        said["USER"],
        *more,
    ]
    done = subprocess.run(
        [*command, str(said["NAME"])], capture_output=True, text=True, check=True,
        env={**os.environ, "PGPASSWORD": said["PASSWORD"]},
    )  # fmt: skip
    return done.stdout


def files_with(wanted: bytes) -> list[Path]:
    """Files below the installation's home, the server's data and log among them, that hold these bytes."""
    return [
        path for folder in folders() for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and wanted in _bytes(path)
    ]  # fmt: skip


def folders() -> list[Path]:
    """Our home; and where a server that DATABASE_URL names keeps its data, which its owner may ask."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        return [Path(settings.HOME)]
    with psycopg.connect(given) as server:
        found = server.execute("SHOW data_directory").fetchone()
    return [Path(settings.HOME), Path(found[0])] if found else []


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # a socket, or gone meanwhile


def choices(poll: Poll) -> dict[str, dict[int, str]]:
    """Each voter's marks in a pattern of his own, so that a bundle would be recognised."""
    names = list(poll.ratees)
    return {
        voter: {one.pk: "self" if name == voter else GRADES[(at * 2 + to) % 4]
                for to, (name, one) in enumerate(poll.ratees.items())}
        for at, voter in enumerate(names)
    }  # fmt: skip


def rows(statement: str) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_nothing_joins_people_and_ballots(caplog: pytest.LogCaptureFixture) -> None:
    poll = opened(branch(9))
    said, box = choices(poll), f"appraisal_box_{poll.round.pk}"
    assert len(said) == 9
    tokens = dict(zip(said, poll.papers.tokens, strict=True))
    # The worst case: each votes in the browser in which he is signed in to the desk.
    browsers = {voter: _signed_in(poll, voter) for voter in said}
    caplog.clear()
    with caplog.at_level(logging.INFO):
        for voter, token in tokens.items():
            marks = {f"m{number}": mark for number, mark in said[voter].items()}
            sent = urlencode({"token": token, "send": "1", **marks})
            answer = browsers[voter].post(f"/ballot/{poll.round.code}/", sent, content_type=FORM)
            assert (answer.status_code, len(answer.cookies)) == (200, 0)
    assert not caplog.records

    # While the box is open: a row is a hash and a sealed ballot of equal length, and nothing else.
    columns = rows(
        f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{box}'"
    )
    assert sorted(columns) == [("ballot", "bytea"), ("token", "bytea")]
    assert len({len(row[0]) for row in rows(f"SELECT ballot FROM {box}")}) == 1
    ballots = [bytes(row[0]) for row in rows(f"SELECT ballot FROM {box}")]
    hashes = [secrecy.token_mark(poll.round.code, token) for token in tokens.values()]
    open_dump = dump()
    assert ballots[0].hex() in open_dump, "the search finds what is there"
    assert not [token for token in tokens.values() if token in open_dump]
    eligible = re.search(r"COPY public.appraisal_eligible .*?\\\.", open_dump, re.S)
    assert eligible is not None
    assert not [one for one in hashes if one.hex() in eligible.group()]
    backup = dump(*[f"--exclude-table={pattern}" for pattern in LEFT_OUT_TABLES])
    assert ballots[0].hex() not in backup
    assert hashes[0].hex() not in backup
    assert "appraisal_round" in backup
    assert files_with(ballots[0]), "the log of the server holds it while the ballot runs"

    done = counting.count(closed(poll), first=poll.papers.first, second=poll.papers.second,
                          by=poll.house.actor("甲"), on=FRIDAY)  # fmt: skip

    # Afterwards: neither hash, nor sealed ballot, nor part of the key is anywhere in tables or files.
    assert done.complete, done.why
    after = dump()
    for secret in (*ballots, *hashes):
        assert secret.hex() not in after
        assert files_with(secret) == []
    for text in (*tokens.values(), poll.papers.first, poll.papers.second):
        assert text not in after
        assert files_with(text.encode()) == []
    _no_bundles(poll, said)


def _signed_in(poll: Poll, voter: str) -> Client:
    client = Client()
    client.force_login(poll.house.accounts[voter], backend="django.contrib.auth.backends.ModelBackend")
    return client


def _no_bundles(poll: Poll, said: dict[str, dict[int, str]]) -> None:
    marks = f"appraisal_marks_{poll.round.pk}"
    columns = rows(f"SELECT column_name FROM information_schema.columns WHERE table_name = '{marks}'")
    assert sorted(one for (one,) in columns) == ["grade", "ratee"]
    stored = rows(f"SELECT ratee, grade FROM {marks} ORDER BY ctid")
    assert len(stored) == 9 * 8
    assert len(rows(f"SELECT DISTINCT xmin::text, cmin::text FROM {marks}")) == 1
    bundles = {tuple((r, g) for r, g in one.items() if g != "self") for one in said.values()}
    windows = {tuple(stored[at : at + 8]) for at in range(len(stored) - 7)}
    assert not bundles & windows
    # In the order of casting the marks of one voter would stand together: ratees would rise eight at a time.
    rising = sum(a[0] < b[0] for a, b in pairwise(stored)) / (len(stored) - 1)
    assert 0.25 < rising < 0.72, "bundled rows rise in 7 of 8 steps, shuffled ones in 4 of 9"
    ledger = rows("SELECT facts::text FROM ledger_entry WHERE thing = 'appraisal'")
    assert not [one for (one,) in ledger if any(grade in one for grade in GRADES)]


def test_a_crash_between_token_and_ballot_loses_neither() -> None:
    poll = opened(branch())
    code, token = poll.round.code, poll.papers.tokens[0]
    casting.sheet(code, token)
    connection.close()  # the server process dies after the token was read
    casting.cast(code, token, marks_of(poll, "甲"))
    with pytest.raises(AlreadyCast):  # the answer was lost: the repeat says so
        casting.cast(code, token, marks_of(poll, "甲"))
    assert rows(f"SELECT count(*) FROM appraisal_box_{poll.round.pk} WHERE ballot IS NOT NULL") == [(1,)]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["chengzhi_app", "chengzhi_sealer"])
def test_only_the_program_may_call_the_box(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, has_function_privilege(%s, p.oid, 'EXECUTE') FROM pg_proc p"
            " WHERE p.proname LIKE 'appraisal\\_%%' AND p.prorettype <> 'trigger'::regtype",
            (role,),
        )
        found = dict(cursor.fetchall())
    assert len(found) == 6
    assert set(found.values()) == {role == "chengzhi_app"}
