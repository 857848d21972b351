"""Where the rows of a file lie: by their point, else by the words of their address."""

from typing import Any

import numpy as np
import polars as pl

from chengzhi.pipeline.lookups import Lookup
from chengzhi.places.addresses import place_texts
from chengzhi.places.placement import locate_many

UNKNOWN_ID = 0
_WRITTEN: dict[str, Any] = {
    "cell_id": pl.Int64, "area_id": pl.Int64, "street_area_id": pl.Int64, "road_kind": pl.String,
    "lon": pl.Float64, "lat": pl.Float64, "zkey": pl.Int64, "flags": pl.List(pl.String),
}  # fmt: skip


def placed(frame: pl.DataFrame, district_id: int, areas: Lookup | None) -> pl.DataFrame:
    """Rows with cell, areas, road kind, key and flags of their place: by point, else by address."""
    return _by_words(_by_point(frame, district_id, areas), district_id)


def _by_point(frame: pl.DataFrame, district_id: int, areas: Lookup | None) -> pl.DataFrame:
    placed = locate_many(district_id, frame["lon"].to_numpy(), frame["lat"].to_numpy())
    streets = {n: e["street"] for n, e in areas.extra.items()} if areas else {}
    named = pl.col("area_id")
    words = pl.Series("place_flags", [list(flags) for flags in placed.flags()], pl.List(pl.String))
    return frame.with_columns(
        _ids("cell_id", placed.cell_id),
        _ids("street_area_id", placed.street_area_id),
        _ids("placed_area", placed.area_id),
        pl.Series("zkey", np.where(placed.zkey < 0, UNKNOWN_ID, placed.zkey)),
        pl.Series("road_kind", placed.road_kinds()),
        words,
        pl.col("lon").fill_nan(None), pl.col("lat").fill_nan(None),
    ).with_columns(
        pl.coalesce("placed_area", named).alias("area_id"),
        # What the source says of the street goes before what generated shapes say.
        pl.coalesce(named.replace_strict(streets, default=None, return_dtype=pl.Int64), "street_area_id")
        .alias("street_area_id"),
        pl.when(pl.col("place_flags").list.contains("not_geocoded") | pl.col("lon").is_null())
        .then(None).otherwise(pl.col("zkey")).alias("zkey"),
        pl.concat_list("flags", "place_flags").alias("flags"),
    )  # fmt: skip


def _by_words(frame: pl.DataFrame, district_id: int) -> pl.DataFrame:
    """Rows without a usable point are placed by their address, each different text looked up once.

    As at the other doors. What the source says of the area stays: the words may only say it closer.
    """
    lost = pl.col("flags").list.contains("not_geocoded") & (pl.col("address") != "")
    texts = frame.filter(lost)["address"].unique().to_list()
    found = place_texts(district_id, texts) if texts else {}
    if not found:
        return frame
    rows = [(text, *(getattr(place, name) for name in _WRITTEN)) for text, place in found.items()]
    named: dict[str, Any] = {"address": pl.String} | {f"w_{name}": kind for name, kind in _WRITTEN.items()}
    frame = frame.join(
        pl.DataFrame(rows, schema=named, orient="row"), on="address", how="left", maintain_order="left"
    )
    taken = frame.select((lost & _closer()).fill_null(False).alias("taken"))["taken"]
    frame = frame.with_columns(taken).with_columns(
        pl.when("taken").then(_said(name)).otherwise(name).alias(name) for name in _WRITTEN
    )
    return frame.drop("taken", *(f"w_{name}" for name in _WRITTEN))


def _closer() -> pl.Expr:
    """The words name a place, within what the source says and closer than it."""
    street, area = pl.col("street_area_id"), pl.col("area_id")
    nothing = area.is_null() & street.is_null()
    # A source that names a street or town has it in both columns.
    within = (area.is_null() | (area == pl.col("w_area_id")) | (area == pl.col("w_street_area_id"))) & (
        street.is_null() | (street == pl.col("w_street_area_id"))
    )
    rough = area.is_null() | (area == street)
    further = pl.col("w_cell_id").is_not_null() | (rough & pl.col("w_area_id").is_not_null())
    return pl.col("w_flags").is_not_null() & (nothing | (within & further))


def _said(name: str) -> pl.Expr:
    if name != "flags":
        return pl.col(f"w_{name}")
    others = pl.col("flags").list.set_difference(["not_geocoded"])
    return pl.concat_list(others, "w_flags")


def _ids(name: str, values: Any) -> pl.Series:
    return pl.Series(name, values, pl.Int64).replace(UNKNOWN_ID, None)
