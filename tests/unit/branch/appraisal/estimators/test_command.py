"""`chengzhi appraisal fit`: one line of JSON, clear refusals, no database."""

import json

import pytest

from chengzhi.cli import main
from tests.unit.branch.appraisal.estimators.makers import ANCHORS, csv

COLUMNS = ("--ratee", "ratee", "--rater", "rater", "--score", "score")
ROWS = [(f"a{i}", f"b{j}", 1 + (i * j + i) % 5) for i in range(5) for j in range(4)]


@pytest.fixture
def ask(capsys):
    def asked(path, *words, columns=COLUMNS):
        with pytest.raises(SystemExit) as ended:
            main(["appraisal", "fit", str(path), *columns, *words, "--json"])
        out = capsys.readouterr().out
        assert len(out.splitlines()) == (1 if ended.value.code < 2 else 0)
        return ended.value.code, json.loads(out) if out else None

    return asked


def test_the_answer_has_the_promised_shape(ask, tmp_path):
    code, found = ask(csv(tmp_path, ROWS))
    assert code == 0
    assert list(found) == [
        "model", "n", "ratees", "raters", "variance", "minus2loglik", "reliability", "icc", "estimates",
        "components", "warnings", "mean",
    ]  # fmt: skip
    assert list(found["variance"]) == ["ratee", "rater", "residual"]
    assert list(found["estimates"][0]) == ["ratee", "n", "mean", "estimate", "se", "reportable"]
    assert [one["ratee"] for one in found["estimates"]] == ["a0", "a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("model", ["srm", "facets"])
def test_raters_have_estimates_too(ask, tmp_path, model):
    rows = [(f"p{i}", f"p{j}", 1 + (i * 3 + j * j) % 4) for i in range(6) for j in range(6) if i != j]
    code, found = ask(csv(tmp_path, rows), "--model", model)
    assert code == 0
    assert list(found["rater_estimates"][0])[:6] == ["rater", "n", "mean", "estimate", "se", "reportable"]


def test_a_design_is_taken_from_the_command_line(ask):
    columns = ("--ratee", "person", "--rater", "rater", "--score", "score", "--criterion", "task")
    words = ("--model", "gtheory", "--design", "p x (r:t)")
    code, found = ask(ANCHORS / "g4_person_x_rater_in_task.csv", *words, columns=columns)
    assert code == 0
    assert found["variance"]["rater:task"] == pytest.approx(0.6475, abs=5e-5)
    assert len(found["dstudy"]) == 30


@pytest.mark.parametrize("score", ["", "  ", "NaN", "NA", "null"])
def test_an_empty_score_is_left_out_and_said(ask, tmp_path, score):
    code, found = ask(csv(tmp_path, [*ROWS, ("a0", "b9", score)]))
    assert (code, found["n"]) == (0, 20)
    assert found["warnings"][0] == "1 rows without a score were left out."


@pytest.mark.parametrize("score", ["inf", "-inf", "good", "1e999", "0x10"])
def test_a_score_that_is_no_number_is_refused_with_its_line(ask, tmp_path, score):
    code, found = ask(csv(tmp_path, [*ROWS, ("a0", "b9", score)]))
    assert (code, found["error"]["code"]) == (1, "appraisal.score")
    assert "line 22" in found["error"]["what"]


@pytest.mark.parametrize(
    "rows",
    [[], [("a", "b", "")], [("a", "b", 1), ("a", "c", 2), ("a", "d", 2)]],
    ids=["none", "blank", "one ratee"],
)
@pytest.mark.parametrize("model", ["crossed", "srm", "gtheory", "facets"])
def test_fewer_than_two_ratees_are_refused(ask, tmp_path, rows, model):
    code, found = ask(csv(tmp_path, rows), "--model", model)
    assert (code, found["error"]["code"]) == (1, "appraisal.too_few")


def test_a_missing_column_is_refused_with_those_that_are_there(ask, tmp_path):
    code, found = ask(csv(tmp_path, ROWS), "--fixed", "service")
    assert (code, found["error"]["code"]) == (1, "appraisal.column")
    assert found["error"]["why"] == "The columns are: ratee, rater, score."


def test_a_column_named_with_a_million_signs_works_and_is_not_repeated_in_full(ask, tmp_path):
    name = "很" * 1_000_000
    path = csv(tmp_path, ROWS, head=f"{name},rater,score")
    code, found = ask(path, columns=("--ratee", name, "--rater", "rater", "--score", "score"))
    assert (code, found["ratees"]) == (0, 5)
    code, found = ask(path)
    assert (code, found["error"]["code"]) == (1, "appraisal.column")
    assert len(found["error"]["why"]) < 200


def test_one_column_for_two_things_is_refused(ask, tmp_path):
    columns = ("--ratee", "ratee", "--rater", "ratee", "--score", "score")
    code, found = ask(csv(tmp_path, ROWS), columns=columns)
    assert (code, found["error"]["code"]) == (1, "appraisal.column")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02,\x00", b'ratee,rater,score\n"a,b,1\n'])
def test_what_is_no_table_is_refused(ask, tmp_path, content):
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    code, found = ask(path)
    assert code == 1
    assert found["error"]["code"] in {"appraisal.unreadable", "appraisal.too_few"}


def test_a_file_in_gb18030_with_semicolons_is_read(ask, tmp_path):
    path = tmp_path / "gb.csv"
    text = "\n".join(["被评人;评价人;分数", *(f"张{a};李{b};{s}" for a, b, s in ROWS)])
    path.write_bytes(text.encode("gb18030"))
    code, found = ask(path, columns=("--ratee", "被评人", "--rater", "评价人", "--score", "分数"))
    assert (code, found["estimates"][0]["ratee"]) == (0, "张a0")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("srm", ("--fixed", "x")),
        ("facets", ("--design", "p x r")),
        ("crossed", ("--group", "x")),
        ("gtheory", ("--group", "x")),
    ],
)
def test_an_option_that_means_nothing_to_the_model_is_refused(ask, tmp_path, model, words):
    rows = [(*row, "k") for row in ROWS]
    code, found = ask(csv(tmp_path, rows, head="ratee,rater,score,x"), "--model", model, *words)
    assert (code, found["error"]["code"]) == (1, "appraisal.option")


@pytest.mark.parametrize("words", [("--random", "x*ratee"), ("--fixed", "x:"), ("--fixed", "number(rater)")])
def test_a_term_that_cannot_be_read_is_refused(ask, tmp_path, words):
    rows = [(*row, at % 3) for at, row in enumerate(ROWS)]
    code, found = ask(csv(tmp_path, rows, head="ratee,rater,score,x"), *words)
    assert code == 1
    assert found["error"]["code"] in {"appraisal.design", "appraisal.score"}


def test_a_number_as_fixed_term_takes_its_slope_out(ask, tmp_path):
    rows = [(a, b, s + 10 * at, at) for at, (a, b, s) in enumerate(ROWS)]
    path = csv(tmp_path, rows, head="ratee,rater,score,years")
    plain, sloped = ask(path)[1], ask(path, "--fixed", "number(years)")[1]
    assert sloped["variance"]["residual"] + sloped["variance"]["ratee"] < plain["variance"]["residual"] + 20
    assert sloped["minus2loglik"] < plain["minus2loglik"] - 10


def test_wrong_usage_is_exit_2(ask, tmp_path):
    assert ask(tmp_path / "nowhere.csv") == (2, None)
    assert ask(csv(tmp_path, ROWS), "--model", "guess") == (2, None)
