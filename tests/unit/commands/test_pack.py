"""`chengzhi pack`: one line of JSON, honest exit codes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", "pack", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, done.stdout


def test_check_reports_one_line() -> None:
    code, out = run("check", "packs/liunan", "--json")
    assert code == 0
    assert out.count("\n") == 1
    found = json.loads(out)
    assert found["slug"] == "liunan"
    assert found["counts"]["areas"] == 109
    assert found["counts"]["cells"] == 0


def test_check_refuses_what_is_no_pack(tmp_path: Path) -> None:
    code, out = run("check", str(tmp_path), "--json")
    assert code == 1
    assert json.loads(out)["error"]["code"] == "bad_manifest"


def test_usage() -> None:
    assert run("load")[0] == 2
