"""Secrets of an installation: generated once, kept in `CHENGZHI_HOME/keys`, never in the code."""

import os
import secrets
from pathlib import Path

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _


class KeyUnreadable(Problem):
    """A key file exists but this account may not read it."""

    code = "keys.unreadable"
    status = 500


def prepare_home(home: Path) -> Path:
    """Make the installation's folder and its `keys`; existing permissions stay as they are.

    A new folder of an ordinary user is closed (0700). Root's may be passed through (0711),
    so that the database's own account reaches its data; what lies in it stays closed.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o711 if is_root else 0o700, exist_ok=True)
    for name in ("keys", "run", "logs", "files", "exports", "parquet"):
        (home / name).mkdir(mode=0o700, exist_ok=True)
    return home


def secret(home: Path, name: str) -> str:
    """The secret `name` (64 hex digits = 32 random bytes), made on first use, readable by the owner only."""
    path = home / "keys" / name
    try:
        if not path.exists():
            prepare_home(home)
            _write_once(path, secrets.token_hex(32))
        return path.read_text(encoding="ascii").strip()
    except PermissionError as error:
        raise KeyUnreadable(
            _("The key file %(path)s cannot be read.", path=path),
            _("It belongs to the account that started Chengzhi first."),
            _("Run the command as that account, or set CHENGZHI_HOME to a folder of your own."),
        ) from error


def _write_once(path: Path, text: str) -> None:
    """Write beside and link: of two processes that start together one wins, both read the same."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
