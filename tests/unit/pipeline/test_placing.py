"""Rows of a file without a point are placed by their address, as at the other doors."""

from pathlib import Path

import pytest

from chengzhi.cases.models import Case
from chengzhi.pipeline.loading import load_file
from chengzhi.places import addresses
from tests.intake_builders import NOW, SOUTH, WEST, Place, build_district

MAPPING = """title: t
title_en: t
source_system: list
number: "no"
moments: {reported_at: at}
text: what
address: where
lon: x
lat: y
area: {columns: [area], by: name}
"""


@pytest.fixture
def place(db: None) -> Place:
    return build_district()


def load(tmp_path: Path, rows: list[str]) -> dict[str, Case]:
    (tmp_path / "list.yaml").write_text(MAPPING, encoding="utf-8")
    path = tmp_path / "list.csv"
    path.write_text("no,at,what,where,x,y,area\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = load_file(
        path, mapping=str(tmp_path / "list.yaml"), slug="sample", rejects=None, on=NOW, say=lambda *_: None
    )
    assert done["loaded"] == len(rows)
    return {case.source_number: case for case in Case.objects.all()}


def row(number: int, where: str, x: str = "", y: str = "", area: str = "") -> str:
    return f"{number},2026-04-01 09:00,坑,{where},{x},{y},{area}"


def test_address_places_a_row_where_its_point_does_not(place: Place, tmp_path: Path) -> None:
    code = place.cells[2].code
    found = load(tmp_path, [
        row(1, f"网格{code}"), row(2, "城东社区8栋"), row(3, "河边"), row(4, ""),
        row(5, f"网格{code}", f"{WEST + 0.001}", f"{SOUTH + 0.001}"),
    ])  # fmt: skip
    assert (found["1"].cell_id, found["1"].area_id) == (place.cells[2].pk, place.communities[1].pk)
    assert found["1"].flags == ["placed_by_text", "cell_centre"]
    assert found["1"].zkey is not None
    assert (found["2"].cell_id, found["2"].area_id) == (None, place.communities[0].pk)
    assert found["2"].flags == ["placed_by_text", "area_only"]
    assert [found[n].flags for n in "34"] == [["not_geocoded"], ["not_geocoded"]]
    assert (found["5"].cell_id, found["5"].flags) == (place.cells[0].pk, [])  # a point goes before words


def test_what_the_source_says_of_the_area_stays(place: Place, tmp_path: Path) -> None:
    code = place.cells[2].code
    found = load(tmp_path, [
        row(1, code, area="城西社区"), row(2, code, area="城东社区"), row(3, code, area="城西街道"),
        row(4, "城西社区", area="城西街道"), row(5, "城西街道", area="城西社区"),
    ])  # fmt: skip
    west, east = place.communities[1].pk, place.communities[0].pk
    assert [(found[n].cell_id, found[n].area_id) for n in "12345"] == [
        (place.cells[2].pk, west), (None, east), (place.cells[2].pk, west), (None, west), (None, west),
    ]  # fmt: skip
    assert ["placed_by_text" in found[n].flags for n in "12345"] == [True, False, True, True, False]


def test_equal_texts_are_looked_up_once(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = addresses.place_text

    def counting(district_id: int, text: str) -> addresses.WrittenPlace | None:
        asked.append(text)
        return real(district_id, text)

    monkeypatch.setattr(addresses, "place_text", counting)
    load(tmp_path, [row(number, ["城东社区", "某处"][number % 2]) for number in range(40)])
    assert sorted(asked) == ["城东社区", "某处"]
