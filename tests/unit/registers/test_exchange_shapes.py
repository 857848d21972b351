"""Lines and areas by file: read, refused, kept when a table comes back, changed by a later file."""

import json

import pytest
from django.utils.translation import override

from chengzhi.registers.kinds import kind as kind_of
from chengzhi.web.registers.exporting import columns_of

from .workbooks import counts, load, objects, rejects, xlsx

pytestmark = pytest.mark.django_db

HEAD = ["编号", "名称", "线/面图形", "经度", "纬度"]
LINE = "LINESTRING (109.34 24.34, 109.36 24.34)"
GEOJSON = json.dumps({"type": "LineString", "coordinates": [[109.34, 24.35], [109.36, 24.35]]})


def test_lines_come_in_as_wkt_and_geojson_and_areas_are_refused(town, tmp_path):
    rows = [
        ["1", "甲街", LINE, None, None],
        ["2", "乙街", GEOJSON, 109.341, 24.351],
        ["3", "丙街", "POLYGON ((109.3 24.3, 109.4 24.3, 109.4 24.4, 109.3 24.3))", None, None],
        ["4", "丁街", "LINESTRING (109.34", None, None],
        ["5", "戊街", None, 109.35, 24.35],
    ]
    done = load(town, xlsx(tmp_path / "s.xlsx", [HEAD, *rows]), "street_sheet")
    assert counts(done)[:5] == (5, 3, 0, 0, 2)
    assert set(rejects()) == {(3, "shape"), (4, "shape")}
    found = objects()
    assert found["甲街"].place_kind == found["乙街"].place_kind == "line"
    assert (found["戊街"].place_kind, found["戊街"].shape) == ("point", None)
    assert found["甲街"].shape["coordinates"] == [[109.34, 24.34], [109.36, 24.34]]
    assert (found["甲街"].lon, found["甲街"].lat) == pytest.approx((109.35, 24.34))
    assert (found["乙街"].lon, found["乙街"].lat) == pytest.approx((109.341, 24.351))


def test_a_table_that_was_written_out_comes_back_unchanged(town, tmp_path):
    load(town, xlsx(tmp_path / "s.xlsx", [HEAD, ["1", "甲街", LINE, None, None]]), "street_sheet")
    kept = objects()["甲街"]
    with override("zh-hans"):
        columns = [c for c in columns_of(kind_of("street_sheet")) if c.label in ("台账编号", *HEAD)]
    table = [[c.label for c in columns], [c.value(kept) for c in columns]]
    again = load(town, xlsx(tmp_path / "again.xlsx", table), "street_sheet")
    assert counts(again)[:5] == (1, 0, 0, 1, 0)


def test_a_later_file_changes_the_line_and_a_moved_point_takes_it_away(town, tmp_path):
    def send(*row):
        return load(
            town, xlsx(tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx", [HEAD, row]), "street_sheet"
        )

    send("1", "甲街", LINE, None, None)
    other = "LINESTRING (109.34 24.36, 109.36 24.36)"
    assert counts(send("1", "甲街", other, None, None))[2] == 1
    changed = objects()["甲街"]
    assert changed.shape["coordinates"][0] == pytest.approx([109.34, 24.36])
    assert changed.lat == pytest.approx(24.36)
    assert counts(send("1", "甲街", None, 109.33, 24.33))[2] == 1
    moved = objects()["甲街"]
    assert (moved.shape, moved.place_kind) == (None, "point")
