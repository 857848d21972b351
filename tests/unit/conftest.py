"""A migrated installation, made once and copied for every test that needs its own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation


@pytest.fixture(scope="session")
def open_base() -> Iterator[Path]:
    """A folder that the database's own account may pass; those of pytest are closed to it."""
    base = Path(tempfile.mkdtemp(prefix="chengzhi-test-"))
    base.chmod(0o711)
    yield base
    shutil.rmtree(base)


@pytest.fixture
def open_folder(open_base: Path) -> Iterator[Path]:
    """The same, of one test's own."""
    folder = Path(tempfile.mkdtemp(dir=open_base))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def migrated_home(open_base: Path) -> Path:
    made = Installation(open_base / "home")
    done = made.command("migrate")
    assert done.returncode == 0, done.stderr
    return made.home


@pytest.fixture
def installation(open_folder: Path, migrated_home: Path) -> Iterator[Installation]:
    """A migrated installation of the test's own; its database is stopped at first."""
    home = open_folder / "home"
    subprocess.run(["cp", "-a", str(migrated_home), str(home)], check=True)
    made = Installation(home)
    yield made
    made.close()
