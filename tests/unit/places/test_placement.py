"""Points and texts find their place; nothing is dropped."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from chengzhi.places import geometry, index, suggest
from chengzhi.places.models import Area, Cell, District, Landmark, RoadKind, Street
from chengzhi.places.placement import (
    BadCoordinates,
    SwappedCoordinates,
    demand_placeable,
    locate,
    locate_many,
)

PACKS = Path(__file__).resolve().parents[3] / "packs"

pytestmark = pytest.mark.django_db


def middle(cell: Cell) -> tuple[float, float]:
    point = geometry.many_from_geojson([cell.outline])[0].representative_point()
    return point.x, point.y


def test_the_middle_of_every_cell_lies_in_that_cell(sample: District) -> None:
    cells = list(Cell.objects.filter(district=sample).select_related("area"))
    points = np.array([middle(cell) for cell in cells])
    placed = locate_many(sample.pk, points[:, 0], points[:, 1])
    assert placed.cell_id.tolist() == [cell.pk for cell in cells]
    assert placed.area_id.tolist() == [cell.area_id for cell in cells]
    assert placed.street_area_id.tolist() == [cell.area.parent_id for cell in cells]
    assert not placed.flag_bits.any()


def test_one_and_many_agree(sample: District) -> None:
    random = np.random.default_rng(7)
    lon = random.uniform(sample.min_lon - 0.01, sample.max_lon + 0.01, 3000)
    lat = random.uniform(sample.min_lat - 0.01, sample.max_lat + 0.01, 3000)
    lon[:6] = [np.nan, np.nan, 20.8, np.inf, 200, 181]
    lat[:6] = [np.nan, 20.8, 108.9, 20.8, 20.8, 91]
    many = locate_many(sample.pk, lon, lat)
    words, kinds = many.flags(), many.road_kinds()
    for i in range(len(lon)):
        one = locate(sample.pk, float(lon[i]), float(lat[i]))
        assert (one.cell_id or 0, one.area_id or 0, one.street_area_id or 0) == (
            many.cell_id[i], many.area_id[i], many.street_area_id[i],
        )  # fmt: skip
        assert (one.flags, one.road_kind) == (words[i], kinds[i])
        assert (-1 if one.zkey is None else one.zkey) == many.zkey[i]


def test_a_point_on_a_border_gets_one_cell_both_ways(sample: District) -> None:
    cell = Cell.objects.filter(district=sample).order_by("code")[40]
    for x, y in shapely.get_coordinates(geometry.many_from_geojson([cell.outline])[0]):
        one = locate(sample.pk, x, y)
        assert one.cell_id == locate_many(sample.pk, [x], [y]).cell_id[0] or "outside_district" in one.flags


def test_every_inner_point_has_a_cell(sample: District) -> None:
    """Rounded borders leave no gap through which a point could fall."""
    outline = geometry.many_from_geojson([sample.outline])[0]
    random = np.random.default_rng(3)
    lon = random.uniform(sample.min_lon, sample.max_lon, 50_000)
    lat = random.uniform(sample.min_lat, sample.max_lat, 50_000)
    inside = shapely.intersects_xy(outline, lon, lat)
    placed = locate_many(sample.pk, lon, lat)
    assert ((placed.cell_id > 0) == inside).all()
    assert (placed.flagged("outside_district") == ~inside).all()


def test_outside_is_kept_and_flagged(sample: District) -> None:
    placed = locate(sample.pk, 109.4, 24.3)
    assert placed.flags == ("outside_district",)
    assert placed.cell_id is None
    assert placed.zkey is not None


def test_exchanged_coordinates_are_recognised(sample: District, boston: District) -> None:
    assert "swapped" in locate(sample.pk, 20.8, 108.9).flags
    assert locate(boston.pk, 42.33, -71.08).flags == ("swapped", "outside_district")
    with pytest.raises(SwappedCoordinates) as caught:
        demand_placeable(sample.pk, 20.8, 108.9)
    assert "108.9" in caught.value.cure


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 20.8), (math.inf, 20.8), (200.0, 20.8), (108.9, -91.0)])
def test_impossible_coordinates_are_flagged_and_refused_on_forms(
    sample: District, lon: float, lat: float
) -> None:
    placed = locate(sample.pk, lon, lat)
    assert placed.flags == ("bad_coordinates",)
    assert placed.zkey is None
    with pytest.raises(BadCoordinates):
        demand_placeable(sample.pk, lon, lat)


def test_no_coordinates_means_not_geocoded(sample: District) -> None:
    assert locate(sample.pk, None, None).flags == ("not_geocoded",)
    assert locate_many(sample.pk, [np.nan], [np.nan]).flags() == [("not_geocoded",)]


def test_boston_rows_are_placed_and_the_default_point_is_known(boston: District) -> None:
    frame = pl.read_parquet(PACKS / "boston" / "data" / "boston311_2011.parquet")
    placed = locate_many(boston.pk, frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    assert placed.flagged("not_geocoded").sum() == 4775
    assert (placed.cell_id[placed.flagged("not_geocoded")] == 0).all()
    real = ~placed.flagged("not_geocoded")
    assert (placed.cell_id[real] > 0).mean() > 0.999
    codes = dict(Area.objects.filter(district=boston).values_list("id", "code"))
    found = np.array([codes.get(int(i), "") for i in placed.area_id])
    stated = frame["precinct"].fill_null("").str.slice(0, 4).to_numpy()
    known = real & (np.char.str_len(stated.astype(str)) == 4)
    assert (found[known] == stated[known]).mean() > 0.90  # derived shapes: most rows, not all


def test_liunan_has_no_shape_and_says_so(liunan: District) -> None:
    assert locate(liunan.pk, 109.3, 24.3).flags == ("no_geometry",)
    assert locate_many(liunan.pk, [109.3], [24.3]).flags() == [("no_geometry",)]


def test_main_street_and_back_lane(sample: District) -> None:
    main = Street.objects.filter(district=sample, road_kind=RoadKind.MAIN).order_by("name")[0]
    assert main.lon is not None
    assert main.lat is not None
    assert locate(sample.pk, main.lon, main.lat).road_kind == "main"
    lanes = Street.objects.filter(district=sample, road_kind=RoadKind.BACK)
    kinds = [locate(sample.pk, lane.lon, lane.lat).road_kind for lane in lanes]
    assert kinds.count("back") > 0.7 * len(kinds)  # some lanes end within 20 m of a main street
    assert "unknown" not in kinds


def test_a_new_pack_version_is_noticed(sample: District, monkeypatch: pytest.MonkeyPatch) -> None:
    first = index.place_index(sample.pk)
    assert index.place_index(sample.pk) is first
    District.objects.filter(pk=sample.pk).update(pack_version="2-other")
    assert index.place_index(sample.pk) is first  # not asked again so soon
    index.forget()
    assert index.place_index(sample.pk).version == "2-other"
    index.forget()


def test_unknown_district() -> None:
    with pytest.raises(index.UnknownDistrict):
        locate(32_000, 1.0, 1.0)


# -- texts and lists -------------------------------------------------------------------


def names(district: District, text: str) -> list[str]:
    return [found.name for found in suggest.geocode_text(district.pk, text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("启明大道12号门口", "启明大道"),
        ("长风公园北门", "长风公园"),
        ("春晓社区", "春晓社区"),
        ("启明街道春晓社区3栋", "春晓社区"),
        ("云桥夜市旁边有烧烤摊", "云桥夜市"),
        ("春晓", "春晓社区"),
        ("Qiming Subdistrict", "启明街道"),
        ("文澜图书", "文澜图书馆"),
    ],
)
def test_chinese_and_english_texts_find_their_place(sample: District, text: str, first: str) -> None:
    assert names(sample, text)[0] == first


def test_a_street_named_with_its_area_ranks_first(sample: District) -> None:
    street = Street.objects.filter(district=sample, name="启明大道").get()
    community = next(
        a for a in Area.objects.filter(district=sample, level="community").order_by("code")
        if any(c.id == street.pk for c in suggest.street_choices(sample.pk, a.pk))
    )  # fmt: skip
    found = suggest.geocode_text(sample.pk, f"{community.name}启明大道8号")
    assert found[0].name == "启明大道"
    assert found[0].score > 0.9
    assert found[0].cell_id is not None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("39 Lorraine Street, Roslindale", "Lorraine St"),
        ("lorraine st", "Lorraine St"),
        ("Beacon Hill", "Beacon Hill"),
        ("Ｃｏｍｍｏｎｗｅａｌｔｈ Avenue 100", "Commonwealth Ave"),
    ],
)
def test_boston_addresses(boston: District, text: str, first: str) -> None:
    assert names(boston, text)[0] == first


def test_whole_words_only_in_english(boston: District) -> None:
    assert "A St" not in names(boston, "Lorraine Street")[:1]


def test_a_cell_code_is_found(sample: District) -> None:
    cell = Cell.objects.filter(district=sample).order_by("code")[5]
    (found,) = suggest.geocode_text(sample.pk, f" {cell.code} ")
    assert (found.kind, found.cell_id, found.area_id) == ("cell", cell.pk, cell.area_id)


@pytest.mark.parametrize("text", ["", " ", "中", "?!", "‮‮", "完全没有这个地方zzz"])
def test_nothing_found_is_an_empty_list(sample: District, text: str) -> None:
    assert suggest.geocode_text(sample.pk, text) == []


def test_suggestions_carry_points_inside_the_district(sample: District) -> None:
    for landmark in Landmark.objects.filter(district=sample):
        found = suggest.geocode_text(sample.pk, landmark.name)[0]
        assert (found.lon, found.lat) == (landmark.lon, landmark.lat)
        assert found.cell_id is not None
        assert found.area_id is not None


def test_lists_lead_to_a_cell_without_a_map(sample: District) -> None:
    upper = suggest.area_choices(sample.pk)
    assert len(upper) == 11
    assert upper[0].name == "启明街道"
    inner = suggest.area_choices(sample.pk, upper[0].id)
    assert [choice.name for choice in inner] == ["春晓社区", "秋实社区", "梧桐里社区"]
    streets = suggest.street_choices(sample.pk, upper[0].id)
    assert streets
    along = suggest.cell_choices(sample.pk, upper[0].id, streets[0].id)
    every = suggest.cell_choices(sample.pk, upper[0].id)
    assert 0 < len(along) < len(every)
    assert all(choice.code.startswith(upper[0].code) for choice in every)


def test_lists_work_without_any_shape(liunan: District) -> None:
    upper = suggest.area_choices(liunan.pk)
    assert len(upper) == 11
    assert sum(len(suggest.area_choices(liunan.pk, choice.id)) for choice in upper) == 98
    assert suggest.cell_choices(liunan.pk, upper[0].id) == []
    assert names(liunan, "河西街道柳工社区门口")[:2] == ["柳工社区居委会", "河西街道"]
