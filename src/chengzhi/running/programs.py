"""PostgreSQL's own programs: the one that fits a server, and running it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from psycopg import pq

from chengzhi.database.accounts import wheel_programs
from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

# From here on a server knows the setting; the programs of later versions begin by setting it.
KNOWS_TRANSACTION_TIMEOUT = 17
UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"
# A server's own note on a column. From 15.20 on it stands among the column's options, where an
# earlier pg_dump takes it for something a person has set; other servers refuse it.
PRIVATE_NOTE = re.compile(rb"ALTER TABLE ONLY \S.* ALTER COLUMN \S.* SET \(pg_attver=\d+\);\n")


class ProgramFailed(Problem):
    """pg_dump, pg_restore or psql ended with an error."""

    code = "backup.failed"
    status = 500


class ServerTooNew(Problem):
    """No program on this machine is new enough for the server."""

    code = "backup.server_too_new"
    status = 500


def fitting(name: str, major: int, folders: Sequence[Path] | None = None) -> Path:
    """The program `name` for a server of `major`: ours, else the first new enough on the PATH.

    A newer program reads an older server, never the other way. Raises ServerTooNew.
    """
    found = [folder / name for folder in (folders if folders is not None else _folders())]
    newest = 0
    for program in found:
        has = major_of(program)
        if has >= major:
            return program
        newest = max(newest, has)
    raise ServerTooNew(
        _("The database server is PostgreSQL %(major)s, newer than every %(name)s here.",
          major=major, name=name),
        _("The newest is of version %(newest)s; it cannot read a newer server.", newest=newest),
        _("Install the client programs of PostgreSQL %(major)s so that %(name)s is on the PATH, "
          "or update Chengzhi.", major=major, name=name),
    )  # fmt: skip


def major_of(program: Path) -> int:
    """Major version a program states of itself; 0 where there is none."""
    if not program.is_file():
        return 0
    try:
        said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return 0
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(number[1]) if number else 0


def run(program: Path, arguments: Sequence[str], dsn: str) -> None:
    """Run one program on a database. Raises ProgramFailed with its last words."""
    done = subprocess.run(
        [str(program), *arguments],
        env=environment(dsn),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise failed(program.name, done.stderr)


def fill(dump: Path, dsn: str, major: int, options: Sequence[str], *, written_by: int) -> None:
    """Restore a dump of pg_dump's custom format into an empty database, whole or not at all.

    `major` is the server's, `written_by` that of the server the dump was made of. It goes
    through psql: pg_restore itself would open with a setting that servers before 17 refuse.
    """
    reader = fitting("pg_restore", max(major, written_by))
    script = [str(reader), "--file=-", *options, str(dump)]
    words = [str(reader.with_name("psql")), "--no-psqlrc", "--quiet", "--single-transaction"]
    words.append("--set=ON_ERROR_STOP=1")
    # Their last words go to files: a full pipe that nobody reads would stop them.
    with (
        tempfile.TemporaryFile() as reader_said,
        tempfile.TemporaryFile() as writer_said,
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=reader_said) as reading,
        subprocess.Popen(
            words, env=environment(dsn), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=writer_said
        ) as writing,
    ):
        _pass_on(reading, writing, old=major < KNOWS_TRANSACTION_TIMEOUT)
        if reading.wait() != 0 and writing.poll() is None:
            writing.kill()  # half a script must not be committed
        assert writing.stdin is not None
        with suppress(BrokenPipeError):
            writing.stdin.close()
        ended = writing.wait()
        if ended > 0:
            raise failed("psql", _all_of(writer_said))
        if reading.returncode != 0 or ended != 0:
            raise failed("pg_restore", _all_of(reader_said))


def _pass_on(reading: "subprocess.Popen[bytes]", writing: "subprocess.Popen[bytes]", *, old: bool) -> None:
    """Copy the script from one to the other, without what the server would refuse.

    That stands before the first table's rows; from there on nothing is looked at.
    """
    assert reading.stdout is not None
    assert writing.stdin is not None
    try:
        for line in reading.stdout:
            if not (PRIVATE_NOTE.fullmatch(line) or (old and line == UNKNOWN_SETTING)):
                writing.stdin.write(line)
            if line.startswith(b"COPY "):
                break
        shutil.copyfileobj(reading.stdout, writing.stdin, 1024 * 1024)
    except BrokenPipeError:
        reading.kill()  # psql ended first and says why


def environment(dsn: str) -> dict[str, str]:
    """Variables of a connection; the password goes this way, where `ps` shows nothing.

    Every part of the connection string that has a variable is handed on, so that what it
    says of encryption holds here too.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    given = {
        part.envvar.decode(): part.val.decode()
        for part in pq.Conninfo.parse(dsn.encode())
        if part.envvar and part.val is not None
    }
    return kept | given | {"LC_ALL": "C"}


def failed(name: str, said: str) -> ProgramFailed:
    """The Problem of a program that ended badly, with its last words."""
    return ProgramFailed(
        _("%(program)s ended with an error.", program=name),
        said.strip()[-800:],
        _("Check the free space and run “chengzhi check”."),
    )


def _all_of(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _folders() -> list[Path]:
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    return [wheel_programs(), *on_path]
