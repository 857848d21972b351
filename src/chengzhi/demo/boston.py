"""Derive what the Boston file does not hold: area shapes, streets, limits.

`python -m chengzhi.demo.boston packs/boston` writes areas.csv, areas.geojson,
outline.geojson, streets.csv and limits.csv from data/boston311_2011.parquet. Everything it
draws is a Voronoi of real report points and is marked generated; it is not a boundary.
"""

import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from scipy.spatial import cKDTree

DEFAULT_POINT = (42.3594, -71.0587)
SCALE = np.array([0.74, 1.0])  # a degree of longitude at 42.3° N, in degrees of latitude
_NEIGHBOURS = 15
_FAR = 0.027  # degrees, about 3 km from the middle of its precinct: a wrong address
_BUFFER = 0.0015
_TOLERANCE = 0.00025
_POSTAL = {"Boston", "South Boston", "Brighton", "Allston", "Mattapan", "Chestnut Hill"}
_ADDRESS = re.compile(r"^\d[\d/]*[A-Z]?(?:\s*-\s*\d+[A-Z]?)?\s+(?:1/2\s+)?(?:[A-Z]\s+(?=\S+\s+\S))?(.+)$")

Points = npt.NDArray[np.float64]


def write_pack(folder: Path) -> dict[str, int]:
    """Write the derived files; returns how many rows each holds."""
    frame = pl.read_parquet(folder / "data" / "boston311_2011.parquet")
    points = known_points(frame)
    shapes = precinct_shapes(points)
    areas = area_rows(points, sorted(shapes))
    streets = street_rows(points)
    limits = limit_rows(frame, folder / "types.csv")
    _write_csv(folder / "areas.csv", areas)
    _write_csv(folder / "streets.csv", streets)
    _write_csv(folder / "limits.csv", limits)
    _write_shapes(folder / "areas.geojson", shapes)
    whole = shapely.union_all(list(shapes.values()))
    outline = {"type": "Feature", "properties": {"origin": "generated"}, "geometry": _mapping(whole)}
    (folder / "outline.geojson").write_text(json.dumps(outline) + "\n", encoding="utf-8")
    return {"areas": len(areas), "streets": len(streets), "limits": len(limits)}


