"""The command: one line of JSON, the fixed shape, refusals with code 1 and wrong usage with 2."""

import json
import subprocess
import sys

from tests.unit.outcomes.effects.test_anchors import SAMPLE
from tests.unit.outcomes.effects.test_bad_input import rows

KEYS = {
    "method", "att", "se", "ci", "p", "overall", "event", "groups", "weights", "pretrend", "units", "mde",
    "grade", "warnings",
}  # fmt: skip
ASKED = ["--unit", "u", "--time", "t", "--outcome", "y", "--treated-from", "d"]


def run(*words):
    return subprocess.run(
        [sys.executable, "-m", "chengzhi", "effects", "fit", *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def csv(tmp_path, data):
    path = tmp_path / "long.csv"
    path.write_text("\n".join([",".join(data[0]), *(",".join(one.values()) for one in data)]), "utf-8")
    return path


def test_one_line_of_json_with_every_key(tmp_path):
    path = csv(tmp_path, rows())
    for method in ("auto", "did", "event", "sc", "sdid"):
        done = run(path, *ASKED, "--method", method, "--json")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        found = json.loads(done.stdout)
        assert found.keys() >= KEYS
        assert found["grade"] in "BCD"


def test_a_parquet_file_says_the_same(tmp_path):
    import polars as pl

    path = csv(tmp_path, rows())
    pl.read_csv(path, null_values="").write_parquet(tmp_path / "long.parquet")
    first, second = (
        json.loads(run(one, *ASKED, "--json").stdout) for one in (path, tmp_path / "long.parquet")
    )
    assert first["att"] == second["att"]


def test_a_refusal_is_one_line_and_code_1(tmp_path):
    done = run(csv(tmp_path, [*rows(), rows()[0]]), *ASKED, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "effects.duplicate"


def test_wrong_usage_is_code_2(tmp_path):
    assert run(csv(tmp_path, rows()), "--unit", "u", "--json").returncode == 2


def test_a_packed_file_can_be_read():
    done = run(
        SAMPLE / "castle.csv.gz", "--unit", "sid", "--time", "year", "--outcome", "l_homicide",
        "--treated-from", "post", "--method", "did", "--json",
    )  # fmt: skip
    assert abs(json.loads(done.stdout)["att"] - 0.0194) < 1e-4
