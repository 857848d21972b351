"""docs/reference/metrics.md is what the register says."""

from pathlib import Path

import pytest

from chengzhi.analytics.metrics import METRICS
from chengzhi.analytics.reference_page import page

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


@pytest.mark.parametrize(("language", "name"), [("en", "metrics.md"), ("zh", "metrics.zh.md")])
def test_the_page_is_up_to_date(language: str, name: str) -> None:
    made = page(language)
    assert all(f"`{key}`" in made for key in METRICS)
    kept = (REFERENCE / name).read_text("utf-8")
    assert kept == made, f"python -m chengzhi.analytics.reference_page {language} > docs/reference/{name}"
