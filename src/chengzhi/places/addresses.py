"""Put a written address in its cell, where its words leave no doubt.

Every place that the words name (cell code, landmark, street, area) holds a set of cells; what
all of them share is where the case lies. One cell left: the case lies there. Several cells of one
community, or of one street or town: as much is known and no more. Nothing in common, or more
than one street or town: the words do not say, and the case stays without a place.

A name counts only where it stands whole in the words: 长风路 in 新长风路 or 长风路三巷 is
another street. A street without a line is not used, since nobody knows how far it runs.
Everything is held in the process per pack version; placing asks the database nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np
import shapely

from chengzhi.places import suggest, wording
from chengzhi.places.index import PlaceIndex, current_version, place_index
from chengzhi.places.models import Area, Landmark, RoadKind, Street
from chengzhi.places.placement import locate
from chengzhi.places.zorder import zkey

Spots = frozenset[int]
MOST = 250  # characters of an address that are read
_LEAST_CODE = 6  # a shorter cell code may be a house number
# Before and after a name: what makes it the name of something else.
_CHINESE_BEFORE = frozenset("东西南北新老旧大小上下前后")
_NUMBER = r"[\d一二三四五六七八九十东西南北中上下前后新老]"
_ROAD = r"路(?!口)|街(?!口)|大道|巷|弄|胡同|支路|辅路|桥|站"
_AFTER_AREA = re.compile(rf"{_NUMBER}{{0,4}}(?:{_ROAD})")
_AFTER_PLACE = re.compile(
    rf"{_NUMBER}{{0,4}}(?:{_ROAD}|社区|小区|新?村|花园|公寓|大厦|市场|广场|公园|学校|小学|中学|医院)|{_NUMBER}{{1,4}}里"
)
_ENGLISH_BEFORE = frozenset(
    ("n", "s", "e", "w", "new", "old", "upper", "lower", "little", "great", "greater")
)
_ENGLISH_AFTER = frozenset(
    ("ext", "extension", "alley", "aly", "ct", "ter", "pl", "sq", "park", "plz", "plaza", "station", "school",
     "bridge", "st", "ave", "rd", "ln", "way", "hospital", "library")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WrittenPlace:
    """Where the words put a case, in the fields of `placement.Placed`, and a point of it.

    The point is the landmark's, or one within the cell; None where only an area is known.
    """

    cell_id: int | None
    area_id: int | None
    street_area_id: int | None
    road_kind: str
    lon: float | None
    lat: float | None
    zkey: int | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class _Meant:
    """What one name may mean. `point` where it is one landmark, `road` where it is one street."""

    spots: Spots
    kind: str
    point: tuple[float, float] | None = None
    road: str = RoadKind.UNKNOWN.value


@dataclass(frozen=True)
class _Book:
    """All names of a pack version. A spot is a cell, or an area that has none.

    `beginnings` gives the names by their first two characters, longest first.
    """

    version: str
    cells: list[int]
    areas: list[int]
    streets: list[int]
    meant: dict[str, _Meant]
    beginnings: dict[str, tuple[str, ...]]


_BOOKS: dict[int, _Book] = {}
_LOCK = Lock()


def place_text(district_id: int, text: str) -> WrittenPlace | None:
    """The place that an address names without doubt; None where it does not.

    Raises UnknownDistrict.
    """
    book = _book(district_id)
    asked = wording.normal(text[:MOST])
    named = [book.meant[name] for name in _names_in(book, asked)]
    spots = _shared(book, named)
    return _place(district_id, book, spots, named) if spots else None


def place_texts(district_id: int, texts: Iterable[str]) -> dict[str, WrittenPlace]:
    """The same for many: the texts that name a place, each looked up once."""
    found = ((text, place_text(district_id, text)) for text in set(texts))
    return {text: place for text, place in found if place is not None}


def read_ahead(district_id: int) -> None:
    """Read the names into this process, so that the first address need not wait."""
    _book(district_id)


# -- from words to names ---------------------------------------------------------------


def _names_in(book: _Book, asked: str) -> Iterator[str]:
    """Names that stand in the text as themselves, each once; a longer name hides those within it."""
    seen: set[str] = set()
    at = 0
    while at < len(asked):
        name = next((n for n in book.beginnings.get(asked[at : at + 2], ()) if asked.startswith(n, at)), None)
        if name is None:
            at += 1
            continue
        if name not in seen and _stands_alone(book.meant[name].kind, asked, at, at + len(name)):
            seen.add(name)
            yield name
        at += len(name)


def _stands_alone(kind: str, asked: str, start: int, end: int) -> bool:
    before, after = asked[:start], asked[end:]
    if wording.is_chinese(asked[start:end]):
        following = _AFTER_AREA if kind == "area" else _AFTER_PLACE
        return not (before and before[-1] in _CHINESE_BEFORE) and not following.match(after)
    if _is_latin(before[-1:]) or _is_latin(after[:1]):
        return False
    return not (set(before.split()[-1:]) & _ENGLISH_BEFORE or set(after.split()[:1]) & _ENGLISH_AFTER)


def _is_latin(sign: str) -> bool:
    return sign.isalnum() and not wording.is_chinese(sign)


# -- from names to cells ---------------------------------------------------------------


def _shared(book: _Book, named: list[_Meant]) -> Spots:
    """The spots that all names share. Beside a landmark a street counts with its communities.

    A market on a street often lies in the next cell.
    """
    by_landmark = any(one.kind == "landmark" for one in named)
    sets = [
        _communities(book, one.spots) if by_landmark and one.kind == "street" else one.spots for one in named
    ]
    return frozenset.intersection(*sets) if sets else frozenset()


def _communities(book: _Book, spots: Spots) -> Spots:
    areas = {book.areas[spot] for spot in spots}
    return frozenset(spot for spot, area in enumerate(book.areas) if area in areas)


def _place(district_id: int, book: _Book, spots: Spots, named: list[_Meant]) -> WrittenPlace | None:
    cell = _only(book.cells[spot] for spot in spots)
    area = _only(book.areas[spot] for spot in spots)
    street = _only(book.streets[spot] for spot in spots)
    if cell is not None:
        point = next((one.point for one in named if one.point), None)
        return _in_cell(district_id, cell, area, street, point, named)
    return _in_area(area, street, named) if area or street else None


def _only(values: Iterable[int]) -> int | None:
    """The one value all have; None where they differ or it is 0, unknown."""
    first, *others = set(values)
    return first if first and not others else None


def _in_area(area: int | None, street: int | None, named: list[_Meant]) -> WrittenPlace:
    flags = ("placed_by_text", "area_only")
    return WrittenPlace(None, area, street, _road(named), None, None, None, flags)


def _in_cell(
    district_id: int, cell: int, area: int | None, street: int | None, point: tuple[float, float] | None,
    named: list[_Meant],
) -> WrittenPlace:  # fmt: skip
    index = place_index(district_id)
    flags: tuple[str, ...] = ("placed_by_text",)
    if point is None:
        row = int(np.flatnonzero(index.cell_ids == cell)[0])
        point = (float(index.cell_points[row, 0]), float(index.cell_points[row, 1]))
        flags = ("placed_by_text", "cell_centre")
    road = _road(named)
    if road == RoadKind.UNKNOWN.value:
        road = locate(district_id, *point).road_kind
    return WrittenPlace(cell, area, street, road, *point, int(zkey(*point)), flags)


def _road(named: list[_Meant]) -> str:
    """Main or back where the words name streets of that kind only."""
    kinds = {one.road for one in named if one.kind == "street"}
    return kinds.pop() if len(kinds) == 1 else RoadKind.UNKNOWN.value


# -- the book of names -----------------------------------------------------------------


def _book(district_id: int) -> _Book:
    version = place_index(district_id).version
    held = _BOOKS.get(district_id)
    if held is not None and held.version == version:
        return held
    with _LOCK:
        _BOOKS[district_id] = built = _read(district_id, current_version(district_id))
        return built


def _read(district_id: int, version: str) -> _Book:
    index = place_index(district_id)
    areas = list(Area.objects.filter(district_id=district_id, valid_to=None).order_by("code"))
    cells, leaves, streets = (
        list(map(int, a)) for a in (index.cell_ids, index.cell_areas, index.cell_streets)
    )
    for cell, leaf, street in _bare(areas, set(leaves)):
        cells.append(cell)
        leaves.append(leaf)
        streets.append(street)
    meant: dict[str, _Meant] = {}
    for names, what in _all_meant(district_id, index, areas, leaves, streets):
        for name in names:
            meant[name] = _either(meant.get(name), what)
    beginnings: dict[str, list[str]] = {}
    for name in sorted(meant, key=len, reverse=True):
        beginnings.setdefault(name[:2], []).append(name)
    return _Book(
        version, cells, leaves, streets, meant, {start: tuple(names) for start, names in beginnings.items()}
    )


def _bare(areas: list[Area], placed: set[int]) -> Iterator[tuple[int, int, int]]:
    """Communities without a cell, and streets or towns without a community, as spots."""
    parents = {area.parent_id for area in areas}
    for area in areas:
        if area.level == Area.Level.COMMUNITY and area.pk not in placed:
            yield 0, area.pk, area.parent_id or 0
        elif area.level == Area.Level.STREET and area.pk not in parents:
            yield 0, 0, area.pk


def _all_meant(
    district_id: int, index: PlaceIndex, areas: list[Area], leaves: list[int], streets: list[int]
) -> Iterator[tuple[set[str], _Meant]]:
    of: dict[int, set[int]] = {}
    for spot, (leaf, street) in enumerate(zip(leaves, streets, strict=True)):
        for area_id in (leaf, street):
            of.setdefault(area_id, set()).add(spot)
    for area in areas:
        if area.level != Area.Level.DISTRICT:
            yield _names_of(area), _Meant(frozenset(of.get(area.pk, ())), "area")
    for spot, code in enumerate(index.cell_codes):
        if len(code) >= _LEAST_CODE:
            yield {wording.normal(code)}, _Meant(frozenset({spot}), "cell")
    for landmark in Landmark.objects.filter(district_id=district_id, valid_to=None):
        point = (landmark.lon, landmark.lat)
        spots = frozenset(map(int, suggest.cells_at(index, shapely.Point(point))[:1]))
        yield _names_of(landmark), _Meant(spots, "landmark", point)
    for named in Street.objects.filter(district_id=district_id, valid_to=None, line__isnull=False):
        shape = suggest.street_shape(named)
        assert shape is not None  # it has a line
        spots = frozenset(map(int, suggest.cells_at(index, shape)))
        yield _names_of(named), _Meant(spots, "street", road=named.road_kind)


def _names_of(thing: Area | Landmark | Street) -> set[str]:
    """Its names as they stand in an address; never a stem, which may mean something else."""
    names = [wording.normal(name) for name in (thing.name, thing.name_en) if name]
    return {form for name in names for form in (name, wording.without_office(name)) if len(form) >= 2}


def _either(one: _Meant | None, other: _Meant) -> _Meant:
    """Two places of the same name: the words mean one of them."""
    if one is None:
        return other
    if one.kind == other.kind == "street" and one.road == other.road:
        return _Meant(one.spots | other.spots, "street", road=one.road)
    return _Meant(one.spots | other.spots, "several")
