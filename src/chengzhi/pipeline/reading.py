"""From a chunk as it stands in the file to checked columns: vectorised, nothing guessed.

A row comes out either good (perhaps flagged) or rejected with one reason.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from chengzhi.pipeline.mappings import Body, Match, Moment, Source
from chengzhi.pipeline.sources import ROW

# What may not stand in a text: control signs, and marks that turn the reading direction.
_UNWANTED = r"[\x00-\x08\x0b-\x1f\x7f\x{202a}-\x{202e}\x{2066}-\x{2069}\x{feff}]"
LONGEST = {"text": 4000, "address": 250, "source_number": 60, "outcome": 40, "channel": 20}
Flags = dict[str, pl.Expr]


@dataclass(frozen=True)
class Read:
    """Good rows with typed columns, and rejected ones with ``code`` and ``reason``."""

    good: pl.DataFrame
    bad: pl.DataFrame


def read(raw: pl.DataFrame, body: Body, zone: str, now: datetime) -> Read:
    """Read one chunk.

    Parameters
    ----------
    raw
        The chunk with the file's own columns and ``__row``.
    zone
        Name of the zone in which times without one are meant.
    now
        Reports from after this moment (and a day) are rejected.
    """
    frame = as_text(raw, body)
    frame = frame.with_columns(moments(frame, body, zone)).with_columns(_values(frame, body))
    frame = frame.with_columns(
        _reject_code(body, now).alias("code"),
        pl.concat_list(
            [pl.when(test.fill_null(value=False)).then(pl.lit(name)) for name, test in _flags(frame, body).items()]
        ).list.drop_nulls().alias("flags"),
    )  # fmt: skip
    good = frame.filter(pl.col("code").is_null()).select([*_kept(frame), "flags"])
    return Read(good, _rejected(frame, raw, body))


def as_text(raw: pl.DataFrame, body: Body) -> pl.DataFrame:
    """Everything trimmed text, except times and numbers that the file already types."""
    missing = [pl.lit(None, pl.String).alias(c) for c in body.columns() if c not in raw.columns]
    return plain_text(raw).with_columns(missing)


def plain_text(raw: pl.DataFrame) -> pl.DataFrame:
    """Texts without control signs and blanks at their ends; what is blank is null."""
    return raw.with_columns([
        pl.col(name).str.replace_all(_UNWANTED, "").str.strip_chars().replace("", None)
        for name, kind in raw.schema.items()
        if kind == pl.String
    ])  # fmt: skip


def moments(frame: pl.DataFrame, body: Body, zone: str) -> list[pl.Expr]:
    out = []
    for name, moment in body.moments.items():
        local = _local(frame, moment)
        zoned = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        later = local.dt.replace_time_zone(zone, ambiguous="latest", non_existent="null")
        # The hour that spring skips does not exist; an hour later is what the clock showed.
        skipped = (local + timedelta(hours=1)).dt.replace_time_zone(
            zone, ambiguous="earliest", non_existent="null"
        )
        out += [
            pl.coalesce(zoned, skipped).dt.convert_time_zone("UTC").alias(name),
            (zoned != later).alias(f"{name}.twice"),
            (zoned.is_null() & local.is_not_null()).alias(f"{name}.skipped"),
            _given(frame, moment).alias(f"{name}.given"),
            local.alias(f"{name}.local"),
        ]
    return out


def _local(frame: pl.DataFrame, moment: Moment) -> pl.Expr:
    column = moment.columns[0]
    if frame.schema[column].is_temporal():
        return pl.col(column).cast(pl.Datetime("us"))
    return pl.coalesce([parsed(column, notation) for notation in moment.formats])


def parsed(column: str, notation: str) -> pl.Expr:
    """A column's text as a time without zone; null where it is not in this notation."""
    text = pl.col(column).cast(pl.String)
    if notation != "iso":
        return text.str.to_datetime(notation, strict=False, time_unit="us")
    return pl.coalesce(
        text.str.replace("T", " ").str.to_datetime(form, strict=False, time_unit="us")
        for form in ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
    )


def _given(frame: pl.DataFrame, moment: Moment) -> pl.Expr:
    return pl.col(moment.columns[0]).is_not_null()


