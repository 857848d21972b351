"""Boston as shipped, and its real rows."""

from typing import Any

import polars as pl
import pytest

from tests.unit.pipeline.real_files import BOSTON, NOW


@pytest.fixture
def boston(db: None) -> Any:
    from chengzhi.people.actor import Actor
    from chengzhi.pipeline.packs import load_pack
    from chengzhi.places.models import District

    load_pack(BOSTON.parents[1], by=Actor.system(), on=NOW)
    return District.objects.get(slug="boston")


@pytest.fixture(scope="session")
def rows() -> pl.DataFrame:
    return pl.read_parquet(BOSTON)
