"""Make the geometry of the fictional 示例区, always the same from the same seed.

`python -m chengzhi.demo.geometry packs/sample` writes outline.geojson, areas.csv,
areas.geojson, streets.csv and landmarks.csv. The district lies in open sea (Beibu Gulf), so
that no real place stands under it.
"""

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

CENTRE = (108.9, 20.8)
CODE = "459904"
SEED = 459904
_KM = 1 / 111.32
_SQUEEZE = math.cos(math.radians(CENTRE[1]))
_COMMUNITIES = 60
_STREETS = (
    ("启明街道", "Qiming Subdistrict"), ("长风街道", "Changfeng Subdistrict"),
    ("云桥街道", "Yunqiao Subdistrict"), ("和畅街道", "Hechang Subdistrict"),
    ("映月街道", "Yingyue Subdistrict"), ("青禾街道", "Qinghe Subdistrict"),
    ("朝晖街道", "Zhaohui Subdistrict"), ("文澜街道", "Wenlan Subdistrict"),
)  # fmt: skip
_TOWNS = (("松坪镇", "Songping Town"), ("桃溪镇", "Taoxi Town"), ("雁鸣镇", "Yanming Town"))
_COMMUNITY_NAMES = [
    "春晓",
    "秋实",
    "梧桐里",
    "望湖",
    "听涛",
    "金穗",
    "银帆",
    "碧波",
    "锦绣里",
    "晴岚",
    "雨荷",
    "星河里",
    "月湾",
    "风铃",
    "翠微",
    "丹枫",
    "紫藤",
    "白鹭",
    "海棠里",
    "木棉里",
    "玉兰里",
    "榕荫",
    "桂香",
    "兰亭",
    "竹影",
    "松涛",
    "书香",
    "墨池",
    "琴台",
    "棋园",
    "画桥",
    "诗苑",
    "茶香",
    "石桥",
    "水韵",
    "云栖",
    "鹤鸣",
    "鹿苑",
    "燕归",
    "雀桥",
    "花溪里",
    "草堂",
    "林语",
    "泉声",
    "溪畔",
    "湖滨里",
    "港湾",
    "码头里",
    "灯塔",
    "帆影",
]
_VILLAGE_NAMES = [
    "上松",
    "下松",
    "东崖",
    "西崖",
    "大桃",
    "小桃",
    "溪头",
    "溪尾",
    "北雁",
    "南雁",
    "鸣沙",
    "古榕",
    "石磨",
    "水车",
    "稻香",
    "麦浪",
]
_MAIN_EAST_WEST = ("滨海路", "长风路", "启明大道", "和畅路", "文澜路", "环山路")
_MAIN_NORTH_SOUTH = ("港湾路", "云桥路", "中轴大道", "映月路", "朝晖路", "青禾路")
_NUMERALS = "一二三四五六七八九十"
_LANDMARKS = (
    ("示例区政务服务中心", "service"), ("中心广场", "square"), ("青禾农贸市场", "market"),
    ("长风公园", "park"), ("云桥夜市", "market"), ("启明小学", "school"), ("映月医院", "hospital"),
    ("文澜图书馆", "library"), ("和畅公交总站", "stop"), ("朝晖体育馆", "sport"),
    ("港湾码头", "pier"), ("松坪集市", "market"), ("桃溪车站", "stop"), ("雁鸣湿地公园", "park"),
    ("中轴大道一号公厕", "toilet"), ("滨海路二号公厕", "toilet"), ("长风垃圾转运站", "sanitation"),
    ("青禾建材城", "market"), ("云桥商业街", "shopping"), ("文澜大学城", "school"),
)  # fmt: skip


def write_sample(folder: Path) -> dict[str, int]:
    """Write the generated files; returns how many rows each holds."""
    random = np.random.default_rng(SEED)
    outline = _outline(random)
    cells, owners = _communities(random, outline)
    areas, shapes = _areas(cells, owners)
    streets = _main_streets(outline) + _back_lanes(random, outline)
    landmarks = _landmarks(random, cells)
    _write_csv(folder / "areas.csv", areas)
    _write_csv(folder / "streets.csv", streets)
    _write_csv(folder / "landmarks.csv", landmarks)
    _write_shapes(folder / "areas.geojson", shapes)
    feature = {"type": "Feature", "properties": {"origin": "generated"}, "geometry": _mapping(outline)}
    (folder / "outline.geojson").write_text(json.dumps(feature) + "\n", encoding="utf-8")
    return {"areas": len(areas), "streets": len(streets), "landmarks": len(landmarks)}


def degrees(shape: Any) -> Any:
    """Kilometres from the middle to degrees, to the centimetre."""
    return shapely.transform(
        shape,
        lambda xy: np.round(xy * _KM / np.array([_SQUEEZE, 1.0]) + np.array(CENTRE), 7),
    )


def _outline(random: np.random.Generator) -> Any:
    """A rounded blob of about 50 km²."""
    angles = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    waves = sum(random.uniform(-0.10, 0.10) * np.cos(k * angles + random.uniform(0, 6)) for k in (2, 3, 4, 5))
    radius = 3.95 * (1 + waves)
    return shapely.Polygon(np.column_stack([1.15 * radius * np.cos(angles), 0.9 * radius * np.sin(angles)]))


