"""Registers as tables: what a column may mean, and reading of rows. Files lie above, in the pipeline.

A row comes out readable, perhaps flagged, or with every reason why it is not.
"""

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chengzhi.domains.dates import read_date
from chengzhi.domains.kinds import Field, Kind, UnreadableError, read_value
from chengzhi.places.models import District
from chengzhi.registers import components, placing
from chengzhi.registers.birth import LONGEST, plain
from chengzhi.registers.contact import read_contact
from chengzhi.registers.credit import credit_fault
from chengzhi.registers.fields import says
from chengzhi.registers.problems import BadMapping, FieldFault

LIKE = 0.82  # likeness from which a column's name counts as recognised
IDENTITY = "~"  # begins a source number that was made from the row itself


@dataclass(frozen=True, slots=True)
class Target:
    """What a column may be read into: key, words, other names files have for it."""

    key: str
    name: str
    name_en: str
    aliases: tuple[str, ...] = ()

    def words(self, language: str) -> str:
        """The label in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


_OWN = (
    Target("number", "台账编号", "Register number", ("本系统编号", "register no")),
    Target(
        "source_number",
        "原编号",
        "Source number",
        ("编号", "序号", "设施编号", "id", "number", "code", "原系统编号"),
    ),
    Target("name", "名称", "Name", ("设施名称", "对象名称", "点位名称", "店名", "项目名称", "title")),
    Target("address", "地址", "Address", ("位置", "详细地址", "所在位置", "地点", "location")),
    Target("lon", "经度", "Longitude", ("lng", "lon", "x", "东经")),
    Target("lat", "纬度", "Latitude", ("lat", "y", "北纬")),
    Target("state", "状态", "State", ("当前状态", "使用状态", "status")),
    Target("unit", "管理单位", "Unit", ("责任单位", "所属中队", "主管单位", "权属单位", "department")),
)
_COMPONENT = Target(
    "component_code", "部件标识码", "Component code", ("部件编码", "管理部件标识码", "部件代码")
)
_SHAPE = Target("shape", "线/面图形", "Line or area", ("WKT", "GeoJSON", "geometry", "几何", "图形", "范围"))
_PARTY = (
    Target(
        "party",
        "责任主体",
        "Responsible party",
        ("责任人", "业主", "商户", "商户名称", "施工单位", "运营单位", "owner"),
    ),
    Target("credit_code", "统一社会信用代码", "Credit code", ("信用代码", "社会信用代码")),
    Target("person", "联系人", "Contact person", ("负责人", "contact")),
    Target("phone", "联系电话", "Telephone", ("电话", "手机", "手机号", "phone")),
)
_PERMIT = (
    Target(
        "permit_number", "许可（协议）编号", "Permit number", ("许可证号", "许可编号", "协议编号", "合同编号")
    ),
    Target(
        "permit_starts_on",
        "许可（协议）开始日期",
        "Permit starts on",
        ("开始日期", "发证日期", "起始日期", "签订日期"),
    ),
    Target(
        "permit_ends_on",
        "许可（协议）截止日期",
        "Permit ends on",
        ("截止日期", "到期日期", "有效期至", "到期日"),
    ),
)


def targets(kind: Kind) -> tuple[Target, ...]:
    """Everything a column of this register may mean; facts are called `facts.<key>`."""
    found = [*_OWN]
    if kind.place != "point":
        found.append(_SHAPE)
    if kind.components:
        found.append(_COMPONENT)
    if kind.party is not None:
        found += _PARTY
    if kind.permit is not None:
        found += _PERMIT
    return (*found, *(Target(f"facts.{one.key}", one.name, one.name_en, (one.key,)) for one in kind.fields))


def _bare(name: str) -> str:
    text = unicodedata.normalize("NFKC", name)
    return re.sub(r"[\s_\-./*:：]+", "", re.sub(r"[(].*?[)]", "", text)).casefold()


def likeness(column: str, target: Target) -> float:
    """How much a column's name is one of a target's names, 0 to 1; its own name before the aliases."""
    name = _bare(column)
    if name in (_bare(target.name), _bare(target.name_en)):
        return 1.0
    if name in {_bare(alias) for alias in target.aliases}:
        return 0.99
    known = (target.name, target.name_en)
    return 0.95 * max(difflib.SequenceMatcher(None, name, _bare(one)).ratio() for one in known)


def suggest(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """Target → column as far as the names tell, the most alike first, each once. A person decides."""
    pairs = sorted(
        (-likeness(column, target), place, column, target.key)
        for place, column in enumerate(columns)
        for target in targets(kind)
    )
    found: dict[str, str] = {}
    for unlike, _place, column, key in pairs:
        if -unlike >= LIKE and key not in found and column not in found.values():
            found[key] = column
    return found


def check_mapping(kind: Kind, mapping: Mapping[str, str], columns: Sequence[str]) -> None:
    """Refuse a mapping that names what does not exist or leaves out the name. Raises BadMapping."""
    known = {target.key for target in targets(kind)}
    strange = sorted(set(mapping) - known)
    if strange:
        raise BadMapping(
            _("The register knows nothing of “%(field)s”.") % {"field": strange[0]},
            _("Known: %(known)s.") % {"known": ", ".join(sorted(known))},
            _("Mend the mapping."),
        )
    absent = [column for column in mapping.values() if column not in columns]
    if absent:
        raise BadMapping(
            _("The file has no column “%(column)s”.") % {"column": absent[0]},
            _("The file has: %(columns)s.") % {"columns": ", ".join(columns[:40])},
            _("Was the column renamed? Choose which one it is now."),
        )
    if "name" not in mapping:
        raise BadMapping(
            _("No column was chosen for the name."),
            _("The file has: %(columns)s.") % {"columns": ", ".join(columns[:40])},
            _("Choose the column that says what each row is."),
        )


@dataclass
class Rows:
    """Rows as they were read; everything is by position in them.

    `said` are trimmed texts by target, `values` what was read of them, `facts` those of the kind.
    """

    kind: Kind
    numbers: list[int]
    said: dict[str, list[str | None]]
    values: dict[str, list[Any]] = field(default_factory=dict)
    facts: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[int, list[FieldFault]] = field(default_factory=dict)
    flags: list[list[str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def get(self, key: str) -> list[Any]:
        """A column of values; nothing in every row where it is not mapped."""
        return self.values.get(key) or [None] * len(self)

    def fault(self, at: int, one: FieldFault) -> None:
        """Note why a row cannot be loaded."""
        self.faults.setdefault(at, []).append(one)

    def flag(self, at: int, name: str) -> None:
        """Note what somebody should look at; the row is loaded all the same."""
        if name not in self.flags[at]:
            self.flags[at].append(name)


def read_rows(
    kind: Kind, district: District, numbers: Sequence[int], said: Mapping[str, Iterable[Any]]
) -> Rows:
    """Read columns of texts by target; nothing is looked up in the database."""
    texts = {key: [_trimmed(value) for value in column] for key, column in said.items()}
    rows = Rows(kind, list(numbers), texts)
    rows.flags = [[] for _row in rows.numbers]
    rows.facts = [{} for _row in rows.numbers]
    for key in texts:
        if key.startswith("facts."):
            _read_fact(rows, key.removeprefix("facts."))
    _read_texts(rows)
    _read_points(rows)
    _read_shapes(rows)
    _read_permits(rows)
    _read_codes(rows, district)
    _flag_incomplete(rows)
    rows.values["source_number"] = _identities(rows)
    return rows


def _trimmed(value: Any) -> str | None:
    text = str(value).strip() if value is not None else ""
    return text or None


def _read_fact(rows: Rows, key: str) -> None:
    declared = rows.kind.field(key)
    assert declared is not None  # the mapping was checked
    for at, value in _read_each(rows, f"facts.{key}", declared, lambda raw: read_value(declared, raw)):
        rows.facts[at][key] = value


def _read_each(
    rows: Rows, key: str, declared: Field, read: Callable[[str], Any]
) -> Iterable[tuple[int, Any]]:
    """Each different text is read once; what cannot be read is a fault of its rows."""
    known: dict[str, Any] = {}
    for at, raw in enumerate(rows.said[key]):
        if raw is None:
            continue
        if raw not in known:
            try:
                known[raw] = read(raw)
            except UnreadableError as error:
                known[raw] = FieldFault(declared.key, error.why, says(declared, error, raw))
        value = known[raw]
        if isinstance(value, FieldFault):
            rows.fault(at, value)
        else:
            yield at, value


def _read_texts(rows: Rows) -> None:
    for key in ("name", "address", "party", "unit", "state"):
        if key in rows.said:
            rows.values[key] = [plain(text) if text else "" for text in rows.said[key]]
    words = {"name": _("Name"), "address": _("Address")}
    for key, label in words.items():
        for at, text in enumerate(rows.values.get(key, ())):
            if len(text) > LONGEST[key]:
                values = {"field": label, "longest": LONGEST[key]}
                rows.fault(
                    at, FieldFault(key, "long", _("%(field)s is longer than %(longest)s signs.") % values)
                )
    for at, text in enumerate(rows.values["name"]):
        if not text:
            rows.fault(
                at, FieldFault("name", "missing", _("%(field)s is missing.") % {"field": words["name"]})
            )


_LON, _LAT = Field("lon", "经度", "Longitude", "number"), Field("lat", "纬度", "Latitude", "number")


def _read_points(rows: Rows) -> None:
    """Numbers only; where they lie is told later. What is no place on earth is kept and flagged."""
    for declared in (_LON, _LAT):
        column: list[float | None] = [None] * len(rows)
        if declared.key in rows.said:
            for at, value in _read_each(rows, declared.key, declared, lambda raw: read_value(_LON, raw)):
                column[at] = float(value)
        rows.values[declared.key] = column


def _read_shapes(rows: Rows) -> None:
    """Lines and areas, WKT or GeoJSON; where no point is given, the shape's own stands for it."""
    if "shape" not in rows.said:
        return
    column: list[dict[str, Any] | None] = [None] * len(rows)
    rows.values["shape"] = column
    for at, text in enumerate(rows.said["shape"]):
        try:
            shape = placing.read_shape(rows.kind, text)
        except placing.BadShape as error:
            rows.fault(at, FieldFault("shape", "shape", f"{error.what} {error.why}"))
            continue
        column[at] = placing.drawn(shape)
        if shape is not None and (rows.values["lon"][at] is None or rows.values["lat"][at] is None):
            rows.values["lon"][at], rows.values["lat"][at] = placing.middle_of(shape)