def _values(frame: pl.DataFrame, body: Body) -> list[pl.Expr]:
    identity = (
        pl.col(body.number).cast(pl.String)
        if body.number
        else pl.concat_str(
            [pl.col(c).cast(pl.String).fill_null("") for c in body.identity], separator="\x1f"
        ).map_elements(_fingerprint, return_dtype=pl.String)
    )
    given = {
        "text": body.text, "address": body.address, "type": body.type, "unit": body.unit,
        "area": body.area, "channel": body.channel, "state": body.state, "outcome": body.outcome,
    }  # fmt: skip
    values = [
        (_value(source) if source else pl.lit(None, pl.String)).alias(f"{name}.value")
        for name, source in given.items()
    ]
    numbers = [
        (pl.col(c).cast(pl.Float64, strict=False) if c else pl.lit(None, pl.Float64)).alias(name)
        for name, c in (("lon", body.lon), ("lat", body.lat))
    ]
    duplicate = pl.col(body.duplicate_of) if body.duplicate_of else pl.lit(None, pl.String)
    return [
        identity.str.slice(0, LONGEST["source_number"]).alias("source_number"),
        *values,
        *numbers,
        duplicate.cast(pl.String).alias("duplicate_of"),
    ]


def _fingerprint(row: str) -> str:
    """The same for the same row in every version of every library."""
    return hashlib.blake2b(row.encode(), digest_size=16).hexdigest()


def _value(source: Source) -> pl.Expr:
    columns = [pl.col(c).cast(pl.String) for c in source.columns]
    value = (
        pl.concat_str(columns, separator=source.join, ignore_nulls=True).replace("", None)
        if source.join is not None
        else pl.coalesce(columns)
    )
    if source.values and not isinstance(source, Match):
        value = value.replace_strict(source.values, default=source.default, return_dtype=pl.String)
    return value.fill_null(pl.lit(source.default)) if source.default is not None else value


def _reject_code(body: Body, now: datetime) -> pl.Expr:
    reported = pl.col("reported_at")
    unreadable = [pl.col(f"{name}.given") & pl.col(name).is_null() for name in body.moments]
    return (
        pl.when(pl.col("source_number").is_null()).then(pl.lit("no_number"))
        .when(~pl.col("reported_at.given")).then(pl.lit("no_date"))
        .when(pl.any_horizontal(unreadable)).then(pl.lit("bad_date"))
        .when(reported > now + timedelta(days=1)).then(pl.lit("future_date"))
        .when(pl.col("source_number").is_first_distinct().not_()).then(pl.lit("repeat"))
    )  # fmt: skip


def _flags(frame: pl.DataFrame, body: Body) -> Flags:
    flags: Flags = {
        "repeated_hour": pl.any_horizontal([pl.col(f"{name}.twice") for name in body.moments]),
        "skipped_hour": pl.any_horizontal([pl.col(f"{name}.skipped") for name in body.moments]),
    }
    reported = pl.col("reported_at")
    if "due_at" in body.moments:
        flags["far_deadline"] = pl.col("due_at") > reported.dt.offset_by(f"{body.far_years}y")
        flags["deadline_before_report"] = pl.col("due_at") < reported
    if "closed_at" in body.moments:
        flags["closed_before_report"] = pl.col("closed_at") < reported
    for name, blank in body.flags.items():
        value = pl.col(blank.column).cast(pl.String)
        flags[name] = value.str.contains(blank.pattern) if blank.pattern else value.is_null()
    if body.month_of:
        month = pl.col("reported_at.local").dt.strftime("%b")
        flags["other_month"] = ~pl.col(body.month_of).str.starts_with(month)
    return flags


def _kept(frame: pl.DataFrame) -> list[str]:
    raw_or_helper = (".given", ".local", ".twice", ".skipped")
    wanted = {ROW, "source_number", "lon", "lat", "duplicate_of", "reported_at", "due_at",
              "filed_at", "dispatched_at", "handled_at", "closed_at"}  # fmt: skip
    return [
        c for c in frame.columns
        if (c in wanted or c.endswith(".value")) and not c.endswith(raw_or_helper)
    ]  # fmt: skip


def _rejected(frame: pl.DataFrame, raw: pl.DataFrame, body: Body) -> pl.DataFrame:
    bad = frame.filter(pl.col("code").is_not_null()).select(ROW, "code", _reason(body).alias("reason"))
    content = raw.select(pl.col(ROW), pl.struct(pl.exclude(ROW)).alias("content"))
    return bad.join(content, on=ROW, how="left")


def _reason(body: Body) -> pl.Expr:
    """The value at fault, in the file's own words."""
    dates = [
        pl.when(pl.col(f"{name}.given") & pl.col(name).is_null()).then(
            pl.format("{} = {}", pl.lit(moment.columns[0]), pl.col(moment.columns[0]).cast(pl.String))
        )
        for name, moment in body.moments.items()
    ]
    known = {
        "no_number": pl.lit(f"{body.number} is blank"),
        "no_date": pl.lit(f"{body.moments['reported_at'].columns[0]} is blank"),
        "bad_date": pl.coalesce(dates),
        "future_date": pl.col("reported_at").dt.strftime("%Y-%m-%d %H:%M UTC"),
        "repeat": pl.format("same as an earlier row: {}", pl.col("source_number")),
    }
    return pl.coalesce([pl.when(pl.col("code") == code).then(text) for code, text in known.items()])
