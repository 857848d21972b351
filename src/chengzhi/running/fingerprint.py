"""Has anything changed since this installation was last made ready?

A later start must show its first page within seconds. Checking packs and passwords takes
longer than that, so the last preparation is remembered beside the data it prepared, and
skipped while program, packs and the way of starting are the same. No Django here.
"""

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
# Bring migrations of their own.
WITH_TABLES = ("django", "django-axes", "django-otp", "procrastinate")
SOURCES = ("**/migrations/*.py", "demo/accounts.py", "demo/jobs.py", "people/*.yaml", "_packs/**/*")


def fingerprint(*, demo: bool, demo_accounts: bool) -> str:
    """Changes with the tables, the packs, the demo and the way of starting."""
    parts = [f"{name}={version(name)}" for name in WITH_TABLES]
    parts += [f"demo={demo}", f"accounts={demo_accounts}"]
    files = [path for pattern in SOURCES for path in PACKAGE.glob(pattern)]
    folders = [PACKAGE.parents[1] / "packs", Path(os.environ.get("CHENGZHI_PACKS") or "/nonexistent")]
    files += [path for folder in folders if folder.is_dir() for path in folder.rglob("*")]
    for path in sorted(files):
        if path.is_file():
            status = path.stat()
            parts.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def remembered(stamp: Path, mark: str) -> dict[str, Any] | None:
    """What the last preparation reported, if it was made with this fingerprint."""
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content["result"] if content.get("fingerprint") == mark else None


def remember(stamp: Path, mark: str, result: dict[str, Any]) -> None:
    """Note a finished preparation; the file holds the demo password, so it is closed to others."""
    beside = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"fingerprint": mark, "result": result}, file)
    beside.replace(stamp)
