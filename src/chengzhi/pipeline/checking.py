"""What a mapping would make of a file: tried on its first rows, faults counted by column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from chengzhi.people.actor import Actor
from chengzhi.pipeline import lookups
from chengzhi.pipeline.admitting import Admission, meaning_of, prepare
from chengzhi.pipeline.lookups import Lookup
from chengzhi.pipeline.mappings import Body, Match
from chengzhi.pipeline.reading import as_text, moments, read
from chengzhi.pipeline.sources import ROW
from chengzhi.places.models import District

EXAMPLES = 3


@dataclass(frozen=True)
class Fault:
    """One kind of fault in a column: `rejects` tells whether the row is lost by it."""

    sentence: str
    count: int
    examples: tuple[str, ...]
    rejects: bool


@dataclass
class Checked:
    """The outcome of a trial: rows read and good, rejects by code, faults by column, cells at fault."""

    rows: int
    good: int
    rejected: dict[str, int]
    flagged: int
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    cells: dict[str, frozenset[int]] = field(default_factory=dict)
    bad_rows: dict[int, str] = field(default_factory=dict)

    @property
    def at_fault(self) -> int:
        """How many columns have a fault."""
        return len(self.faults)


def check(raw: pl.DataFrame, body: Body, district: District, now: datetime) -> Checked:
    """Read a sample (rows of the file with ``__row``) as the import would, writing nothing."""
    zone = body.zone or district.zone
    found = read(raw, body, zone, now)
    codes = dict(found.bad["code"].value_counts().iter_rows())
    admission = Admission(0, district.pk, body, meaning_of(district.pk, body), Actor.system(), now)
    ready = prepare(found.good, admission)
    flagged = int((ready["flags"] != "{}").sum()) if len(ready) else 0
    done = Checked(len(raw), len(found.good), codes, flagged)
    done.bad_rows = dict(found.bad.select(ROW, "reason").iter_rows())
    frame = as_text(raw, body)
    _check_identity(done, frame, body)
    _check_moments(done, frame, body, zone)
    _check_points(done, frame, body)
    _check_names(done, frame, body, district.pk)
    _check_values(done, frame, body)
    return done


def _note(done: Checked, column: str, sentence: str, rows: pl.DataFrame, *, rejects: bool) -> None:
    """Count rows (``__row`` and the column) that have a fault."""
    if not len(rows):
        return
    examples = rows[column].cast(pl.String).drop_nulls().unique(maintain_order=True).head(EXAMPLES)
    done.faults.setdefault(column, []).append(Fault(sentence, len(rows), tuple(examples), rejects))
    done.cells[column] = done.cells.get(column, frozenset()) | frozenset(rows[ROW])


def _check_identity(done: Checked, frame: pl.DataFrame, body: Body) -> None:
    if not body.number:
        return
    here = pl.col(body.number)
    blank = frame.filter(here.is_null())
    _note(done, body.number, _("blank: the row could not be recognised again"), blank, rejects=True)
    again = frame.filter(here.is_not_null() & here.is_first_distinct().not_())
    _note(done, body.number, _("stands in the file before"), again, rejects=True)


def _check_moments(done: Checked, frame: pl.DataFrame, body: Body, zone: str) -> None:
    tried = frame.with_columns(moments(frame, body, zone))
    for name, moment in body.moments.items():
        column = moment.columns[0]
        unread = tried.filter(pl.col(f"{name}.given") & pl.col(name).is_null())
        _note(done, column, _("is no date in any of the notations tried"), unread, rejects=True)
        twice = tried.filter(pl.col(f"{name}.twice").fill_null(value=False))
        _note(done, column, _("falls in the hour that the clock change repeats"), twice, rejects=False)
        if name == "reported_at":
            blank = tried.filter(~pl.col(f"{name}.given"))
            _note(done, column, _("blank: the row does not say when the report came in"), blank, rejects=True)


def _check_points(done: Checked, frame: pl.DataFrame, body: Body) -> None:
    for column, most in ((body.lon, 180.0), (body.lat, 90.0)):
        if not column:
            continue
        number = pl.col(column).cast(pl.Float64, strict=False)
        no_number = frame.filter(pl.col(column).is_not_null() & number.is_null())
        _note(done, column, _("is no number: loaded without a place"), no_number, rejects=False)
        beyond = frame.filter(number.is_nan() | (number.abs() > most))
        _note(done, column, _("is no place on earth: loaded and flagged"), beyond, rejects=False)


def _check_names(done: Checked, frame: pl.DataFrame, body: Body, district_id: int) -> None:
    asked: tuple[tuple[Match | None, Callable[[int, Match], Lookup], str], ...] = (
        (body.type, lookups.types, _("is no case type of the district: loaded and flagged")),
        (body.unit, lookups.units, _("is no department of the district: loaded and flagged")),
        (body.area, lookups.areas, _("is no area of the district: loaded and flagged")),
    )
    for match, look_up, sentence in asked:
        if match is None:
            continue
        known = set(look_up(district_id, match).names["name"].to_list())
        for column in match.columns:
            value = pl.col(column).cast(pl.String)
            unknown = frame.filter(value.is_not_null() & ~value.str.to_lowercase().is_in(list(known)))
            _note(done, column, sentence, unknown, rejects=False)


def _check_values(done: Checked, frame: pl.DataFrame, body: Body) -> None:
    for source in (body.channel, body.state):
        if source is None or not source.values:
            continue
        for column in source.columns:
            value = pl.col(column).cast(pl.String)
            other = frame.filter(value.is_not_null() & ~value.is_in(list(source.values)))
            sentence = _("has no meaning chosen: loaded as “%(default)s”") % {
                "default": source.default or "–"
            }
            _note(done, column, sentence, other, rejects=False)


def column_facts(sample: pl.DataFrame, shown: int = 3) -> list[dict[str, Any]]:
    """Name, kind in words, share of blanks and some values of each column of a sample."""
    facts = []
    for name in sample.columns:
        if name == ROW:
            continue
        values = sample[name].cast(pl.String).str.strip_chars().replace("", None)
        seen = values.drop_nulls()
        facts.append({
            "name": name, "kind": _kind(sample[name], seen), "blank": len(values) - len(seen),
            "distinct": seen.n_unique(), "values": seen.unique(maintain_order=True).head(shown).to_list(),
        })  # fmt: skip
    return facts


def _kind(column: pl.Series, seen: pl.Series) -> str:
    from chengzhi.pipeline.suggesting import notations

    if column.dtype.is_temporal():
        return _("time")
    if not len(seen):
        return _("blank")
    if seen.cast(pl.Float64, strict=False).is_not_null().all():
        return _("number")
    head = seen.head(100)
    return _("time") if notations(head) and _mostly_read(head) else _("text")


def _mostly_read(values: pl.Series) -> bool:
    """Whether nine tenths are times; a few spoilt ones do not make a column of times text."""
    from chengzhi.pipeline.reading import parsed
    from chengzhi.pipeline.suggesting import notations

    tried = pl.coalesce([parsed("v", notation) for notation in notations(values)])
    return float(values.to_frame("v").select(tried.is_not_null().mean()).item()) >= 0.9
