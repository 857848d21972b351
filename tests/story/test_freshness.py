"""Figures follow the cases: a real worker rewrites the touched month within five minutes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tests.installation import wait_for
from tests.story.conftest import Served

FIVE_MINUTES = 300.0


def _manifest(served: Served) -> dict[str, Any]:
    path = served.installation.home / "parquet" / "sample" / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _row(served: Served, case: int) -> dict[str, Any] | None:
    """The case as the figures in force know it."""
    folder = Path(served.installation.home, "parquet", "sample")
    pieces = [one for one in _manifest(served).get("pieces", []) if one["table"] == "cases_flat"]
    for piece in pieces:
        found = pl.read_parquet(folder / piece["file"]).filter(pl.col("id") == case)
        if found.height:
            return found.to_dicts()[0]
    return None


def test_a_new_case_is_in_the_figures_within_five_minutes(served: Served) -> None:
    status, answer = served.send({"text": "路灯不亮", "address": "示例区启明路 2 号"}, "freshness")
    assert status == 201
    committed = datetime.now(UTC)
    case = served.count("SELECT id FROM cases_case WHERE number = %s", answer["number"])
    row = wait_for(lambda: _row(served, case), seconds=FIVE_MINUTES)
    assert row["state"] == served.installation.rows("SELECT state FROM cases_case WHERE id = %s", case)[0][0]
    as_of = datetime.fromisoformat(str(_manifest(served)["as_of"]))
    assert as_of >= committed
    assert (as_of - committed).total_seconds() < FIVE_MINUTES
