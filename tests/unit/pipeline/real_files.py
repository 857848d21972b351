"""Where the real files lie, and the moment the tests import them."""

from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
TESTS = Path(__file__).parents[2]
BOSTON = TESTS.parent / "packs" / "boston" / "data" / "boston311_2011.parquet"
OTTAWA = TESTS / "data" / "ottawa311-2014" / "ottawa311_2014.parquet"
