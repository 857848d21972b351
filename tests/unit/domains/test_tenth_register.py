"""A tenth domain with a register: its one file is laid among the nine, and a fresh program takes it up.

The program runs from a folder of links to its own files with that one file added, for what the domains
declare is read when it starts. It works in this test's database and takes everything back at its end.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

import chengzhi

FILE = Path(__file__).with_name("tenth_domain.txt")
INSIDE = Path(__file__).with_name("tenth_inside.py")
REPOSITORY = INSIDE.parents[3]


def with_tenth(folder: Path) -> Path:
    """The program as links, and the tenth file beside the nine."""
    whole, domains = Path(chengzhi.__file__).parent, folder / "chengzhi" / "domains"
    domains.mkdir(parents=True)
    for one in whole.iterdir():
        if one.name not in ("domains", "__pycache__"):
            (folder / "chengzhi" / one.name).symlink_to(one)
    for one in (whole / "domains").iterdir():
        if one.name != "__pycache__":
            (domains / one.name).symlink_to(one)
    (domains / "noise.py").write_text(FILE.read_text("utf-8"), encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_one_file_brings_register_forms_files_life_checks_and_card(tmp_path: Path) -> None:
    program = with_tenth(tmp_path / "program")
    (tmp_path / "work").mkdir()
    paths = os.pathsep.join([str(program), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, str(INSIDE), connection.settings_dict["NAME"], str(tmp_path / "work")],
        env={**os.environ, "PYTHONPATH": paths, "CHENGZHI_HOME": str(settings.HOME)},
        capture_output=True, text=True, check=False, cwd=REPOSITORY,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert done.stdout.split() == [
        "declared", "entered", "listed", "corrected", "moved", "imported", "exported", "again", "checked", "carded",
        "told",
    ]  # fmt: skip
