"""One setting takes the branch part off an instance: addresses, menu, and `check` says so."""

import os
import subprocess
import sys
from pathlib import Path

from chengzhi import branch
from chengzhi.environment import read_settings
from chengzhi.urls import AREAS, wanted

LOOK = """
import django; django.setup()
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from chengzhi.checks import branch_part_is_off, surroundings
from chengzhi.web.shell.navigation import address
from chengzhi import clock
def answers(path):
    try: resolve(path)
    except Resolver404: return False
    return True
print(answers("/branch/"), answers("/branch/rules/"), answers("/desk/"), bool(address("organisation:home")),
      [one.id for one in branch_part_is_off(surroundings(on=clock.now(), running=False))])
"""


def look(value: str, home: Path) -> str:
    values = {
        "CHENGZHI_BRANCH": value,
        "CHENGZHI_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "chengzhi.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=os.environ | values, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_off_means_no_address_no_menu_entry_and_a_note(tmp_path: Path) -> None:
    assert look("0", tmp_path) == "False False True False ['chengzhi.N003']"


def test_on_is_the_default_and_everything_answers(tmp_path: Path) -> None:
    assert read_settings({})["CHENGZHI_BRANCH"] is True
    assert look("", tmp_path) == "True True True True []"


def test_the_switch_takes_nothing_else_away() -> None:
    gone = set(AREAS) - set(wanted(False))
    parts = {path.name for path in Path(branch.__file__).parent.iterdir() if (path / "apps.py").exists()}
    assert {module.split(".")[2] for _prefix, module in gone} == parts
