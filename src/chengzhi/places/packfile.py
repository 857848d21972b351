"""Read and check a district pack: manifest, tables and shapes, before anything is written."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from chengzhi.errors import Problem
from chengzhi.places import geometry, tables
from chengzhi.places.cells import MadeCell, make_cells, stored
from chengzhi.places.manifest import Manifest, read_manifest

VINTAGE_TOLERANCE = 0.20  # an outline that differs by more is probably of another year
_UNHASHED = ("data", "README.md")


class BadPackFile(Problem):
    """A file of the pack is missing or cannot be read."""

    code: ClassVar[str] = "bad_pack_file"
    status: ClassVar[int] = 422


def packs_dir() -> Path:
    """Where the shipped packs lie: CHENGZHI_PACKS, the checkout, or the installed wheel."""
    named = os.environ.get("CHENGZHI_PACKS")
    if named:
        return Path(named)
    package = Path(__file__).resolve().parents[1]
    checkout = package.parents[1] / "packs"
    return checkout if checkout.is_dir() else package / "_packs"


PACKS_DIR = packs_dir()


@dataclass(frozen=True)
class Pack:
    """A pack that passed all checks. Shapes are WGS-84, keyed by area code."""

    folder: Path
    manifest: Manifest
    version: str
    outline: BaseGeometry | None
    areas: list[tables.AreaRow]
    shapes: Mapping[str, BaseGeometry]
    cells: list[MadeCell]
    streets: list[tables.StreetRow]
    landmarks: list[tables.LandmarkRow]
    warnings: list[str] = field(default_factory=list)

    def table(self, name: str, row: type[tables.RowT]) -> list[tables.RowT]:
        """Rows of another CSV of the pack, checked; empty when the file is not there."""
        return tables.read_table(self.folder / name, row)


def pack_folders(root: Path | None = None) -> list[Path]:
    """The pack folders below `root` (default: the shipped ones), by name, the fictional one first."""
    root = root or PACKS_DIR
    found = [path.parent for path in root.glob("*/pack.yaml")]
    return sorted(found, key=lambda path: (path.name != "sample", path.name))


def pack_version(folder: Path, version: str) -> str:
    """Declared version and a hash of all files that are loaded."""
    digest = hashlib.sha256()
    for path in sorted(_files(folder)):
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{version}-{digest.hexdigest()[:12]}"


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] not in _UNHASHED:
            yield path


def read_pack(folder: Path) -> Pack:
    """Read and check a whole pack. Raises a Problem that names the file and the field."""
    manifest = read_manifest(folder)
    areas = tables.read_table(folder / "areas.csv", tables.AreaRow)
    tables.check_areas(areas, manifest)
    shapes = _shapes(folder, manifest, {row.code for row in areas})
    outline = _outline(folder, manifest)
    if outline is None and not manifest.extent:
        raise BadPackFile(
            _("%(pack)s has neither outline.geojson nor an extent.") % {"pack": folder.name},
            _("Without one of them no map can be opened."),
            _("Add outline.geojson, or extent: [west, south, east, north] in pack.yaml."),
        )
    return Pack(
        folder=folder,
        manifest=manifest,
        version=pack_version(folder, manifest.version),
        outline=outline,
        areas=areas,
        shapes=shapes,
        cells=_cells(folder, manifest, areas, shapes),
        streets=tables.read_table(folder / "streets.csv", tables.StreetRow),
        landmarks=tables.read_table(folder / "landmarks.csv", tables.LandmarkRow),
        warnings=_vintage(outline, manifest),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadPackFile(
            _("%(file)s is not JSON.") % {"file": path.name}, str(error), _("Export it again.")
        ) from error
    if not isinstance(loaded, dict):
        raise BadPackFile(
            _("%(where)s is not GeoJSON.") % {"where": path.name}, _("It is not a JSON object.")
        )
    return loaded


def _outline(folder: Path, manifest: Manifest) -> BaseGeometry | None:
    path = folder / "outline.geojson"
    if not path.exists():
        return None
    shape = geometry.read_geometry(_json(path), path.name)
    return geometry.from_crs(shape, manifest.crs)


def _features(path: Path, known: set[str]) -> Iterator[tuple[dict[str, Any], BaseGeometry]]:
    for number, feature in enumerate(_json(path).get("features", []), 1):
        properties = feature.get("properties") or {}
        code = str(properties.get("code", ""))
        if code not in known:
            raise BadPackFile(
                _("%(file)s, feature %(n)d: unknown area code “%(code)s”.")
                % {"file": path.name, "n": number, "code": code},
                _("Each shape must belong to a row of areas.csv."),
                _("Give the code as in areas.csv."),
            )
        yield properties, geometry.read_geometry(feature, f"{path.name}, feature {number} ({code})")


def _shapes(folder: Path, manifest: Manifest, known: set[str]) -> dict[str, BaseGeometry]:
    path = folder / "areas.geojson"
    if not path.exists():
        return {}
    return {
        str(properties["code"]): geometry.from_crs(shape, manifest.crs)
        for properties, shape in _features(path, known)
    }


def _cells(
    folder: Path,
    manifest: Manifest,
    areas: list[tables.AreaRow],
    shapes: Mapping[str, BaseGeometry],
) -> list[MadeCell]:
    if manifest.cells.source == "none":
        return []
    if manifest.cells.source == "file":
        return _surveyed(folder, manifest, {row.code for row in areas})
    leaves = {row.code: shapes[row.code] for row in areas if row.is_leaf and row.code in shapes}
    return stored(make_cells(leaves, manifest.cells.size_m))


def _surveyed(folder: Path, manifest: Manifest, known: set[str]) -> list[MadeCell]:
    """cells.geojson: properties `cell` (its code) and `code` (its community)."""
    path = folder / "cells.geojson"
    if not path.exists():
        raise BadPackFile(_("cells.geojson is missing."), _("pack.yaml says cells.source: file."))
    return [
        MadeCell(str(row["cell"]), str(row["code"]), geometry.from_crs(shape, manifest.crs))
        for row, shape in _features(path, known)
    ]


def _vintage(outline: BaseGeometry | None, manifest: Manifest) -> list[str]:
    """Say so when the outline's area does not fit the year it should show."""
    expected = manifest.expected_area_km2
    if outline is None or expected is None:
        return []
    found = geometry.square_kilometres(outline)
    if abs(found - expected.value) <= VINTAGE_TOLERANCE * expected.value:
        return []
    return [
        f"outline.geojson covers {found:.1f} km², but {expected.source} gives "
        f"{expected.value:g} km² for {expected.year}: the outline is probably of another year, "
        "and points would fall into the wrong areas."
    ]
