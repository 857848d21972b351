"""Generated unit grid cells: seamless, inside their community, numbered as the rule says."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from chengzhi.places.cells import TooManyCells, cell_code, cut, make_cells, stored
from chengzhi.places.geometry import square_metres
from chengzhi.places.packfile import Pack

STEP = 0.001  # about 100 m


@st.composite
def communities(draw: st.DrawFn) -> shapely.Polygon:
    """A simple polygon, often not convex: radii around a point."""
    count = draw(st.integers(4, 14))
    radii = draw(st.lists(st.floats(0.002, 0.02), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    xy = np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None]
    return shapely.Polygon(np.add(xy, [109.4, 24.3]))


@settings(deadline=None, max_examples=60)
@given(communities(), st.integers(80, 600))
def test_cells_join_without_gap_or_overlap(shape: shapely.Polygon, size: int) -> None:
    parts = cut(shape, size)
    whole = shapely.union_all(parts)
    assert shapely.area(shapely.symmetric_difference(whole, shape)) <= 1e-9 * shape.area
    assert abs(sum(part.area for part in parts) - shape.area) <= 1e-9 * shape.area
    assert all(part.is_valid and part.geom_type == "Polygon" for part in parts)


@settings(deadline=None, max_examples=30)
@given(communities())
def test_no_crumbs(shape: shapely.Polygon) -> None:
    parts = cut(shape, 200)
    assert len(parts) == 1 or square_metres(parts).min() > 0.1 * 200 * 200


def test_numbering_runs_west_to_east_and_north_to_south() -> None:
    square = shapely.box(109.4, 24.3, 109.4 + 3 * STEP * 1.097, 24.3 + 3 * STEP)
    made = make_cells({"459904001001": square}, 111)
    assert [cell.code[-3:] for cell in made] == [f"{n:03d}" for n in range(1, 10)]
    middles = [(round(c.shape.centroid.y, 6), c.shape.centroid.x) for c in made]
    assert middles == sorted(middles, key=lambda m: (-m[0], m[1]))


def test_codes_have_fifteen_digits_or_a_local_form() -> None:
    assert cell_code("459904001001", 7) == "459904001001007"
    assert cell_code("0101", 7) == "0101-007"


def test_more_than_three_digits_of_cells_are_refused() -> None:
    with pytest.raises(TooManyCells) as caught:
        make_cells({"459904001001": shapely.box(109.4, 24.3, 109.5, 24.4)}, 100)
    assert "999" in caught.value.why or "three digits" in caught.value.why


def test_sample_cells_cover_its_communities_and_cross_no_border(sample_pack: Pack) -> None:
    whole = shapely.union_all(list(sample_pack.shapes.values()))
    cells = shapely.union_all([cell.shape for cell in sample_pack.cells])
    assert shapely.symmetric_difference(whole, cells).area < 1e-6 * whole.area
    for cell in sample_pack.cells:
        outside = shapely.difference(cell.shape, sample_pack.shapes[cell.area_code])
        assert square_metres(outside) < 2
    assert 1500 <= len(sample_pack.cells) <= 2500
    assert all(len(cell.code) == 15 and cell.code.isdigit() for cell in sample_pack.cells)
    assert len({cell.code for cell in sample_pack.cells}) == len(sample_pack.cells)


def test_stored_shapes_are_on_their_grid() -> None:
    made = stored(make_cells({"459904001001": shapely.box(109.41234567891, 24.3, 109.42, 24.31)}, 300))
    xy = shapely.get_coordinates([cell.shape for cell in made])
    assert np.array_equal(xy, np.round(xy, 9))
