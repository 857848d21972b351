"""Reading a pack: what is refused, what is flagged, and how it is said."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml

from chengzhi.errors import Problem
from chengzhi.places import geometry
from chengzhi.places.geometry import InvalidGeometry
from chengzhi.places.manifest import BadManifest
from chengzhi.places.packfile import BadPackFile, read_pack
from chengzhi.places.tables import BadTable

ROOT = Path(__file__).resolve().parents[3]
LIUZHOU = ROOT / "tests" / "data" / "admin-liuzhou"


def liunan_outline() -> dict[str, Any]:
    """The AMap outline: test data only."""
    collection = json.loads((LIUZHOU / "liuzhou_districts_gcj02.geojson").read_text("utf-8"))
    return next(f for f in collection["features"] if str(f["properties"]["adcode"]) == "450204")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of packs/liunan that a test may spoil."""
    folder = tmp_path / "liunan"
    shutil.copytree(ROOT / "packs" / "liunan", folder)
    return folder


def change(folder: Path, **values: Any) -> None:
    """Set fields of pack.yaml."""
    path = folder / "pack.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text("utf-8")) | values), "utf-8")


def put_outline(folder: Path, feature: dict[str, Any]) -> None:
    (folder / "outline.geojson").write_text(json.dumps(feature), "utf-8")


def test_a_bow_tie_is_refused_with_the_reason(pack: Path) -> None:
    ring = [[109.0, 24.0], [109.1, 24.1], [109.1, 24.0], [109.0, 24.1], [109.0, 24.0]]
    put_outline(pack, {"type": "Polygon", "coordinates": [ring]})
    with pytest.raises(InvalidGeometry) as caught:
        read_pack(pack)
    assert "Self-intersection" in caught.value.why
    assert "outline.geojson" in caught.value.what


def test_outline_of_another_vintage_is_flagged_with_the_year(pack: Path) -> None:
    put_outline(pack, liunan_outline())
    change(pack, crs="gcj02", expected_area_km2={"value": 167.9, "year": 2016, "source": "an older set"})
    (flag,) = read_pack(pack).warnings
    assert "529.5" in flag
    assert "167.9" in flag
    assert "2016" in flag


def test_outline_of_the_right_vintage_is_not_flagged(pack: Path) -> None:
    put_outline(pack, liunan_outline())
    change(pack, crs="gcj02", expected_area_km2={"value": 529.6, "year": 2023, "source": "AMap"})
    assert read_pack(pack).warnings == []


def test_area_of_liunan_on_the_ellipsoid() -> None:
    shape = geometry.read_geometry(liunan_outline(), "test")
    assert geometry.square_kilometres(shape) == pytest.approx(529.6, abs=0.1)