def known_points(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with a precinct, not on the default point, not far from their own precinct."""
    lat, lon = DEFAULT_POINT
    at_default = ((pl.col("latitude") - lat).abs() < 1e-6) & ((pl.col("longitude") - lon).abs() < 1e-6)
    rows = frame.filter(~at_default & pl.col("precinct").str.contains(r"^\d{4}"))
    rows = rows.with_columns(pl.col("precinct").str.slice(0, 4))
    middle = pl.col("latitude", "longitude").median().over("precinct").name.prefix("middle_")
    rows = rows.with_columns(middle)
    away = (
        (pl.col("latitude") - pl.col("middle_latitude")) ** 2
        + ((pl.col("longitude") - pl.col("middle_longitude")) * SCALE[0]) ** 2
    ).sqrt()
    return rows.filter(away < _FAR)


def precinct_shapes(rows: pl.DataFrame) -> dict[str, shapely.Polygon]:
    """One polygon per precinct: Voronoi cells of its points, smoothed, joined, clipped."""
    xy, labels = _majority(rows)
    region = shapely.concave_hull(shapely.MultiPoint(xy), ratio=0.06).buffer(_BUFFER)
    region = _filled(region.simplify(_TOLERANCE))
    # The file's points lie on a grid of four decimals; a seeded jitter keeps Voronoi sound.
    moved = xy + np.random.default_rng(2011).uniform(-2e-5, 2e-5, xy.shape)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(moved), extend_to=region, ordered=True)
    )
    cells = shapely.intersection(shapely.make_valid(cells), region)
    joined = {name: shapely.union_all(cells[labels == name]) for name in sorted(set(labels))}
    whole = _without_islands(joined)
    names = list(whole)
    simple = shapely.coverage_simplify([whole[name] for name in names], _TOLERANCE)
    simple = shapely.transform(simple, lambda c: np.round(c, 6))
    return dict(zip(names, simple, strict=True))


def _filled(region: Any) -> Any:
    """Without holes: a lake without reports still lies in the city."""
    return shapely.Polygon(region.exterior).buffer(0)


def _majority(rows: pl.DataFrame) -> tuple[Points, npt.NDArray[np.str_]]:
    """Distinct points with the commonest precinct among their neighbours."""
    places = (
        rows.group_by("longitude", "latitude", "precinct").len()
        .sort("len", "precinct").group_by("longitude", "latitude", maintain_order=True)
        .agg(pl.col("precinct").last()).sort("longitude", "latitude")
    )  # fmt: skip
    xy = places.select("longitude", "latitude").to_numpy()
    own = places["precinct"].to_numpy().astype(str)
    near = cKDTree(xy * SCALE).query(xy * SCALE, k=_NEIGHBOURS)[1]
    labels = [Counter(own[row]).most_common(1)[0][0] for row in near]
    return xy, np.array(labels)


def _without_islands(shapes: dict[str, Any]) -> dict[str, shapely.Polygon]:
    """Keep the largest part of each; give the others to the neighbour with most border."""
    whole: dict[str, Any] = {}
    loose: list[Any] = []
    for name, shape in shapes.items():
        parts = sorted((p for p in shapely.get_parts(shape) if p.area), key=lambda part: -part.area)
        whole[name] = parts[0]
        loose += parts[1:]
    for part in sorted(loose, key=lambda p: -p.area):
        names = list(whole)
        borders = shapely.boundary([whole[name] for name in names])
        shared = shapely.length(shapely.intersection(part.exterior, borders))
        best = names[int(shared.argmax())]
        whole[best] = shapely.union(whole[best], part)
    return whole


def area_rows(rows: pl.DataFrame, precincts: list[str]) -> list[dict[str, str]]:
    """Neighbourhoods as streets, precincts as communities under the commonest one."""
    named = rows.filter(~pl.col("neighborhood").is_in(_POSTAL) & (pl.col("neighborhood") != " "))
    counts = named.group_by("precinct", "neighborhood").len().sort("len", "neighborhood")
    parent = dict(
        counts.group_by("precinct", maintain_order=True).agg(pl.col("neighborhood").last()).iter_rows()
    )
    codes = {name: _slug(name) for name in sorted(set(parent.values()))}
    upper = [_area("street", code, "", name) for name, code in codes.items()]
    lower = [
        _area("community", code, codes[parent[code]], f"Ward {int(code[:2])} Precinct {int(code[2:])}")
        for code in precincts
    ]
    return upper + lower


def _area(level: str, code: str, parent: str, name: str) -> dict[str, str]:
    return {
        "level": level, "code": code, "parent": parent, "name": name, "name_en": name,
        "class": "1", "code:boston-311": code,
    }  # fmt: skip


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")[:20].rstrip("-")


def street_rows(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Street names of addresses with the middle of their points; intersections are left out."""
    by_name: dict[str, list[tuple[float, float]]] = {}
    columns = rows.select("location_street_name", "longitude", "latitude")
    for text, lon, lat in columns.iter_rows():
        match = _ADDRESS.match(text or "")
        if match and "INTERSECTION" not in text:
            by_name.setdefault(match[1].strip(), []).append((lon, lat))
    out = []
    for name, spots in sorted(by_name.items()):
        lon, lat = np.median(np.array(spots), axis=0)
        out.append({"name": name, "name_en": name, "road_kind": "unknown",
                    "lon": round(float(lon), 5), "lat": round(float(lat), 5)})  # fmt: skip
    return out


def limit_rows(frame: pl.DataFrame, types: Path) -> list[dict[str, str]]:
    """The commonest whole limit of each type, in the unit that explains more of its rows."""
    with types.open(encoding="utf-8", newline="") as file:
        codes = {row["name_en"]: row["code"] for row in csv.DictReader(file)}
    timed = frame.filter(pl.col("target_dt").is_not_null() & (pl.col("target_dt").dt.year() < 2050))
    rows = []
    for (name,), group in sorted(timed.group_by("type"), key=lambda item: str(item[0])):
        amount, unit, hits = _commonest(group)
        if hits:
            source = f"mode of 2011 file, n={hits} of {group.height}"
            rows.append({"type": codes[str(name)], "condition": "default", "area_class": "",
                         "amount": str(amount), "unit": unit, "source": source, "status": "derived"})  # fmt: skip
    return sorted(rows, key=lambda row: row["type"])


def _commonest(group: pl.DataFrame) -> tuple[int, str, int]:
    opened = group["open_dt"].to_numpy().astype("datetime64[s]")
    target = group["target_dt"].to_numpy().astype("datetime64[s]")
    minutes = (target - opened).astype(np.int64) / 60
    days = np.rint(minutes / 1440).astype(int)
    whole = (np.abs(minutes - days * 1440) <= 2) & (days > 0)
    work = np.busday_count(opened.astype("datetime64[D]"), target.astype("datetime64[D]"))
    calendar, c_hits = _mode(days[whole])
    working, w_hits = _mode(work[whole & (work > 0)])
    if c_hits >= w_hits:
        return calendar, "calendar_days", c_hits
    return working, "working_days", w_hits


def _mode(values: npt.NDArray[np.int64]) -> tuple[int, int]:
    if not len(values):
        return 0, 0
    found, counts = np.unique(values, return_counts=True)
    best = int(counts.argmax())
    return int(found[best]), int(counts[best])


def _mapping(shape: Any) -> dict[str, Any]:
    return dict(json.loads(shapely.to_geojson(shape)))


def _write_shapes(path: Path, shapes: dict[str, shapely.Polygon]) -> None:
    features = [
        {"type": "Feature", "properties": {"code": code, "origin": "generated"}, "geometry": _mapping(shape)}
        for code, shape in shapes.items()
    ]
    lines = ",\n".join(json.dumps(feature) for feature in features)
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(write_pack(Path(sys.argv[1]))) + "\n")
