"""From what someone writes to where it may be, and from lists to a cell without a map."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from chengzhi.places import geometry, wording
from chengzhi.places.index import PlaceIndex, current_version, place_index
from chengzhi.places.models import Area, Cell, Landmark, Street
from chengzhi.places.placement import locate

_EXACT, _INSIDE, _WHOLE_IN_NAME, _ALIKE = 1.0, 0.8, 0.6, 0.5
_LEAST_ALIKE = 0.34
_STEM = 0.2
_KIND_BONUS = {"cell": 0.05, "landmark": 0.04, "street": 0.03, "community": 0.02, "street_area": 0.0}
_BOTH = 0.1  # street and area named together, and the street runs there


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place a text may mean. `kind` is cell, landmark, street, community or street_area.

    `lon`, `lat` are a point of it, None where the pack holds no shape; `score` runs from 0 to 1.15.
    """

    kind: str
    id: int
    name: str
    name_en: str
    lon: float | None
    lat: float | None
    cell_id: int | None
    area_id: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: id, both names, code where it has one."""

    id: int
    name: str
    name_en: str
    code: str = ""


@dataclass(frozen=True)
class _Spelling:
    text: str
    pairs: frozenset[str]
    loss: float  # a stem such as 文澜 for 文澜街道 says less than the name


@dataclass(frozen=True)
class _Named:
    kind: str
    id: int
    name: str
    name_en: str
    lon: float | None
    lat: float | None
    area_ids: frozenset[int]
    spellings: tuple[_Spelling, ...]


@dataclass(frozen=True)
class _Names:
    version: str
    named: list[_Named]


_CACHE: dict[int, _Names] = {}
_LOCK = Lock()


def geocode_text(district_id: int, text: str, limit: int = 8) -> list[Suggestion]:
    """Places that a free text address may mean, best first.

    A 15-digit (or local) cell code is found exactly. Otherwise streets, landmarks and areas whose
    Chinese or English name stands in the text, begins or holds it, or resembles it.
    """
    by_code = _cell(district_id, text.strip())
    if by_code is not None:
        return [by_code]
    asked = wording.normal(text)
    if len(asked.replace(" ", "")) < 2:
        return []
    asked_pairs = wording.pairs(asked)
    scored = [(_score(named, asked, asked_pairs), named) for named in _names(district_id).named]
    found = [(score, named) for score, named in scored if score > 0]
    areas = {n.id for score, n in found if _is_area(n) and score >= _INSIDE}
    ranked = sorted(
        ((score + _together(named, areas), named) for score, named in found),
        key=lambda pair: (-pair[0], pair[1].name),
    )
    return [_suggestion(district_id, named, score) for score, named in ranked[:limit]]


def _is_area(named: _Named) -> bool:
    return named.kind in ("community", "street_area")


def _together(named: _Named, areas: set[int]) -> float:
    return _BOTH if not _is_area(named) and named.area_ids & areas else 0.0


def _cell(district_id: int, code: str) -> Suggestion | None:
    cell = Cell.objects.filter(district_id=district_id, code=code, valid_to=None).first() if code else None
    if cell is None:
        return None
    point = _shape(cell.outline).representative_point()
    return Suggestion("cell", cell.pk, cell.code, cell.code, point.x, point.y, cell.pk, cell.area_id, 1.15)


def _score(named: _Named, asked: str, asked_pairs: frozenset[str]) -> float:
    best = 0.0
    for spelling in named.spellings:
        best = max(best, _spelling_score(spelling.text, spelling.pairs, asked, asked_pairs) - spelling.loss)
    return best + _KIND_BONUS[named.kind] if best > 0 else 0.0


def _spelling_score(name: str, own: frozenset[str], asked: str, asked_pairs: frozenset[str]) -> float:
    if name == asked:
        return _EXACT
    share = min(len(name), len(asked)) / max(len(name), len(asked))
    if wording.contains(asked, name):
        return _INSIDE + 0.1 * share
    if asked in name:
        return _WHOLE_IN_NAME + 0.15 * share + (0.05 if name.startswith(asked) else 0.0)
    likeness = wording.alike(own, asked_pairs)
    return _ALIKE * likeness if likeness >= _LEAST_ALIKE else 0.0


def _suggestion(district_id: int, named: _Named, score: float) -> Suggestion:
    cell_id = area_id = None
    if named.kind in ("street", "landmark") and named.lon is not None:
        placed = locate(district_id, named.lon, named.lat)
        cell_id, area_id = placed.cell_id, placed.area_id
    elif _is_area(named):
        area_id = named.id
    return Suggestion(
        named.kind, named.id, named.name, named.name_en, named.lon, named.lat, cell_id, area_id,
        round(score, 3),
    )  # fmt: skip


def _names(district_id: int) -> _Names:
    version = place_index(district_id).version
    held = _CACHE.get(district_id)
    if held is not None and held.version == version:
        return held
    with _LOCK:
        version = current_version(district_id)
        built = _Names(version, _read_names(district_id))
        _CACHE[district_id] = built
        return built


def _read_names(district_id: int) -> list[_Named]:
    index = place_index(district_id)
    areas = Area.objects.filter(district_id=district_id, valid_to=None)
    found = [_area(area) for area in areas]
    for landmark in Landmark.objects.filter(district_id=district_id, valid_to=None):
        shape = shapely.Point(landmark.lon, landmark.lat)
        found.append(_named("landmark", landmark, landmark.lon, landmark.lat, _areas_at(index, shape)))
    for street in Street.objects.filter(district_id=district_id, valid_to=None):
        line = street_shape(street)
        at = _areas_at(index, line) if line is not None else frozenset()
        found.append(_named("street", street, street.lon, street.lat, at))
    return found


def _area(area: Area) -> _Named:
    kind = "community" if area.level == Area.Level.COMMUNITY else "street_area"
    point = _shape(area.outline).representative_point() if area.outline else None
    lon, lat = (point.x, point.y) if point is not None else (None, None)
    return _named(kind, area, lon, lat, frozenset({area.pk}))


def _named(kind: str, thing: Any, lon: float | None, lat: float | None, areas: frozenset[int]) -> _Named:
    return _Named(
        kind, thing.pk, thing.name, thing.name_en, lon, lat, areas,
        tuple(_spellings(name for name in (thing.name, thing.name_en) if name)),
    )  # fmt: skip


def _spellings(names: Iterable[str]) -> Iterator[_Spelling]:
    seen: set[str] = set()
    for name in map(wording.normal, names):
        for text, loss in ((name, 0.0), (wording.without_office(name), 0.0), (wording.short(name), _STEM)):
            if text not in seen:
                seen.add(text)
                yield _Spelling(text, wording.pairs(text), loss)


def _shape(mapping: Any) -> BaseGeometry:
    shape: BaseGeometry = geometry.many_from_geojson([mapping])[0]
    return shape


def street_shape(street: Street) -> BaseGeometry | None:
    """Its line, else its point; None where neither is known."""
    if street.line:
        return _shape(street.line)
    return None if street.lon is None or street.lat is None else shapely.Point(street.lon, street.lat)


def cells_at(index: PlaceIndex, shape: BaseGeometry) -> Any:
    """Rows of the index's cells that a shape touches, ascending."""
    return np.unique(index.piece_cell[index.tree.query(shape, predicate="intersects")])


