"""How the columns of a source become cases: one declaration per source, shipped or made by the wizard."""

from pathlib import Path
from typing import Any, Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from chengzhi.errors import Problem
from chengzhi.places import faults

MOMENTS = ("reported_at", "due_at", "filed_at", "dispatched_at", "handled_at", "closed_at")


class BadMapping(Problem):
    """A mapping that cannot be used, with the field at fault."""

    code = "import.bad_mapping"


class NoSuchMapping(Problem):
    """No mapping of this name in the district's pack or table."""

    code = "import.no_such_mapping"
    status = 404


class Strict(BaseModel):
    """Fields that are not known are refused, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where a value comes from: the first of the columns that is not blank."""

    columns: tuple[str, ...]
    values: dict[str, str] = Field(default_factory=dict)
    default: str | None = None
    join: str | None = None

    @classmethod
    def of(cls, raw: Any) -> Any:
        """A bare column name is the short form."""
        return {"columns": [raw]} if isinstance(raw, str) else raw


class Moment(Source):
    """A time: the notations it may be written in, tried in order (``iso`` or strptime)."""

    formats: tuple[str, ...] = ("iso",)


class Match(Source):
    """A reference: by code, by name, or by English name."""

    by: Literal["code", "name", "name_en"] = "code"


class Blank(Strict):
    """Flag rows whose column is blank, or matches a pattern."""

    column: str
    pattern: str | None = None


class Body(Strict):
    """The whole mapping.

    ``number`` names the column that identifies a row at its source. Where a source has none,
    ``identity`` names the columns that together do; a second row equal in all of them is a
    repeat and is rejected with the number of rows before it.
    """

    title: str
    title_en: str = ""
    source_system: str
    zone: str | None = None
    number: str | None = None
    identity: tuple[str, ...] = ()
    keep_number: bool = False
    moments: dict[str, Moment]
    same_as: dict[str, str] = Field(default_factory=dict)
    text: Source | None = None
    address: Source | None = None
    lon: str | None = None
    lat: str | None = None
    type: Match | None = None
    unit: Match | None = None
    area: Match | None = None
    channel: Source | None = None
    state: Source | None = None
    outcome: Source | None = None
    duplicate_of: str | None = None
    compute_due: bool = False
    far_years: int = 10
    flags: dict[str, Blank] = Field(default_factory=dict)
    month_of: str | None = None

    @field_validator("text", "address", "type", "unit", "area", "channel", "state", "outcome",
                     mode="before")  # fmt: skip
    @classmethod
    def _short(cls, raw: Any) -> Any:
        return Source.of(raw)

    @field_validator("moments", mode="before")
    @classmethod
    def _short_moments(cls, raw: Any) -> Any:
        return {k: Source.of(v) for k, v in raw.items()} if isinstance(raw, dict) else raw

    @field_validator("moments")
    @classmethod
    def _known(cls, moments: dict[str, Moment]) -> dict[str, Moment]:
        unknown = sorted(set(moments) - set(MOMENTS))
        if unknown or "reported_at" not in moments:
            raise ValueError(
                _("needs reported_at; may have %(known)s; not %(others)s")
                % {"known": ", ".join(MOMENTS), "others": ", ".join(unknown) or "—"}
            )
        return moments

    def columns(self) -> set[str]:
        """Every column the mapping reads."""
        sources = [*self.moments.values(), self.text, self.address, self.type, self.unit,
                   self.area, self.channel, self.state, self.outcome]  # fmt: skip
        named = {column for source in sources if source for column in source.columns}
        named |= {flag.column for flag in self.flags.values()} | set(self.identity)
        single = (self.number, self.lon, self.lat, self.duplicate_of, self.month_of)
        return named | {column for column in single if column}


def parse(raw: Any, name: str) -> Body:
    """Check a mapping; raises :class:`BadMapping` naming the field."""
    try:
        body = Body.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "mapping"
        raise BadMapping(
            _("The mapping “%(name)s” cannot be used: %(field)s.") % {"name": name, "field": field},
            faults.words(first),
            _("Correct that field; docs/imports.md lists all of them."),
        ) from error
    if not body.number and not body.identity:
        raise BadMapping(
            _("The mapping “%(name)s” does not say what identifies a row.") % {"name": name},
            _("Without it a second import would load everything again."),
            _("Name the number column, or the columns that together identify a row."),
        )
    return body


def load(path: Path) -> Body:
    """Read a mapping file."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadMapping(
            _("%(file)s cannot be read.") % {"file": path}, str(error), _("Check the file.")
        ) from error
    return parse(raw, path.stem)
