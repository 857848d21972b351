"""Lines, areas and bodies; public points."""

import numpy as np
import pytest
import shapely

from chengzhi.places import geometry
from chengzhi.places.geometry import InvalidGeometry
from chengzhi.places.models import Cell, District, Street
from chengzhi.places.placement import locate
from chengzhi.places.shapes import locate_shape, public_points

pytestmark = pytest.mark.django_db


def test_a_street_is_a_line_through_many_cells(sample: District) -> None:
    street = Street.objects.get(district=sample, name="启明大道")
    placed = locate_shape(sample.pk, street.line)
    line = geometry.many_from_geojson([street.line])[0]
    crossed = {
        cell.pk
        for cell in Cell.objects.filter(district=sample)
        if shapely.intersects(geometry.many_from_geojson([cell.outline])[0], line)
    }
    assert placed.kind == "line"
    assert placed.at.road_kind == "main"
    assert set(placed.cell_ids) == crossed
    assert len(crossed) > 30


def test_an_area_and_a_body(sample: District) -> None:
    cell = Cell.objects.filter(district=sample).order_by("code")[7]
    inner = geometry.many_from_geojson([cell.outline])[0].buffer(-0.0001)
    mapping = geometry.as_geojson(inner)
    placed = locate_shape(sample.pk, mapping)
    assert placed.kind == "area"
    assert placed.cell_ids == (cell.pk,)
    assert placed.area_ids == (cell.area_id,)
    assert placed.at.cell_id == cell.pk
    assert locate_shape(sample.pk, mapping, body=True).kind == "body"


def test_a_drawn_bow_tie_is_refused(sample: District) -> None:
    ring = [[108.9, 20.8], [108.91, 20.81], [108.91, 20.8], [108.9, 20.81], [108.9, 20.8]]
    with pytest.raises(InvalidGeometry, match="Self-intersection"):
        locate_shape(sample.pk, {"type": "Polygon", "coordinates": [ring]})


def test_public_points_lie_in_the_cell_and_are_the_same_for_all_its_cases(sample: District) -> None:
    ids = list(Cell.objects.filter(district=sample).values_list("id", flat=True))
    points = public_points(sample.pk, [*ids, 0, 2**40])
    assert np.isnan(points[-2:]).all()
    for cell_id, (lon, lat) in zip(ids[:200], points, strict=False):
        assert locate(sample.pk, float(lon), float(lat)).cell_id == cell_id


def test_without_cells_no_public_point(liunan: District) -> None:
    assert np.isnan(public_points(liunan.pk, [1, 2])).all()
