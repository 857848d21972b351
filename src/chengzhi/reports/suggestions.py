"""Which case types somebody may mean, from a few words, pinyin or a code.

Small on purpose: a district has a few hundred types, held in process and scored one by one
(well under a millisecond). Learning from corrections belongs to a later area.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from threading import Lock

from django.db.models import Q
from pypinyin import Style, lazy_pinyin

from chengzhi.cases.models import CaseType
from chengzhi.domains.entries import NATIONAL_2026, kind_of, read_table

REFRESH_SECONDS = 60.0
_WORD = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
# Words too common in reports to tell one type from another.
_EMPTY = frozenset(
    [
        "the",
        "and",
        "for",
        "has",
        "was",
        "are",
        "not",
        "there",
        "with",
        "this",
        "that",
        "here",
        "from",
        "near",
        "street",
        "road",
    ]
)
_EMPTY_PAIRS = frozenset(["这里", "那里", "一个", "有人", "没有", "问题", "附近", "门口", "路口", "已经"])


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One case type as it is found: its names, and the pieces it is found by."""

    id: int
    code: str
    name: str
    name_en: str
    domain: str
    pairs: frozenset[str]
    words: frozenset[str]
    pinyin: str
    initials: str
    aliases: tuple[str, ...] = ()


def _stem(word: str) -> str:
    """`lights`, `lighting` and `light` are one; enough for nouns of the street."""
    for ending in ("ing", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words_of(text: str) -> frozenset[str]:
    """Stemmed Latin words of at least two letters."""
    found = _WORD.findall(text.lower())
    return frozenset(_stem(word) for word in found if word not in _EMPTY)


def pairs_of(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters."""
    runs = _HAN.findall(text)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return frozenset(pairs - _EMPTY_PAIRS)


def entry(row: CaseType, aliases: Iterable[str] = ()) -> TypeEntry:
    """Make a type findable by names, aliases, pinyin and code."""
    zh = " ".join([row.name, *aliases])
    return TypeEntry(
        id=row.pk,
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        domain=row.domain,
        pairs=pairs_of(zh),
        words=words_of(" ".join([row.name_en, *aliases])),
        pinyin="".join(lazy_pinyin(row.name)).lower(),
        initials="".join(lazy_pinyin(row.name, style=Style.FIRST_LETTER)).lower(),
        aliases=tuple(aliases),
    )


def score(found: TypeEntry, text: str) -> float:
    """0 when nothing fits; the share of the type's own pieces that were said, plus exact hits."""
    plain = text.strip().lower()
    total = 0.0
    if plain == found.code.lower():
        return 10.0
    if found.name in text or (found.name_en and found.name_en.lower() in plain):
        total += 3.0
    if any(alias in plain for alias in found.aliases):
        total += 2.5
    total += 2.0 * _share(found.pairs, pairs_of(text)) + 2.0 * _share(found.words, words_of(text))
    if plain.isascii() and plain.isalpha() and len(plain) >= 2:
        total += _pinyin_score(found, plain)
    return total


def _share(own: frozenset[str], said: frozenset[str]) -> float:
    hits = len(own & said)
    return 0.0 if not hits else hits / (len(own) + 1) + 0.2 * hits


def _pinyin_score(found: TypeEntry, plain: str) -> float:
    if found.initials.startswith(plain) or found.pinyin.startswith(plain):
        return 2.0
    return 1.0 if plain in found.initials or (len(plain) > 3 and plain in found.pinyin) else 0.0


def suggest(text: str, entries: Iterable[TypeEntry], *, limit: int = 3) -> list[TypeEntry]:
    """The best fitting types, best first; none when nothing fits."""
    scored = [(score(found, text), found) for found in entries]
    good = [pair for pair in scored if pair[0] > 0]
    good.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [found for _points, found in good[:limit]]


_known: dict[int, tuple[float, tuple[TypeEntry, ...]]] = {}
_domains: dict[int, tuple[float, dict[int, str]]] = {}
_codes: dict[int, tuple[float, dict[str, int]]] = {}
_lock = Lock()


def types_of(district_id: int) -> tuple[TypeEntry, ...]:
    """The public case types of a district, remembered for REFRESH_SECONDS."""
    known = _known.get(district_id)
    if known and known[0] > time.monotonic():
        return known[1]
    rows = CaseType.objects.filter(Q(valid_to__isnull=True), district_id=district_id, public=True)
    entries = tuple(entry(row, _aliases(row)) for row in rows)
    with _lock:
        _known[district_id] = (time.monotonic() + REFRESH_SECONDS, entries)
    return entries


@cache
def _bywords() -> dict[tuple[str, str], tuple[str, ...]]:
    """What people say instead of a name of the national catalogue, by kind and code."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in read_table("aliases.csv"):
        key = (kind_of(row["kind"]), row["code"])
        found[key] = (*found.get(key, ()), row["alias"])
    return found


def _aliases(row: CaseType) -> tuple[str, ...]:
    if row.code_set != NATIONAL_2026:
        return ()
    return _bywords().get((kind_of(row.kind), row.code), ())


def domains_of_types(district_id: int) -> dict[int, str]:
    """Every type in force of a district with its domain, remembered for REFRESH_SECONDS."""
    known = _domains.get(district_id)
    if known and known[0] > time.monotonic():
        return known[1]
    rows = CaseType.objects.filter(district_id=district_id, valid_to__isnull=True)
    found = dict(rows.values_list("pk", "domain"))
    with _lock:
        _domains[district_id] = (time.monotonic() + REFRESH_SECONDS, found)
    return found


def type_of_code(district_id: int, code: str) -> int | None:
    """The type in force with this code, a matter before a component; remembered like the others."""
    known = _codes.get(district_id)
    if known is None or known[0] <= time.monotonic():
        rows = CaseType.objects.filter(district_id=district_id, valid_to__isnull=True)
        pairs = list(rows.order_by("kind").values_list("code", "pk", "kind"))
        pairs.sort(key=lambda row: row[2] != "component")  # later ones win
        known = (time.monotonic() + REFRESH_SECONDS, {code: pk for code, pk, _kind in pairs})
        with _lock:
            _codes[district_id] = known
    return known[1].get(code)


def forget_types() -> None:
    """Drop what is remembered (tests; after types were edited)."""
    with _lock:
        _known.clear()
        _domains.clear()
        _codes.clear()