def _areas_at(index: PlaceIndex, shape: BaseGeometry) -> frozenset[int]:
    """Communities and their streets or towns that a shape touches."""
    cells = cells_at(index, shape)
    return frozenset(map(int, index.cell_areas[cells])) | frozenset(map(int, index.cell_streets[cells]))


# -- lists without a map ---------------------------------------------------------------


def area_choices(district_id: int, parent_id: int | None = None) -> list[Choice]:
    """Streets and towns of a district, or the communities of one of them, by code."""
    rows = Area.objects.filter(district_id=district_id, valid_to=None, parent_id=parent_id)
    if parent_id is None:
        rows = rows.filter(level=Area.Level.STREET)
    return [Choice(*row) for row in rows.order_by("code").values_list("id", "name", "name_en", "code")]


def street_choices(district_id: int, area_id: int) -> list[Choice]:
    """Named streets that run through an area (a community, or a street or town), by name."""
    return sorted(
        (
            Choice(named.id, named.name, named.name_en)
            for named in _names(district_id).named
            if named.kind == "street" and area_id in named.area_ids
        ),
        key=lambda choice: choice.name,
    )


def cell_choices(district_id: int, area_id: int, street_id: int | None = None) -> list[Choice]:
    """Cells of a community, or of all communities of a street or town, by code.

    With `street_id` only the cells that street runs through.
    """
    index = place_index(district_id)
    wanted = (index.cell_areas == area_id) | (index.cell_streets == area_id)
    if street_id is not None:
        wanted &= _along(index, district_id, street_id)
    return [
        Choice(int(index.cell_ids[i]), index.cell_codes[i], index.cell_codes[i], index.cell_codes[i])
        for i in np.flatnonzero(wanted & (index.cell_ids > 0))
    ]


def _along(index: PlaceIndex, district_id: int, street_id: int) -> Any:
    street = Street.objects.filter(district_id=district_id, pk=street_id).first()
    shape = street_shape(street) if street is not None else None
    mask = np.zeros(len(index.cell_ids), dtype=np.bool_)
    if shape is not None:
        mask[cells_at(index, shape)] = True
    return mask
