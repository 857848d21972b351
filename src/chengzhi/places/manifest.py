"""`pack.yaml`, the one manifest of a district pack, and what may stand in it."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import available_timezones

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from chengzhi.errors import Problem
from chengzhi.places import faults

MANIFEST = "pack.yaml"
CODE_SETS = ("GB/T 47678.5-2026", "GB/T 30428.2-2013", "CJ/T 214-2007")
Degrees = Annotated[float, Field(ge=-180, le=180)]
ByFile = Literal["catalogue", "file", "none"]
_FIELDS = re.compile(r"\{(prefix|year|month|day|sequence)(:0\d+d?)?\}")


class BadManifest(Problem):
    """pack.yaml is missing, is not YAML or holds a wrong value."""

    code: ClassVar[str] = "bad_manifest"
    status: ClassVar[int] = 422


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class MapLaw(_Part):
    """What 地图管理条例 asks: a public map needs an approval number 审图号 or an approved source."""

    public: bool = False
    approval: str = ""

    @model_validator(mode="after")
    def approved(self) -> "MapLaw":
        if self.public and not self.approval:
            raise ValueError(_("a public map needs its approval number (审图号) in map.approval"))
        return self


class CaseNumber(_Part):
    """How a case is numbered, for instance `{prefix}{year}第{month:02}{day:02}{sequence:04}号`."""

    prefix: str = Field(default="", max_length=12)
    pattern: str = "{prefix}{year}{month:02}{day:02}{sequence:05}"

    @field_validator("pattern")
    @classmethod
    def known_fields(cls, value: str) -> str:
        if "{sequence" not in value or re.search(r"[{}]", _FIELDS.sub("", value)):
            raise ValueError(_("use {prefix} {year} {month} {day} and, always, {sequence}"))
        return value


class WorkCalendar(_Part):
    """Key of a shipped calendar and the district's daily work hours in its own zone."""

    name: str
    hours: tuple[tuple[str, str], ...]


class ExpectedArea(_Part):
    """The area another source gives, to catch an outline of another vintage."""

    value: float = Field(gt=0)
    year: int
    source: str


class CellRule(_Part):
    """Cells from `cells.geojson`, generated ones of a size in metres, or none."""

    source: Literal["generate", "file", "none"] = "generate"
    size_m: float = Field(default=100, ge=20, le=5000)
    management_level: str = Field(default="", max_length=10)


class DefaultPoint(_Part):
    """A point that means "not geocoded", with its tolerance in degrees."""

    lon: Degrees
    lat: Annotated[float, Field(ge=-90, le=90)]
    tolerance: float = Field(default=1e-6, ge=0, lt=0.01)
    why: str = ""


class Manifest(_Part):
    """A district as declared; see docs/packs.md for each field."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    version: str = Field(min_length=1, max_length=20)
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    code: str = Field(default="", pattern=r"^(\d{6})?$")
    zone: str
    languages: tuple[str, ...] = ("zh-hans", "en")
    language: str = "zh-hans"
    crs: Literal["wgs84", "cgcs2000", "gcj02"]
    code_set: str
    area_code_sets: tuple[str, ...] = ()
    area_code_set: str = ""
    simulated: bool = False
    schematic: bool = True
    origin: Literal["survey", "source", "generated"] = "generated"
    map: MapLaw = MapLaw()
    case_number: CaseNumber = CaseNumber()
    calendar: WorkCalendar
    extent: tuple[Degrees, Degrees, Degrees, Degrees] | None = None
    expected_area_km2: ExpectedArea | None = None
    cells: CellRule = CellRule()
    types: ByFile = "catalogue"
    limits: ByFile = "catalogue"
    main_street_half_width_m: float = Field(default=20, gt=0, le=100)
    not_geocoded: tuple[DefaultPoint, ...] = ()
    valid_from: date | None = None
    sources: tuple[str, ...] = ()

    @field_validator("zone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(_("is not an IANA time zone, such as Asia/Shanghai"))
        return value

    @field_validator("code_set")
    @classmethod
    def known_code_set(cls, value: str) -> str:
        if value not in CODE_SETS and not value.startswith("local:"):
            raise ValueError(_("must be one of %(known)s, or local:NAME") % {"known": ", ".join(CODE_SETS)})
        return value

    @model_validator(mode="after")
    def agree(self) -> "Manifest":
        if self.language not in self.languages:
            raise ValueError(_("language must be one of languages"))
        if self.area_code_set and self.area_code_set not in self.area_code_sets:
            raise ValueError(_("area_code_set must be one of area_code_sets"))
        return self


def read_manifest(folder: Path) -> Manifest:
    """The checked manifest of a pack folder. Raises BadManifest naming file and field."""
    path = folder / MANIFEST
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadManifest(
            _("%(folder)s is not a district pack.") % {"folder": folder},
            _("It holds no %(file)s.") % {"file": MANIFEST},
            _("Give a pack folder."),
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadManifest(
            _("%(file)s is not YAML.") % {"file": path.name}, str(error), _("Mend that line.")
        ) from error
    return _checked(raw)


def _checked(raw: Any) -> Manifest:
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        wrong = [
            f"{'.'.join(map(str, part['loc'])) or 'manifest'}: {faults.words(part)}"
            for part in error.errors(include_url=False)
        ]
        raise BadManifest(
            _("%(file)s has %(n)d wrong field(s).") % {"file": MANIFEST, "n": len(wrong)},
            faults.listed(wrong),
            _("Mend these fields; docs/packs.md describes each."),
        ) from error
