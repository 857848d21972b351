"""The files the meta tests read: those in git. A file not yet added is still its author's own business."""

import ast
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCE = REPOSITORY / "src" / "chengzhi"


@cache
def tracked() -> tuple[Path, ...]:
    """Every file in git that exists, from the root; all files where there is no git (an unpacked sdist)."""
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=False
    )
    if done.returncode:
        names = [path.relative_to(REPOSITORY) for folder in ("src", "docs", "tests", "packs", "script")
                 for path in (REPOSITORY / folder).rglob("*")]  # fmt: skip
    else:
        names = [Path(name) for name in done.stdout.decode().split("\0") if name]
    return tuple(sorted(name for name in names if (REPOSITORY / name).is_file()))


@cache
def text(name: Path) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


@cache
def modules() -> tuple[tuple[str, str, ast.Module], ...]:
    """Every module of ours but generated migrations: (path inside the package, text, tree)."""
    own = [
        name
        for name in tracked()
        if name.suffix == ".py" and name.parts[:2] == ("src", "chengzhi") and "migrations" not in name.parts
    ]
    return tuple(
        (name.relative_to("src/chengzhi").as_posix(), text(name), ast.parse(text(name))) for name in own
    )