def test_gcj02_outline_is_shifted_on_load(pack: Path) -> None:
    put_outline(pack, liunan_outline())
    change(pack, crs="gcj02")
    moved = read_pack(pack).outline
    change(pack, crs="wgs84")
    raw = read_pack(pack).outline
    assert moved is not None
    assert raw is not None
    east = (raw.centroid.x - moved.centroid.x) * 101_400
    north = (raw.centroid.y - moved.centroid.y) * 110_800
    assert 200 < (east**2 + north**2) ** 0.5 < 800


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"zone": "Asia/Liuzhou"}, "zone"),
        ({"crs": "bd09"}, "crs"),
        ({"code": "45020"}, "code"),
        ({"code_set": "GB/T 1"}, "code_set"),
        ({"colour": "red"}, "colour"),
        ({"map": {"public": True}}, "审图号"),
        ({"area_code_set": "mine"}, "area_code_set"),
        ({"case_number": {"pattern": "{prefix}{nummer}"}}, "case_number.pattern"),
        ({"cells": {"size_m": 1}}, "cells.size_m"),
        ({"language": "fr"}, "language"),
    ],
)
def test_a_wrong_field_is_named(pack: Path, values: dict[str, Any], said: str) -> None:
    change(pack, **values)
    with pytest.raises(BadManifest) as caught:
        read_pack(pack)
    assert said in caught.value.why
    assert "pack.yaml" in caught.value.what
    assert caught.value.cure


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("community,450204001999,450204999,甲村,,1,,", "450204999"),
        ("community,450204001001,450204001,重复,,1,,", "twice"),
        ("street,450204999,450204001,乙街道,,1,,", "parent"),
        ("hamlet,450204001999,450204001,丙,,1,,", "line 111, level"),
        ("street,450204999,,丁街道,,1,450204001,", "twice"),
    ],
)
def test_a_wrong_area_is_named(pack: Path, line: str, said: str) -> None:
    with (pack / "areas.csv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(BadTable) as caught:
        read_pack(pack)
    assert said in str(caught.value)


def test_an_undeclared_code_set_is_refused(pack: Path) -> None:
    change(pack, area_code_sets=["nbs-2023"])
    with pytest.raises(BadTable, match="areacity"):
        read_pack(pack)


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "Polygon", "coordinates": "x"}'])
def test_an_unreadable_outline_is_a_problem(pack: Path, text: str) -> None:
    (pack / "outline.geojson").write_text(text, "utf-8")
    with pytest.raises(Problem):
        read_pack(pack)


def test_neither_outline_nor_extent_is_refused(pack: Path) -> None:
    change(pack, extent=None)
    with pytest.raises(BadPackFile, match="extent"):
        read_pack(pack)


def test_a_folder_without_manifest_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match="not a district pack"):
        read_pack(tmp_path)


def test_version_changes_with_any_table_but_not_with_data(pack: Path) -> None:
    before = read_pack(pack).version
    (pack / "data").mkdir()
    (pack / "data" / "cases.parquet").write_bytes(b"x")
    assert read_pack(pack).version == before
    with (pack / "units.csv").open("a", encoding="utf-8") as file:
        file.write("extra,,外加,,department,yes\n")
    assert read_pack(pack).version != before


def test_liunan_has_both_code_sets_as_they_disagree() -> None:
    rows = {row.name: row.codes for row in read_pack(ROOT / "packs" / "liunan").areas}
    assert rows["南站街道"] == {"nbs-2023": "450204002", "areacity": "450204004"}
    assert rows["河西街道"]["nbs-2023"] == rows["河西街道"]["areacity"]


def test_liunan_names_and_codes_are_those_of_the_source() -> None:
    import csv

    with (LIUZHOU / "villages_4502.csv").open(encoding="utf-8") as file:
        real = {row["code"]: row["name"] for row in csv.DictReader(file) if row["areaCode"] == "450204"}
    loaded = {row.code: row.name for row in read_pack(ROOT / "packs" / "liunan").areas if row.is_leaf}
    assert loaded == real
    assert len(real) == 98


def test_sample_uses_no_real_name_of_liuzhou(sample_pack: Any) -> None:
    import csv

    real: set[str] = set()
    for name, columns in (
        ("streets_4502.csv", ["name"]),
        ("villages_4502.csv", ["name"]),
        ("areacity_4502.csv", ["name", "ext_name"]),
    ):
        with (LIUZHOU / name).open(encoding="utf-8") as file:
            real |= {row[column] for row in csv.DictReader(file) for column in columns}
    short = {name.removesuffix("居委会").removesuffix("委会") for name in real}
    invented = {row.name for row in sample_pack.areas}
    assert not invented & (real | short)
    assert not any(row.code.startswith("4502") for row in sample_pack.areas)


def test_boston_areas_form_a_valid_coverage() -> None:
    pack = read_pack(ROOT / "packs" / "boston")
    shapes = list(pack.shapes.values())
    assert shapely.coverage_is_valid(shapes)
    assert len(shapes) > 240
    assert all(shape.geom_type == "Polygon" for shape in shapes)
