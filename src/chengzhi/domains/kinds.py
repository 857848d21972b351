"""What a domain's file says of its registers (台账): kinds of objects, their facts, permits and lives.

Data only. `chengzhi.registers` keeps the objects and turns a course into a life.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from chengzhi.domains.dates import read_date
from chengzhi.domains.numerals import read_decimal
from chengzhi.domains.words import Word

FieldType = Literal["text", "number", "date", "choice", "flag"]
PlaceKind = Literal["point", "line", "area", "body"]

PARTY_KINDS: Mapping[str, Word] = MappingProxyType(
    {
        word.key: word
        for word in (
            Word("shop", "商户", "Shop"),
            Word("stallholder", "摊主", "Stallholder"),
            Word("site", "建设（施工）单位", "Building site"),
            Word("haulier", "运输单位", "Haulier"),
            Word("advertiser", "广告主", "Advertiser"),
            Word("property_manager", "物业单位", "Property manager"),
            Word("contractor", "承包单位", "Contractor"),
            Word("owner", "所有人", "Owner"),
        )
    }
)
"""Who may answer for an object, by key."""

COMPONENT_STATUS: Mapping[str, Word] = MappingProxyType(
    {
        word.key: word
        for word in (
            Word("intact", "完好", "Intact"),
            Word("damaged", "破损", "Damaged"),
            Word("lost", "丢失", "Lost"),
            Word("abandoned", "废弃", "Abandoned"),
            Word("removed", "移除", "Removed"),
        )
    }
)
"""Status of a component, GB/T 47678.5-2026 table 2 (transcription, unverified)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a kind of object.

    Attributes
    ----------
    type : "text", "number", "date", "choice" or "flag".
    unit : of a number. least, most : what a number may be at all; beyond is a mistake, not a finding.
    required : an object is not complete without it (an import still keeps it, flagged).
    public : may stand on the object's public card.
    """

    key: str
    name: str
    name_en: str
    type: FieldType = "text"
    unit: str = ""
    choices: tuple[Word, ...] = ()
    least: float | None = None
    most: float | None = None
    required: bool = False
    public: bool = False

    def words(self, language: str) -> str:
        """The label in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


@dataclass(frozen=True, slots=True)
class Term:
    """A term that runs by law from a day of the object: the fact that holds the day, the rule that says
    for how many calendar days, and the rule for the one extension. The first day is not counted."""

    field: str
    days: str
    extension: str


@dataclass(frozen=True, slots=True)
class PermitKind:
    """A permit (许可) or an agreement (协议) an object needs; or, with `term`, for how long it may be held."""

    name: str
    name_en: str
    agreement: bool = False
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A step of a kind's own course; `chengzhi.registers.lives` makes a lifecycle step of it.

    `wants` and `optional` name facts known to `chengzhi.registers.facts`; `needs` its checks.
    `sets` are pairs (stated fact, field of the kind that keeps it); `clears` what the step empties:
    "party" (with the permits of that party) or fields of the kind. `checklist` is the one of which
    the check `safety_checked` wants a passed visit.
    """

    name: str
    label: str
    label_en: str
    before: tuple[str, ...]
    after: str | None
    sentence: str
    sentence_en: str
    by: str = "register.edit"
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    article: str = ""
    undo: bool = True
    final: bool = False
    sets: tuple[tuple[str, str], ...] = ()
    clears: tuple[str, ...] = ()
    checklist: str = ""


@dataclass(frozen=True)
class Course:
    """A life of its own: states with Chinese and English names, where it starts and ends, its turns.

    `live` are the states in which the object stands in the street: it is drawn on the map, may be
    inspected and counted.
    """

    states: Mapping[str, tuple[str, str]]
    start: str
    ends: frozenset[str]
    live: frozenset[str]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of registered object.

    Attributes
    ----------
    key : unique over all domains. prefix : begins its register numbers.
    place : whether it is a point, a line, an area or a body.
    party : kind of the party that answers for it, a key of PARTY_KINDS, or None.
    permit : what it needs to stand there, or None.
    checklists : keys of the domain's checklists that inspect it.
    components : component codes of the national list it may carry (17-digit codes begin with them).
    business : checks of it are visits to a business: approval, notice and a cap apply.
    case_types : matters its QR code and its page offer first.
    public : whether it has a public card.
    hours : keys of the two text facts (HH:MM) between which it is open every day; with them the kind
        has a public list "open now, nearest" without an account.
    sensitive : never on a public page or open data, whatever else is set.
    course : its own life; None for the common one.
    """

    key: str
    name: str
    name_en: str
    prefix: str
    place: PlaceKind
    fields: tuple[Field, ...] = ()
    party: str | None = None
    permit: PermitKind | None = None
    checklists: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    case_types: tuple[str, ...] = ()
    photo_points: bool = True
    business: bool = False
    public: bool = True
    sensitive: bool = False
    hours: tuple[str, str] | None = None
    course: Course | None = None
    _by_key: dict[str, Field] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_key.update({one.key: one for one in self.fields})

    def field(self, key: str) -> Field | None:
        """A fact by key."""
        return self._by_key.get(key)

    def words(self, language: str) -> str:
        """The kind's name in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


class UnreadableError(ValueError):
    """A value that is no value of its field; `why` is a key: number, date, choice, flag, range, long, control."""

    def __init__(self, why: str, **names: Any) -> None:
        super().__init__(why)
        self.why = why
        self.names = names


_YES = frozenset({"1", "true", "yes", "y", "on", "是", "有", "√"})
_NO = frozenset({"0", "false", "no", "n", "off", "否", "无", "×"})
LONGEST = 500


def read_value(one: Field, value: Any) -> Any:
    """The value in its own type, JSON-ready (dates as ISO text); None for nothing. Raises UnreadableError."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    return _READERS[one.type](one, value)


def _text(one: Field, value: Any) -> str:
    text = str(value).strip()
    if any(ord(sign) < 32 and sign != "\n" for sign in text):
        raise UnreadableError("control")
    if len(text) > LONGEST:
        raise UnreadableError("long", longest=LONGEST)
    return text


def _number(one: Field, value: Any) -> float:
    found = read_decimal(value)
    if found is None:
        raise UnreadableError("number")
    number = float(found)
    if (one.least is not None and number < one.least) or (one.most is not None and number > one.most):
        raise UnreadableError("range", least=one.least, most=one.most)
    return int(number) if number.is_integer() else number


def _date(one: Field, value: Any) -> str:
    found = read_date(value)
    if found is None:
        raise UnreadableError("date")
    return found.isoformat()


def _choice(one: Field, value: Any) -> str:
    said = str(value).strip()
    for word in one.choices:
        if said in (word.key, word.name) or said.lower() == word.name_en.lower():
            return word.key
    raise UnreadableError("choice", known="、".join(word.name for word in one.choices))


def _flag(one: Field, value: Any) -> bool:
    said = str(value).strip().lower()
    if isinstance(value, bool) or said in _YES | _NO:
        return value if isinstance(value, bool) else said in _YES
    raise UnreadableError("flag")


_READERS = {"text": _text, "number": _number, "date": _date, "choice": _choice, "flag": _flag}
