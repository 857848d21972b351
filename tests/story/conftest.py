"""One real installation, started by `chengzhi up` once for all the stories that hurt it."""

import http.client
import json
import os
import re
import shutil
import socket
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest

from chengzhi.database.connection import with_database
from tests.installation import Installation, wait_for

STEPS = Path(__file__).with_name("fault_steps.py")


@dataclass
class Served:
    """A running installation and how to speak with it."""

    installation: Installation
    port: int
    key: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Cookie": "language=en"})

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> tuple[int, dict[str, str], str]:  # fmt: skip
        """One request on a connection of its own: status, headers, text."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            line.request(method, path, body, {**self.headers, **(headers or {})})
            answer = line.getresponse()
            return (
                answer.status,
                {k.lower(): v for k, v in answer.getheaders()},
                answer.read().decode("utf-8", "replace"),
            )
        finally:
            line.close()

    def send(self, body: Any, key: str = "", timeout: float = 60) -> tuple[int, dict[str, Any]]:
        """POST one report to the API; `body` is bytes as they are, or what becomes JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        more = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if key:
            more["Idempotency-Key"] = key
        status, _, text = self.ask("POST", "/api/v1/reports", raw, more, timeout)
        return status, json.loads(text)

    def form(
        self, path: str, fields: Mapping[str, str], file: tuple[str, bytes] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """POST a form as a browser does, with at most one photo."""
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        ]
        if file is not None:
            head = f'--{mark}\r\nContent-Disposition: form-data; name="photo"; filename="{file[0]}"\r\n'
            parts += [head.encode(), b"Content-Type: image/jpeg\r\n\r\n", file[1], b"\r\n"]
        body = b"".join([*parts, f"--{mark}--\r\n".encode()])
        return self.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})

    def sign_in(self, name: str, password: str) -> str:
        """Log in as a browser without a chosen language does; returns its cookies."""
        _, headers, page = self.ask("GET", "/account/login/", headers={"Cookie": ""})
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, page[:2000]
        cookie = headers["set-cookie"].split(";")[0]
        fields = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
        status, headers, _ = self.ask(
            "POST", "/account/login/", urlencode(fields).encode(),
            {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        assert status == 302, status
        found = re.search(r"sessionid=[^;]+", headers["set-cookie"])
        assert found is not None, headers
        return found[0]

    def health(self) -> int:
        """Status of `/healthz`, 0 when nobody answers."""
        try:
            return self.ask("GET", "/healthz", timeout=10)[0]
        except OSError:
            return 0

    def count(self, query: str, *values: Any) -> int:
        """One number from the database."""
        return int(self.installation.rows(query, *values)[0][0])

    def step(self, *words: str) -> Any:
        """Run one of the steps of fault_steps.py on this installation; returns what it printed."""
        child = self.installation.process(str(STEPS), *words)
        assert child.wait(120) == 0, self.installation.output()
        return json.loads(self.installation.output().splitlines()[-1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _given_database(home: Path) -> str:
    """Where the tests run on a given server: a database of its own there, with the same three roles."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return ""
    tests_home = Path(os.environ["CHENGZHI_HOME"])
    shutil.copytree(tests_home / "keys", home / "keys")
    name = f"{os.environ.get('CHENGZHI_TEST_DB') or 'test_chengzhi'}_story"
    with psycopg.connect(with_database(url, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}" OWNER chengzhi_owner')  # type: ignore[arg-type]
    return with_database(url, name)


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    base = Path(tempfile.mkdtemp(prefix="chengzhi-faults-"))
    base.chmod(0o711)  # the database's own account passes it
    home = base / "home"
    for name in ("logs", "run"):
        (home / name).mkdir(parents=True)
    found = Served(Installation(home, url=_given_database(home)), free_port())
    parent = found.installation.process("-m", "chengzhi", "up", "--no-demo", "--port", str(found.port))
    try:
        wait_for(lambda: found.health() == 200 or parent.poll() is not None, seconds=150)
        assert parent.poll() is None, found.installation.output()
        made = found.installation.json("api-key", "create", "--district", "sample", "--role", "intake_clerk")
        found.key = made["key"]
        yield found
    finally:
        if parent.poll() is None:
            parent.terminate()
            parent.wait(60)
        found.installation.close()
        shutil.rmtree(base)


assert sys.platform == "linux", "these stories end processes by number and mount small disks"
