"""Entries of the catalogue as the files have them: code sets, classes, holes, English names."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

NATIONAL_2026 = "GB/T 47678.5-2026"
NATIONAL_2013 = "GB/T 30428.2-2013"
NATIONAL_2007 = "CJ/T 214-2007"
# Local numbers of this program for work of a bureau that the national lists leave out.
OWN = "local:chengzhi"

# The start of a source text tells the code set of a row.
_SETS = (
    ("[S1] GB/T 47678.5-2026", NATIONAL_2026),
    ("[S3] local extension Yuncheng", "local:yuncheng"),
    ("[S3] GB/T 30428.2-2013", NATIONAL_2013),
    ("GB/T 30428.2-2013 code inferred", NATIONAL_2013),
    ("[S8] CJ/T 214-2007", NATIONAL_2007),
    ("[S20] Liuzhou bulletin", "local:liuzhou-2014"),
)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A published or local space of codes, with the days it is in force as far as known."""

    key: str
    title: str
    title_en: str
    first_day: date | None
    last_day: date | None
    big_digits: int
    small_digits: int
    local_highest: int | None
    local_lowest: int | None

    def in_force(self, day: date) -> bool:
        """Whether the set may be used on `day`; an unknown end does not forbid it."""
        return (self.first_day or day) <= day <= (self.last_day or day)


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of component, or one matter (called event before 2026).

    `code` is big and small code together ("06010"); where a code was never published, the name
    stands in its place. `confidence` is high, medium or low, as `README.md` beside the file says.
    """

    code_set: str
    kind: str
    code: str
    big: str
    big_name: str
    name: str
    name_en: str
    confidence: str
    source: str

    def label(self, language: str) -> str:
        """The name in Chinese or, where there is one, in English."""
        return self.name if language.startswith("zh") else self.name_en or self.name


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV beside this module."""
    return iter(csv.DictReader(_text(name).splitlines()))


def read_yaml(name: str) -> Any:
    """A YAML file beside this module."""
    return yaml.safe_load(_text(name))


def kind_of(kind: str) -> str:
    """The kind's name in this program: what was an event before 2026 is a matter."""
    return "matter" if kind == "event" else kind


def same_name(name: str) -> str:
    """A name without brackets and punctuation, for comparing lists typed by different people."""
    bare = re.sub(r"[（(].*?[）)]", "", name)
    return re.sub(r"[\s、，,/·]", "", bare)


@cache
def code_sets() -> Mapping[str, CodeSet]:
    """All code sets by key."""
    return {key: CodeSet(key=key, **said) for key, said in read_yaml("code_sets.yaml").items()}


@cache
def entries() -> tuple[Entry, ...]:
    """All entries of the catalogue file in its order."""
    english = {(row["kind"], row["code"]): row["name_en"] for row in read_table("names_en.csv")}
    found = []
    for row in read_table("catalogue.csv"):
        # One row only says that a class of local extensions exists.
        if row["small_code"] or (row["small_name"] and not row["big_code"]):
            found.append(_entry(row, english))
    found.extend(_own(row) for row in read_table("own_codes.csv"))
    return tuple(found)


def _own(row: Mapping[str, str]) -> Entry:
    return Entry(
        code_set=OWN,
        kind="matter",
        code=row["code"],
        big=row["code"][:2],
        big_name=row["big_name"],
        name=row["name"],
        name_en=row["name_en"],
        confidence="medium",
        source=row["source"],
    )


def _entry(row: Mapping[str, str], english: Mapping[tuple[str, str], str]) -> Entry:
    code_set = next(key for start, key in _SETS if row["source"].startswith(start))
    kind = kind_of(row["kind"])
    code = row["big_code"] + row["small_code"] or row["small_name"]
    name_en = english.get((kind, code), "") if code_set == NATIONAL_2026 else ""
    return Entry(
        code_set=code_set,
        kind=kind,
        code=code,
        big=row["big_code"],
        big_name=row["big_name"],
        name=row["small_name"],
        name_en=name_en,
        confidence=row["confidence"],
        source=row["source"],
    )


@cache
def holes() -> Mapping[tuple[str, str, str], str]:
    """Withdrawn numbers: (code set, kind, code) to the reason they are never reused."""
    rows = read_table("holes.csv")
    return {(row["code_set"], row["kind"], row["code"]): row["note"] for row in rows}
