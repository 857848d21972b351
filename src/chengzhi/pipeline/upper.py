"""The upper level's list of open orders: its columns become orders, by a mapping of kind "upper"."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError, field_validator

from chengzhi.ledger.actions import record
from chengzhi.people.actor import Actor
from chengzhi.people.rules import require
from chengzhi.pipeline import lookups
from chengzhi.pipeline.mappings import BadMapping, Match, Moment, Source, Strict
from chengzhi.pipeline.models import Mapping
from chengzhi.pipeline.reading import LONGEST, parsed, plain_text
from chengzhi.pipeline.sources import ROW, open_source
from chengzhi.pipeline.suggesting import NAMES, guess, match_columns, notations
from chengzhi.pipeline.uploads import save_mapping
from chengzhi.places import faults
from chengzhi.places.models import District
from chengzhi.reports.upper import Listed, take
from chengzhi.reports.upper_replies import FIELDS

COLUMNS = ("number", "due_at", "text", "type", "address", "lon", "lat", "state")
UNREAD = 20  # rows named one by one in a report
REPLY_WORDS = {
    "办结时间": "handled_at", "办理时间": "handled_at", "处置时间": "handled_at", "完成时间": "handled_at",
    "承办单位": "unit", "处置单位": "unit", "责任单位": "unit", "办理单位": "unit",
    "办理结果": "outcome", "处置结果": "outcome", "处理结果": "outcome", "办理情况": "note", "回复": "note",
    "答复": "note", "反馈": "note", "附件": "photos", "照片": "photos", "图片": "photos", "reply": "note",
    "handled at": "handled_at", "department": "unit", "outcome": "outcome", "note": "note", "photo": "photos",
}  # fmt: skip


class UpperBody(Strict):
    """How an upper system writes its list; ``reply`` names the columns of its form and what fills them."""

    number: str
    due_at: Moment | None = None
    text: Source | None = None
    type: Match | None = None
    address: Source | None = None
    lon: str | None = None
    lat: str | None = None
    state: Source | None = None
    zone: str | None = None
    reply: dict[str, str] = Field(default_factory=dict)

    @field_validator("text", "type", "address", "state", "due_at", mode="before")
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return Source.of(raw)

    @field_validator("reply")
    @classmethod
    def _known(cls, reply: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(reply.values()) - set(FIELDS))
        if unknown:
            raise ValueError(
                _("%(name)s is none of %(known)s")
                % {"name": unknown[0], "known": ", ".join(filter(None, FIELDS))}
            )
        return reply

    def columns(self) -> set[str]:
        """The columns that must be in the file; those of the reply form need not be."""
        sources = [self.due_at, self.text, self.type, self.address, self.state]
        named = {column for source in sources if source for column in source.columns}
        return named | {column for column in (self.number, self.lon, self.lat) if column}


@dataclass
class Reading:
    """The lines that can be taken, and those that cannot with row and reason."""

    listed: list[Listed] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def parse_upper(raw: Any, name: str) -> UpperBody:
    """Check a mapping; raises :class:`BadMapping` naming the field."""
    try:
        return UpperBody.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "mapping"
        raise BadMapping(
            _("The mapping “%(name)s” cannot be used: %(field)s.") % {"name": name, "field": where},
            faults.words(first), _("Correct that field; docs/imports.md lists all of them."),
        ) from error  # fmt: skip


def saved(district_id: int, system: str) -> UpperBody | None:
    """The mapping last saved for an upper system; None before there is one."""
    row = Mapping.objects.filter(district_id=district_id, kind="upper", name=system).order_by("-pk").first()
    return parse_upper(row.body, system) if row else None


def save_upper(system: str, body: UpperBody, *, district_id: int, by: Actor, on: datetime) -> None:
    """Keep the mapping for the next list of the system, unless it is the one that is kept."""
    if saved(district_id, system) != body:
        save_mapping(system, body, kind="upper", district_id=district_id, by=by, on=on)


def suggest_upper(path: Path) -> dict[str, Any]:
    """A first mapping from the names of the columns; columns not read become the reply form by name."""
    source = open_source(path)
    replies = {name: guess(name, REPLY_WORDS) for name in source.columns if guess(name, REPLY_WORDS)}
    fields = [name for name in COLUMNS if name in NAMES]
    found = match_columns([name for name in source.columns if name not in replies], fields)
    sample = next(iter(source.chunks()), pl.DataFrame(schema=dict.fromkeys(source.columns, pl.String)))
    body: dict[str, Any] = {key: found[key] for key in ("number", "lon", "lat") if key in found}
    body |= {key: {"columns": [found[key]]} for key in ("text", "address", "state") if key in found}
    if "due_at" in found:
        body["due_at"] = {
            "columns": [found["due_at"]],
            "formats": notations(sample[found["due_at"]]) or ["iso"],
        }
    if "type" in found:
        body["type"] = {"columns": [found["type"]], "by": "name"}
    return body | {"reply": replies}


def read_list(path: Path, body: UpperBody, district: District) -> Reading:
    """Read a whole list; a line without number, with a number met before or a bad date is refused."""
    source = open_source(path)
    missing = sorted(body.columns() - set(source.columns))
    if missing:
        raise BadMapping(
            _("%(file)s has no column “%(column)s”.") % {"file": path.name, "column": missing[0]},
            _("The file has: %(columns)s.") % {"columns": ", ".join(source.columns[:40])},
            _("Choose the columns anew."),
        )
    kinds = dict(lookups.types(district.pk, body.type).names.iter_rows()) if body.type else {}
    reading, met = Reading(), set[str]()
    for frame in source.chunks():
        for row in _typed(frame, body, district.zone).iter_rows(named=True):
            _take_in(reading, row, body, kinds, met)
    reading.refused += [(line.row, _("The line has more or fewer values than the header."))
                        for line in source.ragged]  # fmt: skip
    return reading


def _typed(frame: pl.DataFrame, body: UpperBody, zone: str) -> pl.DataFrame:
    """The columns wanted, under our names."""
    frame = plain_text(frame)
    wanted: list[pl.Expr] = [pl.col(ROW), pl.col(body.number).cast(pl.String).alias("number")]
    for name in ("text", "type", "address", "state"):
        source = getattr(body, name)
        value = (
            pl.coalesce([pl.col(c).cast(pl.String) for c in source.columns])
            if source
            else pl.lit(None, pl.String)
        )
        wanted.append(value.alias(name))
    for name in ("lon", "lat"):
        column = getattr(body, name)
        value = pl.col(column).cast(pl.Float64, strict=False) if column else pl.lit(None, pl.Float64)
        wanted.append(value.alias(name))
    return frame.select(*wanted, *_due(frame, body, body.zone or zone))


def _due(frame: pl.DataFrame, body: UpperBody, zone: str) -> list[pl.Expr]:
    if body.due_at is None:
        return [
            pl.lit(None, pl.Datetime("us", "UTC")).alias("due_at"),
            pl.lit(None, pl.String).alias("due_text"),
        ]
    column = body.due_at.columns[0]
    if frame.schema[column].is_temporal():
        local = pl.col(column).cast(pl.Datetime("us"))
    else:
        local = pl.coalesce([parsed(column, notation) for notation in body.due_at.formats])
    zoned = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return [
        zoned.dt.convert_time_zone("UTC").alias("due_at"),
        pl.col(column).cast(pl.String).alias("due_text"),
    ]


def _take_in(
    reading: Reading, row: dict[str, Any], body: UpperBody, kinds: dict[str, int], met: set[str]
) -> None:
    number, why = row["number"] or "", ""
    if not number or len(number) > LONGEST["source_number"]:
        why = _("The line has no number, or one too long.")
    elif number in met:
        why = _("The number %(number)s stands in the file before.") % {"number": number}
    elif row["due_text"] and row["due_at"] is None:
        why = _("The deadline “%(text)s” cannot be read.") % {"text": row["due_text"]}
    if why:
        reading.refused.append((row[ROW], why))
        return
    met.add(number)
    kind = row["type"] or ""
    lon, lat = (value if value is not None and value == value else None for value in (row["lon"], row["lat"]))
    reading.listed.append(
        Listed(
            number=number, text=row["text"] or "", address=row["address"] or "", type_text=kind,
            type_id=kinds.get(kind.casefold()), lon=lon, lat=lat, due_at=row["due_at"], state=row["state"] or "",
            reply_form=tuple(body.reply.items()),
        )
    )  # fmt: skip


def take_list(
    reading: Reading, system: str, *, district: District, by: Actor, on: datetime
) -> dict[str, Any]:
    """Take every line on, each in a transaction of its own; returns the counts.

    ``read = new + matched + changed + same + rejected``.
    """
    require(by, "upper.manage")
    counts = dict.fromkeys(("new", "matched", "changed", "same"), 0)
    for listed in reading.listed:
        counts[take(listed, system, district_id=district.pk, by=by, on=on).became] += 1
    done: dict[str, Any] = {
        "system": system, "read": len(reading.listed) + len(reading.refused), **counts,
        "rejected": len(reading.refused),
    }  # fmt: skip
    record(
        district_id=district.pk,
        thing="upper_list",
        thing_id=district.pk,
        step="import",
        by=by,
        on=on,
        facts=done,
    )
    return done | {"reasons": [{"row": row, "why": why} for row, why in reading.refused[:UNREAD]]}


def lines(reading: Reading) -> Iterator[str]:
    """The refused rows in words."""
    for row, why in reading.refused[:UNREAD]:
        yield _("Row %(row)d: %(why)s") % {"row": row, "why": why}
