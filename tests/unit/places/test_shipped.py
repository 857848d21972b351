"""The shipped packs are what their generators and sources say."""

import csv
from pathlib import Path

import polars as pl
import pytest

from chengzhi.demo import boston as boston_pack
from chengzhi.demo.geometry import write_sample
from chengzhi.places.wording import is_chinese

PACKS = Path(__file__).resolve().parents[3] / "packs"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "name", ["outline.geojson", "areas.csv", "areas.geojson", "streets.csv", "landmarks.csv"]
)
def test_the_sample_district_comes_from_its_seed(name: str, tmp_path: Path) -> None:
    write_sample(tmp_path)
    assert (tmp_path / name).read_text("utf-8") == (PACKS / "sample" / name).read_text("utf-8")


def test_every_boston_type_of_the_file_is_there_and_translated() -> None:
    frame = pl.read_parquet(PACKS / "boston" / "data" / "boston311_2011.parquet")
    stated = set(frame.select("reason", "type").unique().iter_rows())
    types = rows(PACKS / "boston" / "types.csv")
    assert {(row["group_en"], row["name_en"]) for row in types} == stated
    assert len(types) == 141
    assert len({row["group"] for row in types}) == 35
    assert all(is_chinese(row["name"]) for row in types)
    assert len({row["name"] for row in types}) == 141


def test_boston_units_are_the_departments_of_the_file() -> None:
    frame = pl.read_parquet(PACKS / "boston" / "data" / "boston311_2011.parquet")
    assert {row["code"] for row in rows(PACKS / "boston" / "units.csv")} == set(frame["department"])


def test_boston_limits_and_parents_follow_from_the_file() -> None:
    folder = PACKS / "boston"
    frame = pl.read_parquet(folder / "data" / "boston311_2011.parquet")
    assert boston_pack.limit_rows(frame, folder / "types.csv") == rows(folder / "limits.csv")
    areas = rows(folder / "areas.csv")
    precincts = [row["code"] for row in areas if row["level"] == "community"]
    assert boston_pack.area_rows(boston_pack.known_points(frame), precincts) == areas


def test_demo_names_are_posts_not_people() -> None:
    for pack in ("sample", "boston"):
        assert all(row["name"].startswith("演示") for row in rows(PACKS / pack / "posts.csv"))
    assert not (PACKS / "liunan" / "posts.csv").exists()
