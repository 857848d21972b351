"""The documents name what exists, say the same in both languages, and betray nothing of any machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from chengzhi.environment import SETTINGS
from tests.meta.sources import REPOSITORY, text, tracked

README, README_ZH = Path("README.md"), Path("README.zh.md")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
CODE = re.compile(r"`([^`\n]+)`")
# Reviewed data and lists of exact versions; no words of ours.
NOT_OURS = {"uv.lock", "frontend/packages.lock.json"}


def pages() -> list[Path]:
    return [name for name in tracked() if name.suffix == ".md"]


@pytest.mark.parametrize("name", pages(), ids=str)
def test_every_link_leads_to_a_file(name):
    targets = [one for one in LINK.findall(text(name)) if "://" not in one and not one.startswith("mailto:")]
    missing = [one for one in targets if not (REPOSITORY / name.parent / one).exists()]
    assert not missing


@pytest.mark.parametrize("name", [README, README_ZH], ids=str)
def test_every_folder_the_readme_names_exists(name):
    paths = [
        word
        for word in CODE.findall(text(name))
        if re.fullmatch(r"(src|packs|bench|docs|script)/[\w/.-]*", word)
    ]
    assert len(paths) > 8
    assert not [path for path in paths if not (REPOSITORY / path).exists()]


def commands(name: Path) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", text(name), re.DOTALL)
    inline = [one for one in CODE.findall(text(name)) if one.startswith(("chengzhi ", "script/"))]
    return sorted(
        {line.split("#")[0].strip() for block in blocks for line in block.splitlines()} | set(inline)
    )


def test_both_readmes_say_the_same_commands_under_the_same_headings():
    assert commands(README) == commands(README_ZH)
    for mark in ("\n## ", "\n| `", "\n```"):
        assert text(README).count(mark) == text(README_ZH).count(mark), mark
    assert sorted(LINK.findall(text(README).replace("README.zh", "README"))) == sorted(
        LINK.findall(text(README_ZH).replace("README.zh", "README"))
    )


def test_the_commands_of_the_readme_exist():
    known = text(Path("docs/reference/commands.md"))
    for line in commands(README):
        if line.startswith("chengzhi "):
            words = line.split(" -")[0].split()
            start = " ".join(word for word in words if word.islower())
            assert f"`{start}" in known, line
        else:
            assert (REPOSITORY / line.split()[0]).exists(), line


def test_the_reference_is_what_the_code_says(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", "reference", "--check"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_setting_and_command_stands_in_the_reference():
    settings = text(Path("docs/reference/settings.md"))
    assert not [one.name for one in SETTINGS if f"`{one.name}`" not in settings]
    listed = text(Path("docs/reference/commands.md"))
    files = {path.stem.replace("_", "-") for path in (REPOSITORY / "src/chengzhi/commands").glob("[a-z]*.py")}
    # Hidden: `chengzhi up` calls it in a child.
    assert {one for one in files if f"`chengzhi {one}" not in listed} == {"prepare"}


def test_no_setting_is_read_that_is_not_declared():
    read = {
        word
        for name in tracked()
        if name.suffix == ".py" and name.parts[0] == "src"
        for word in re.findall(r'environ(?:\.get\(|\[)"(CHENGZHI_\w+)"', text(name))
    }
    # Where the tests and an operator put things before settings are read.
    assert read - {one.name for one in SETTINGS} <= {"CHENGZHI_PACKS"}


def test_the_change_log_has_a_place_for_the_next_change():
    assert re.search(r"^## \[?Unreleased", text(Path("CHANGELOG.md")), re.MULTILINE)


MACHINE = re.compile(
    r"(?<![\w.])(/root/|/work/|/home/\w|/tmp/plan|/tmp/v/)"  # a path of some machine
    r"|\b(registry\.npmjs|pypi\.org|pythonhosted|deb\.debian\.org)"  # comes from the configured client
    r"|\bsub-?agents?\b|\bAI agents?\b|\bcoding agent",
    re.IGNORECASE,
)


def test_nothing_tells_on_which_machine_or_how_it_was_made():
    found = []
    for name in tracked():
        if str(name) in NOT_OURS or name.suffix in (".csv", ".json", ".geojson", ".parquet", ".png", ".svg"):
            continue
        if name == Path("tests/meta/test_docs.py"):
            continue
        try:
            lines = text(name).splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name}:{n}: {line.strip()[:100]}" for n, line in enumerate(lines, 1) if MACHINE.search(line)
        ]
    assert not found, "\n".join(found)
