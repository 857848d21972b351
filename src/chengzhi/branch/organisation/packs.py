"""The rules of practice, bodies and duties of a pack: its folder `branch/`, read, checked, loaded.

The folder holds pack.yaml, rules.yaml, bodies.csv and duties.yaml. Any organisation may have one:
what its bodies, meetings and rules are is said there and nowhere in the program.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chengzhi.branch.organisation.kinds import check_parameters
from chengzhi.branch.organisation.models import Body, Duty, PracticePack, PracticeRule
from chengzhi.branch.organisation.rules import roles_in_body
from chengzhi.errors import Problem
from chengzhi.people.models import Unit
from chengzhi.places.models import District
from chengzhi.places.packs import upsert
from chengzhi.places.tables import BadTable, Row, read_table, refuse_repeats

FOLDER = "branch"
SAID = ("name", "name_en", "kind", "parameters", "text_version", "article", "status", "exemptions",
        "source", "checked_on")  # fmt: skip


class BadBranchPack(Problem):
    """A file of the folder `branch/` is missing, is not YAML or holds a wrong value."""

    code: ClassVar[str] = "branch.bad_pack"
    status: ClassVar[int] = 422


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Words(_Part):
    """A name in both languages."""

    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field(min_length=1, max_length=120)


class Head(_Part):
    """pack.yaml: the key of the pack, its kinds of body, when its sources were looked at."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    version: str
    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field(min_length=1, max_length=120)
    checked_on: date
    kinds: dict[str, Words]
    sources: tuple[str, ...] = ()


class Text(_Part):
    """A text that rules quote: its name with version, the first and last day it counts."""

    name: str = Field(min_length=1, max_length=120)
    valid_from: date
    valid_to: date | None = None


class RuleEntry(_Part):
    """One rule of rules.yaml; own days win over those of its text."""

    key: str = Field(pattern=r"^[A-Z]{1,3}-\d{2,3}$")
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(min_length=1, max_length=200)
    kind: str
    text: str
    article: str = Field(max_length=60)
    status: str = Field(pattern="^(seen|secondary|unverified|local)$")
    parameters: dict[str, Any]
    exemptions: tuple[str, ...] = ()
    source: str = Field(min_length=1, max_length=300)
    valid_from: date | None = None
    valid_to: date | None = None


class DutyEntry(_Part):
    """One line of the duty list: which role in which kind of body owes what, how often, by which day."""

    key: str = Field(min_length=1, max_length=24)
    role: str
    body_kinds: tuple[str, ...]
    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field(min_length=1, max_length=200)
    rule: str = ""
    every: str = Field(pattern="^(month|quarter|year)$")
    due: str = Field(default="", pattern=r"^(\d\d-\d\d)?$")
    domain: str = Field(default="", max_length=24)


class BodyRow(Row):
    """bodies.csv: code, kind, parent (code of a body above it in the file), name, name_en, unit (code)."""

    code: str = Field(min_length=1, max_length=24)
    kind: str = Field(min_length=1, max_length=24)
    parent: str = ""
    name: str = Field(min_length=1, max_length=120)
    name_en: str = Field(default="", max_length=120)
    unit: str = ""


class _Rules(_Part):
    texts: dict[str, Text]
    rules: tuple[RuleEntry, ...]


class _Duties(_Part):
    duties: tuple[DutyEntry, ...] = ()


@dataclass(frozen=True)
class BranchRows:
    """The four checked files."""

    head: Head
    texts: dict[str, Text]
    rules: tuple[RuleEntry, ...]
    bodies: list[BodyRow] = field(default_factory=list)
    duties: tuple[DutyEntry, ...] = ()


def read_branch(folder: Path, units: set[str]) -> BranchRows | None:
    """The folder `branch/` of a pack, checked; None when there is none. Raises BadBranchPack, BadTable."""
    path = folder / FOLDER
    if not path.is_dir():
        return None
    said = _read(path / "rules.yaml", _Rules)
    duties = _read(path / "duties.yaml", _Duties) if (path / "duties.yaml").exists() else _Duties()
    rows = BranchRows(
        _read(path / "pack.yaml", Head), said.texts, said.rules, read_table(path / "bodies.csv", BodyRow),
        duties.duties,
    )  # fmt: skip
    _check_rules(rows)
    _check_bodies(rows, units)
    _check_duties(rows)
    return rows


def _read(path: Path, model: Any) -> Any:
    try:
        return model.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise BadBranchPack(
            _("%(file)s is missing.") % {"file": f"{FOLDER}/{path.name}"}, "", _("Add it.")
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, ValidationError) as error:
        raise BadBranchPack(
            _("%(file)s cannot be used.") % {"file": f"{FOLDER}/{path.name}"},
            str(error),
            _("Mend that line."),
        ) from error


def _refuse(file: str, key: str, why: str) -> None:
    raise BadBranchPack(
        _("%(file)s: %(key)s cannot be used.") % {"file": file, "key": key}, why, _("Mend that line.")
    )


def _check_rules(rows: BranchRows) -> None:
    refuse_repeats("rules.yaml", ((one.key, _days(rows, one)[0]) for one in rows.rules))
    for one in rows.rules:
        if one.text not in rows.texts:
            _refuse("rules.yaml", one.key, _("There is no text “%(text)s”.") % {"text": one.text})
        strange = set(one.exemptions) - {"aged", "ill", "disabled", "away"}
        wrong = check_parameters(one.kind, one.parameters)
        if strange or wrong:
            _refuse("rules.yaml", one.key, ", ".join(sorted(strange)) or wrong)