def _communities(random: np.random.Generator, outline: Any) -> tuple[list[Any], list[int]]:
    """Voronoi communities, denser in the middle, and the street or town of each."""
    spots: list[tuple[float, float]] = []
    while len(spots) < _COMMUNITIES:
        x, y = random.normal(0, 2.0, 2)
        far = all(math.hypot(x - a, y - b) > 0.42 for a, b in spots)
        if far and outline.contains(shapely.Point(x, y)):
            spots.append((float(x), float(y)))
    voronoi = shapely.voronoi_polygons(shapely.MultiPoint(spots), extend_to=outline, ordered=True)
    cells = list(shapely.intersection(shapely.get_parts(voronoi), outline))
    return cells, _group(np.array(spots))


def _group(spots: Any) -> list[int]:
    """Streets 0–7 share the inner communities by compass sector, towns 8–10 the outer ones."""
    distance = np.hypot(spots[:, 0] / 1.15, spots[:, 1] / 0.9)
    angle = (np.degrees(np.arctan2(spots[:, 1], spots[:, 0])) + 360) % 360
    outer = distance > np.quantile(distance, 0.76)
    inner = np.where(distance < np.quantile(distance, 0.28), angle // 120, 3 + (angle + 20) % 360 // 72)
    return [int(v) for v in np.where(outer, 8 + (angle + 60) % 360 // 120, inner)]


def _areas(cells: list[Any], owners: list[int]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = [_street(index, name, name_en) for index, (name, name_en) in enumerate(_STREETS + _TOWNS)]
    shapes: dict[str, Any] = {}
    names, villages = iter(_COMMUNITY_NAMES), iter(_VILLAGE_NAMES)
    for upper, row in enumerate(list(rows)):
        own = sorted((i for i, o in enumerate(owners) if o == upper), key=lambda i: _order(cells[i]))
        for number, index in enumerate(own, 1):
            town = upper >= len(_STREETS)
            code = f"{row['code']}{number + (200 if town else 0):03d}"
            name = f"{next(villages)}村" if town else f"{next(names)}社区"
            rows.append(_row("community", code, row["code"], name, "", 2 if town else _class(cells[index])))
            shapes[code] = degrees(cells[index])
    return rows, shapes


def _street(index: int, name: str, name_en: str) -> dict[str, Any]:
    number = index + 1 if index < len(_STREETS) else 100 + index - len(_STREETS)
    return _row("street", f"{CODE}{number:03d}", "", name, name_en, 1 if number < 100 else 2)


def _row(level: str, code: str, parent: str, name: str, name_en: str, area_class: int) -> dict[str, Any]:
    return {"level": level, "code": code, "parent": parent, "name": name, "name_en": name_en,
            "class": area_class, "code:sample": code}  # fmt: skip


def _class(cell: Any) -> int:
    """Class 1 area within 2 km of the middle."""
    return 1 if math.hypot(cell.centroid.x, cell.centroid.y) < 2.0 else 2


def _order(cell: Any) -> tuple[float, float]:
    return (-round(cell.centroid.y), cell.centroid.x)


def _main_streets(outline: Any) -> list[dict[str, Any]]:
    """A net of six by six named main streets, slightly bent."""
    along = np.linspace(-6, 6, 49)
    rows = []
    for index, name in enumerate(_MAIN_EAST_WEST):
        bent = -2.6 + 1.04 * index + 0.12 * np.sin(along + index)
        rows.append(_line(name, "main", np.column_stack([along, bent]), outline))
    for index, name in enumerate(_MAIN_NORTH_SOUTH):
        bent = -3.2 + 1.28 * index + 0.15 * np.sin(0.8 * along + index)
        rows.append(_line(name, "main", np.column_stack([bent, along]), outline))
    return rows


def _back_lanes(random: np.random.Generator, outline: Any) -> list[dict[str, Any]]:
    """Lanes of 300 to 600 m, named after a main street and numbered."""
    rows = []
    for base in _MAIN_EAST_WEST + _MAIN_NORTH_SOUTH:
        for numeral in _NUMERALS[:7]:
            x, y = random.uniform(-3.4, 3.4), random.uniform(-2.6, 2.6)
            long, turn = random.uniform(0.3, 0.6), random.choice([0.0, np.pi / 2]) + random.normal(0, 0.08)
            end = (x + long * math.cos(turn), y + long * math.sin(turn))
            line = np.array([(x, y), end])
            stem = base.removesuffix("大道").removesuffix("路")
            row = _line(f"{stem}{numeral}巷", "back", line, outline)
            if row["line"]:
                rows.append(row)
    return rows


def _line(name: str, kind: str, xy: Any, outline: Any) -> dict[str, Any]:
    line = shapely.intersection(shapely.LineString(xy), outline)
    text = "" if line.is_empty else shapely.to_wkt(degrees(line), rounding_precision=7)
    return {"name": name, "name_en": "", "road_kind": kind, "lon": "", "lat": "", "line": text}


def _landmarks(random: np.random.Generator, cells: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for (name, kind), index in zip(_LANDMARKS, random.permutation(len(cells)), strict=False):
        point = degrees(cells[index].representative_point())
        rows.append({"name": name, "name_en": "", "kind": kind, "lon": point.x, "lat": point.y})
    return rows


def _mapping(shape: Any) -> dict[str, Any]:
    inside = degrees(shape)
    return dict(json.loads(shapely.to_geojson(inside)))


def _write_shapes(path: Path, shapes: dict[str, Any]) -> None:
    lines = ",\n".join(
        json.dumps({"type": "Feature", "properties": {"code": code, "origin": "generated"},
                    "geometry": json.loads(shapely.to_geojson(shape))})
        for code, shape in shapes.items()
    )  # fmt: skip
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n', encoding="utf-8")


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(write_sample(Path(sys.argv[1]))) + "\n")
