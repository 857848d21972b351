"""The CSV tables of a pack about places: their rows, checked one by one."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from django.utils.translation import gettext as _
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from chengzhi.errors import Problem
from chengzhi.places import faults
from chengzhi.places.manifest import Manifest

_MOST_SHOWN = 5
CODE_PREFIX = "code:"


class BadTable(Problem):
    """A CSV of the pack holds a wrong value; file, line and column are named."""

    code: ClassVar[str] = "bad_pack_table"
    status: ClassVar[int] = 422


def _blank_to_none(value: Any) -> Any:
    return None if value == "" else value


Number = Annotated[float | None, BeforeValidator(_blank_to_none)]
RoadKinds = Literal["main", "back", "unknown"]


class Row(BaseModel):
    """A line of a CSV; unknown columns are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


RowT = TypeVar("RowT", bound=Row)


class AreaRow(Row):
    """areas.csv: level, code, parent, name, name_en, class and one `code:SET` column per code set."""

    level: Literal["street", "community"]
    code: str = Field(min_length=1, max_length=20)
    parent: str = ""
    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(default="", max_length=100)
    area_class: int = Field(default=1, ge=1, le=9, validation_alias=AliasChoices("class", "area_class"))
    codes: dict[str, Annotated[str, Field(max_length=20)]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def gather_codes(cls, row: dict[str, Any]) -> dict[str, Any]:
        sets = {key.removeprefix(CODE_PREFIX): row[key] for key in row if key.startswith(CODE_PREFIX)}
        rest = {key: value for key, value in row.items() if not key.startswith(CODE_PREFIX)}
        return {"codes": {key: value for key, value in sets.items() if value}, **rest}

    @property
    def is_leaf(self) -> bool:
        """Whether cells belong to it."""
        return self.level == "community"


class _Place(Row):
    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field(default="", max_length=120)
    lon: Number = None
    lat: Number = None


class StreetRow(_Place):
    """streets.csv: name, name_en, road_kind, lon, lat, line (WKT LINESTRING or MULTILINESTRING)."""

    road_kind: RoadKinds = "unknown"
    line: str = ""


class LandmarkRow(_Place):
    """landmarks.csv: name, name_en, kind, lon, lat; the point is required."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    kind: str = Field(default="", max_length=24)


def read_table(path: Path, row: type[RowT]) -> list[RowT]:
    """Rows of a CSV (UTF-8, with header); [] when the file does not exist.

    Raises BadTable naming the file, the line and the column.
    """
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            raw = list(csv.DictReader(file, restkey="(more columns than the header)"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTable(
            _("%(file)s is not CSV in UTF-8.") % {"file": path.name}, str(error), _("Save it as UTF-8.")
        ) from error
    return _checked(path.name, raw, row)


def _checked(name: str, raw: Iterable[dict[str, Any]], row: type[RowT]) -> list[RowT]:
    rows: list[RowT] = []
    wrong: list[str] = []
    for line, values in enumerate(raw, 2):
        try:
            rows.append(row.model_validate(values))
        except ValidationError as error:
            wrong += [
                _("line %(line)d, %(column)s: %(why)s")
                % {"line": line, "column": ".".join(map(str, part["loc"])), "why": faults.words(part)}
                for part in error.errors(include_url=False)
            ]
    if wrong:
        raise BadTable(
            _("%(file)s has %(n)d wrong value(s).") % {"file": name, "n": len(wrong)},
            faults.listed(wrong, most=_MOST_SHOWN),
            _("Mend these lines and load again."),
        )
    return rows


def refuse_repeats(name: str, keys: Iterable[object]) -> None:
    """Raise BadTable when a key stands twice."""
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise BadTable(
                _("%(file)s holds %(key)s twice.") % {"file": name, "key": key},
                _("A code names one thing."),
                _("Remove one."),
            )
        seen.add(key)


def check_areas(rows: list[AreaRow], manifest: Manifest) -> None:
    """Parents exist, codes are unique per level and code set, code sets are declared."""
    refuse_repeats("areas.csv", (row.code for row in rows))
    uppers = {row.code for row in rows if not row.is_leaf}
    for row in rows:
        if row.is_leaf != bool(row.parent) or (row.parent and row.parent not in uppers):
            raise BadTable(
                _("areas.csv: %(code)s %(name)s has the parent “%(parent)s”.")
                % {"code": row.code, "name": row.name, "parent": row.parent},
                _("A community needs a street or town of this file; a street or town has none."),
                _("Mend the column parent."),
            )
        strange = set(row.codes) - set(manifest.area_code_sets)
        if strange:
            raise BadTable(
                _("areas.csv: the code set %(name)s is not declared.") % {"name": ", ".join(sorted(strange))},
                _("Two sets may disagree, so each must be named."),
                _("Add it to area_code_sets in pack.yaml."),
            )
    refuse_repeats("areas.csv", ((key, row.level, code) for row in rows for key, code in row.codes.items()))
