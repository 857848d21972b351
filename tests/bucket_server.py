"""An S3 service of the test's own: SeaweedFS, a real object store, as a separate process on loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.installation import wait_for

# An administrator who makes buckets, and the application, which may use one of them only.
KEYS = {"administrator": "Turm-Glocke-8", "chengzhi": "Bruecke-Wind-3"}
BUCKET = "photos"
RIGHTS = {
    "administrator": ["Admin", "Read", "Write", "List"],
    "chengzhi": [f"{right}:{BUCKET}" for right in ("Read", "Write", "List")],
}
PARTS = ("master", "volume", "filer", "s3")


def program() -> str | None:
    """The server program of the development environment, if it was installed for this machine."""
    beside = Path(sys.executable).with_name("weed")
    return str(beside) if beside.exists() else shutil.which("weed")


class BucketServer:
    """One server with its data in a folder; it may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.child: subprocess.Popen[bytes] | None = None
        with _listening() as taken:
            self.ports = dict(zip(_names(), (one.getsockname()[1] for one in taken), strict=True))
        people = [
            {"name": name, "credentials": [{"accessKey": name, "secretKey": word}], "actions": RIGHTS[name]}
            for name, word in KEYS.items()
        ]
        (folder / "people.json").write_text(json.dumps({"identities": people}))

    @property
    def endpoint(self) -> str:
        """What an operator writes into CHENGZHI_S3_ENDPOINT."""
        return f"http://127.0.0.1:{self.ports['s3.port']}"

    def start(self) -> "BucketServer":
        """Start it on what lies in its folder; returns itself when it answers."""
        found = program()
        assert found is not None
        command = [
            found,
            "server",
            f"-dir={self.folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-filer",
            "-s3",
        ]
        command += [f"-{name}={port}" for name, port in self.ports.items()]
        command += [f"-s3.config={self.folder}/people.json", f"-filer.localSocket={self.folder}/filer.sock"]
        command += [f"-s3.localSocket={self.folder}/s3.sock", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        # It tells nobody that it runs, and takes little room.
        command += ["-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=8"]
        command += ["-master.electionTimeout=1s"]  # it is alone and need not ask long
        # It would make whoever the variables name an administrator.
        plain = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        with (self.folder / "server.log").open("ab") as log:
            self.child = subprocess.Popen(command, cwd=self.folder, env=plain, stdout=log, stderr=log)
        wait_for(self._answers, seconds=60)
        return self

    def kill(self) -> None:
        """End it by force, as a power cut does."""
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None

    def client(self, name: str = "administrator") -> Any:
        """A client of its own, to look from outside at what lies there."""
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=name, aws_secret_access_key=KEYS[name],
            config=Config(connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1}),
        )  # fmt: skip

    def names(self) -> list[str]:
        """Names of what lies in the bucket."""
        answer = self.client().list_objects_v2(Bucket=BUCKET)
        return [one["Key"] for one in answer.get("Contents", ())]

    def _answers(self) -> bool:
        """A whole round: it lists and writes, so its volumes are there too."""
        assert self.child is not None
        assert self.child.poll() is None, (self.folder / "server.log").read_text()[-2000:]
        try:
            client = self.client()
            if BUCKET not in [one["Name"] for one in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket=BUCKET)
            client.put_object(Bucket=BUCKET, Key="probe", Body=b"x")
            client.delete_object(Bucket=BUCKET, Key="probe")
        except Exception:
            return False
        return True


def _names() -> list[str]:
    return [f"{part}.port{more}" for part in PARTS for more in ("", ".grpc")]


@contextmanager
def _listening() -> Iterator[list[socket.socket]]:
    """Sockets on free ports, held together so that no port comes twice."""
    with ExitStack() as held:
        yield [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _name in _names()]
