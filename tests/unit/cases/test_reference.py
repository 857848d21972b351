"""The reference pages are what the code says; CHENGZHI_WRITE_DOCS=1 writes them anew."""

import os
from pathlib import Path

import pytest

from chengzhi.cases.checks import CHECKS
from chengzhi.cases.life import CASE_LIFE
from chengzhi.cases.reference import pages

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", ["case-life.md", "case-life.zh.md"])
def test_the_page_is_up_to_date(name: str) -> None:
    if os.environ.get("CHENGZHI_WRITE_DOCS"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(pages()[name], encoding="utf-8")
    assert (FOLDER / name).read_text(encoding="utf-8") == pages()[name]


def test_every_step_and_every_need_stands_on_the_page() -> None:
    text = pages()["case-life.md"]
    assert all(f"`{step.name}`" in text for step in CASE_LIFE.steps)
    assert all(f"- `{name}`" in text for step in CASE_LIFE.steps for name in step.needs)


def test_no_check_is_left_over() -> None:
    assert set(CHECKS) == {name for step in CASE_LIFE.steps for name in step.needs}
