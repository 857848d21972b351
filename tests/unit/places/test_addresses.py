"""A written address is placed where its words leave no doubt, and nowhere where they do."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengzhi.places import index
from chengzhi.places.addresses import WrittenPlace, place_text, place_texts
from chengzhi.places.models import Area, Cell, District, Landmark, Street
from chengzhi.places.placement import locate
from chengzhi.places.zorder import zkey

pytestmark = pytest.mark.django_db


def area(district: District, name: str) -> Area:
    return Area.objects.get(district=district, name=name)


def put(district: District, text: str) -> WrittenPlace:
    found = place_text(district.pk, text)
    assert found is not None, text
    return found


def test_a_landmark_gives_its_own_point_and_the_cell_of_that_point(sample: District) -> None:
    for landmark in Landmark.objects.filter(district=sample):
        found, placed = put(sample, f"{landmark.name}门口"), locate(sample.pk, landmark.lon, landmark.lat)
        assert (found.lon, found.lat) == (landmark.lon, landmark.lat)
        assert (found.cell_id, found.area_id, found.street_area_id, found.zkey) == (
            placed.cell_id, placed.area_id, placed.street_area_id, placed.zkey,
        )  # fmt: skip
        assert found.flags == ("placed_by_text",)


def test_a_cell_code_gives_the_middle_of_the_cell(sample: District) -> None:
    cell = Cell.objects.filter(district=sample).select_related("area").order_by("code")[7]
    for text in (cell.code, f"网格{cell.code}号", f"  {cell.code} "):
        found = put(sample, text)
        assert (found.cell_id, found.area_id) == (cell.pk, cell.area_id)
        assert found.street_area_id == cell.area.parent_id
        assert found.flags == ("placed_by_text", "cell_centre")
        assert found.lon is not None
        assert found.lat is not None
        assert locate(sample.pk, found.lon, found.lat).cell_id == cell.pk
        assert found.zkey == int(zkey(found.lon, found.lat))


def test_a_community_gives_the_area_and_no_point(sample: District) -> None:
    community = area(sample, "春晓社区")
    found = put(sample, "春晓社区3栋楼下")
    assert (found.area_id, found.street_area_id) == (community.pk, community.parent_id)
    assert (found.cell_id, found.lon, found.zkey) == (None, None, None)
    assert found.flags == ("placed_by_text", "area_only")
    assert put(sample, "启明街道春晓社区").area_id == community.pk
    assert put(sample, "启明街道办事处旁").area_id is None
    assert put(sample, "启明街道").street_area_id == area(sample, "启明街道").pk


def test_a_street_counts_only_with_the_cells_it_runs_through(sample: District) -> None:
    assert place_text(sample.pk, "启明大道12号") is None  # it runs through half the district
    street = Street.objects.get(district=sample, name="启明大道")
    by_area = {place.area_id: place for place in _with_each_community(sample, "启明大道8号")}
    assert by_area
    for community_id, found in by_area.items():
        assert found.street_area_id == Area.objects.get(pk=community_id or 0).parent_id
        assert found.road_kind == street.road_kind
    # Some community has one cell on the street only: then the cell is known too.
    assert any(found.cell_id for found in by_area.values())


def _with_each_community(district: District, address: str) -> list[WrittenPlace]:
    names = Area.objects.filter(district=district, level="community").values_list("name", flat=True)
    found = (place_text(district.pk, f"{name}{address}") for name in names)
    return [place for place in found if place is not None]


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "路边", "完全没有这个地方", "?!", "‮‮",
        "启明大道与长风路",  # two streets that nowhere meet
        "长风公园到文澜图书馆",  # two places
        "启明街道稻香村",  # that village is elsewhere
        "新长风公园", "大长风公园", "长风公园二巷", "长风公园小学",  # other names
        "459904001", "1234567890123456789",
    ],
)  # fmt: skip
def test_doubtful_words_place_nothing(sample: District, text: str) -> None:
    assert place_text(sample.pk, text) is None


def test_a_street_beside_a_landmark_does_not_spoil_it(sample: District) -> None:
    landmark = Landmark.objects.get(district=sample, name="长风公园")
    placed = locate(sample.pk, landmark.lon, landmark.lat)
    touching = [
        street.name
        for street in Street.objects.filter(district=sample)
        if (found := place_text(sample.pk, f"{street.name}长风公园")) and found.cell_id == placed.cell_id
    ]
    assert touching
    assert len(touching) < Street.objects.filter(district=sample).count()


def test_areas_without_any_shape_are_found_by_name(liunan: District) -> None:
    found = put(liunan, "河西街道柳工社区门口")
    assert Area.objects.get(pk=found.area_id or 0).name == "柳工社区居委会"
    assert (found.cell_id, found.lon) == (None, None)


@pytest.mark.parametrize(
    "text", ["39 Lorraine St  Roslindale  MA", "Blue Hill Ave", "INTERSECTION A St & B St"]
)
def test_a_street_of_unknown_length_places_nothing(boston: District, text: str) -> None:
    found = place_text(boston.pk, text)
    assert found is None or found.cell_id is None


def test_english_names_stand_as_whole_words(boston: District) -> None:
    end = Area.objects.get(district=boston, name_en="South End")
    assert put(boston, "12 Worcester Sq, South End").street_area_id == end.pk
    assert place_text(boston.pk, "South Endicott St") is None
    assert place_text(boston.pk, "New South End") is None


def test_nothing_is_asked_of_the_database_once_the_names_are_read(sample: District) -> None:
    put(sample, "长风公园")
    index.place_index(sample.pk)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = place_texts(sample.pk, ["长风公园", "长风公园", "春晓社区", "哪里"])
    assert set(found) == {"长风公园", "春晓社区"}
    assert len(asked) <= 1  # the look at the pack version, at most every two seconds


def test_a_name_that_ended_is_forgotten_with_the_pack_version(sample: District) -> None:
    put(sample, "云桥夜市")
    Landmark.objects.filter(district=sample, name="云桥夜市").update(valid_to=date(2026, 1, 1))
    District.objects.filter(pk=sample.pk).update(pack_version="next")
    index.forget()
    assert place_text(sample.pk, "云桥夜市") is None