_STARTS = Field("permit_starts_on", "许可（协议）开始日期", "Permit starts on", "date")
_ENDS = Field("permit_ends_on", "许可（协议）截止日期", "Permit ends on", "date")


def _read_permits(rows: Rows) -> None:
    for declared in (_STARTS, _ENDS):
        if declared.key in rows.said:
            column: list[Any] = [None] * len(rows)
            for at, value in _read_each(rows, declared.key, declared, lambda raw: read_value(_STARTS, raw)):
                column[at] = read_date(value)
            rows.values[declared.key] = column
    rows.values["permit_number"] = [(text or "")[:80] for text in rows.said.get("permit_number", ())] or [
        ""
    ] * len(rows)
    pairs = zip(rows.get("permit_starts_on"), rows.get("permit_ends_on"), strict=True)
    for at, (starts, ends) in enumerate(pairs):
        if starts and ends and ends < starts:
            says_ = _("The permit would end on %(last)s, before it begins on %(first)s.")
            rows.fault(
                at, FieldFault("permit_ends_on", "permit_dates", says_ % {"first": starts, "last": ends})
            )


def _read_codes(rows: Rows, district: District) -> None:
    codes = rows.said.get("component_code")
    if codes is not None:
        rows.values["component_code"] = [code or "" for code in codes]
        for at, code in enumerate(codes):
            for fault in components.faults(rows.kind, district, code or ""):
                rows.fault(at, fault)
    for at, code in enumerate(rows.said.get("credit_code", ())):
        for fault in credit_fault((code or "").upper()):
            rows.fault(at, fault)
    for at, phone in enumerate(rows.said.get("phone", ())):
        if phone:
            for fault in read_contact({"phone": phone})[1]:
                rows.fault(at, fault)


def _flag_incomplete(rows: Rows) -> None:
    needed = [one.key for one in rows.kind.fields if one.required]
    for at, facts in enumerate(rows.facts):
        if any(key not in facts for key in needed):
            rows.flag(at, "incomplete")


def _identities(rows: Rows) -> list[str]:
    """By what a row is recognised again: its number in the source, else the row itself.

    Rows with a number or component code of ours are recognised by that.
    """
    said = rows.said.get("source_number") or [None] * len(rows)
    ours = [rows.said[key] for key in ("number", "component_code") if key in rows.said]
    keys = sorted(rows.said)
    found = []
    for at, number in enumerate(said):
        if number is not None:
            found.append(number[: LONGEST["source_number"]])
        elif any(column[at] for column in ours):
            found.append("")
        else:
            whole = "\x1f".join(rows.said[key][at] or "" for key in keys)
            found.append(IDENTITY + hashlib.blake2b(whole.encode(), digest_size=16).hexdigest())
    return found


def name_key(name: str) -> str:
    """A name as doubles are compared: width, case, blanks and marks do not count."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())
