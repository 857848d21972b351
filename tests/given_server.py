"""A PostgreSQL server of the test's own, of another version and not started by us: what DATABASE_URL names."""

import os
import subprocess
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tests.installation import wait_for

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
NOBODY = 65534
ADMINISTRATOR, WORD = "root15", "Fluss-Stein-15"


class GivenServer:
    """A PostgreSQL 15 in a folder that its account may pass; reached by password over a socket."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.child: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        self.identity: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL does not run as root
            os.chown(folder, NOBODY, NOBODY)
            self.identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def start(self) -> "GivenServer":
        """Create and start it; returns itself."""
        word = self.folder / "word"
        word.write_text(WORD)
        if self.identity:
            os.chown(word, NOBODY, NOBODY)
        data = self.folder / "data"
        make = [str(PROGRAMS / "initdb"), "-D", str(data), "-U", ADMINISTRATOR, "-N", "-E", "UTF8"]
        make += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={word}"]
        subprocess.run(make, check=True, capture_output=True, cwd="/", **self.identity)
        run = [str(PROGRAMS / "postgres"), "-D", str(data), "-k", str(self.folder), "-c", "fsync=off"]
        run += ["-c", "listen_addresses=", "-c", "max_connections=200"]
        self.child = subprocess.Popen(run, cwd="/", stderr=subprocess.DEVNULL, **self.identity)
        wait_for(self._answers)
        return self

    def stop(self) -> None:
        """Stop it at once, with whatever is connected."""
        if self.child is not None:
            self.child.send_signal(2)  # SIGINT: "fast"
            self.child.wait(60)

    def url(self, database: str = "postgres", account: str = ADMINISTRATOR) -> str:
        """What an operator would write into DATABASE_URL."""
        return f"postgresql://{account}:{WORD}@/{database}?host={self.folder}"

    def make_account(self, name: str, powers: LiteralString = "") -> None:
        """An account with the same password as the administrator; `powers` such as CREATEROLE."""
        words = sql.SQL("CREATE ROLE {} LOGIN {} PASSWORD {}")
        self.run(words.format(sql.Identifier(name), sql.SQL(powers), sql.Literal(WORD)))

    def make_database(self, name: str, owner: str = ADMINISTRATOR) -> str:
        """An empty database; returns the URL of its owner."""
        self.run(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
        return self.url(name, owner)

    def run(self, statement: sql.Composed) -> None:
        """One statement as the administrator."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url()).close()
        except psycopg.OperationalError:
            return False
        return True