def _check_bodies(rows: BranchRows, units: set[str]) -> None:
    refuse_repeats("bodies.csv", (row.code for row in rows.bodies))
    seen: set[str] = set()
    for row in rows.bodies:
        unknown = row.kind not in rows.head.kinds or (row.unit and row.unit not in units)
        if unknown or (row.parent and row.parent not in seen):
            raise BadTable(
                _("bodies.csv: %(code)s names a kind, unit or body above that does not exist.")
                % {"code": row.code},
                _("Bodies above stand before those below."),
                _("Mend the row."),
            )
        seen.add(row.code)


def _check_duties(rows: BranchRows) -> None:
    refuse_repeats("duties.yaml", (one.key for one in rows.duties))
    rules = {one.key for one in rows.rules}
    for one in rows.duties:
        wrong = one.role not in roles_in_body() or not set(one.body_kinds) <= set(rows.head.kinds)
        if wrong or (one.rule and one.rule not in rules):
            _refuse("duties.yaml", one.key, _("It names a role, kind of body or rule that does not exist."))


def _days(rows: BranchRows, one: RuleEntry) -> tuple[date | None, date | None]:
    text = rows.texts.get(one.text)
    return (
        one.valid_from or (text.valid_from if text else None), one.valid_to or (text.valid_to if text else None)
    )  # fmt: skip


def load_branch(rows: BranchRows, district: District, *, today: date, since: date) -> dict[str, int]:
    """Write rules, bodies and duties of a checked pack; what was changed on a page stays."""
    head = rows.head
    PracticePack.objects.update_or_create(
        district=district, key=head.key,
        defaults={
            "version": head.version, "name": head.name, "name_en": head.name_en,
            "kinds": {key: words.model_dump() for key, words in head.kinds.items()},
        },
    )  # fmt: skip
    begun = _load_rules(rows, district, today)
    _load_bodies(rows, district, since)
    _load_duties(rows, district)
    return {"branch_rules": begun, "bodies": len(rows.bodies), "duties": len(rows.duties)}


def _load_rules(rows: BranchRows, district: District, today: date) -> int:
    """Rules carry the days of their texts, so a version is found again by its key and first day.

    A key changed locally keeps its last days; a version no longer in the pack ends yesterday.
    """
    held = list(PracticeRule.objects.filter(district=district, pack=rows.head.key))
    local = {row.key for row in held if row.changed_by is not None}
    old = {(row.key, row.valid_from): row for row in held if row.changed_by is None}
    fresh, changed = [], []
    for one in rows.rules:
        row = _rule(rows, one, district)
        known = old.pop((row.key, row.valid_from), None)
        if known is None:
            fresh += [row] if row.key not in local else []
            continue
        for name in SAID:
            setattr(known, name, getattr(row, name))
        known.valid_to = known.valid_to if row.key in local else row.valid_to
        changed.append(known)
    gone = [row for row in old.values() if row.valid_to is None]
    for row in gone:
        row.valid_to = today - timedelta(days=1)
    PracticeRule.objects.bulk_update(changed + gone, [*SAID, "valid_to"])
    return len(PracticeRule.objects.bulk_create(fresh))


def _rule(rows: BranchRows, one: RuleEntry, district: District) -> PracticeRule:
    first, last = _days(rows, one)
    assert first is not None  # every text has a first day, and every rule a text
    return PracticeRule(
        district=district, pack=rows.head.key, key=one.key, name=one.name, name_en=one.name_en, kind=one.kind,
        parameters=one.parameters, text_version=rows.texts[one.text].name, article=one.article, status=one.status,
        exemptions=list(one.exemptions), source=one.source, checked_on=rows.head.checked_on,
        valid_from=first, valid_to=last,
    )  # fmt: skip


def _load_bodies(rows: BranchRows, district: District, since: date) -> None:
    """Above before below, so that a parent has its number; a body that a page ended stays ended."""
    units = dict(Unit.objects.filter(district=district).values_list("code", "id"))
    made = [
        Body(district=district, pack=rows.head.key, valid_from=since, unit_id=units.get(row.unit),
             **row.model_dump(include={"code", "kind", "name", "name_en"}))
        for row in rows.bodies
    ]  # fmt: skip
    upsert(Body, made, ("district", "code"), ("kind", "name", "name_en", "unit", "pack"))
    numbers = dict(Body.objects.filter(district=district).values_list("code", "id"))
    placed = list(Body.objects.filter(district=district, code__in=[row.code for row in rows.bodies]))
    parents = {row.code: numbers.get(row.parent) for row in rows.bodies}
    for one in placed:
        one.parent_id = parents[one.code]
    Body.objects.bulk_update(placed, ["parent"])


def _load_duties(rows: BranchRows, district: District) -> None:
    Duty.objects.filter(district=district, pack=rows.head.key).delete()
    Duty.objects.bulk_create(
        Duty(district=district, pack=rows.head.key, **one.model_dump(exclude={"body_kinds"}),
             body_kinds=list(one.body_kinds))
        for one in rows.duties
    )  # fmt: skip
