"""Finds entries of the catalogue by what people type: a code, a name, its initials, a byword."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chengzhi.domains.entries import NATIONAL_2007, NATIONAL_2013, NATIONAL_2026, Entry, kind_of, read_table


@dataclass(frozen=True, slots=True)
class _Words:
    """Everything one entry may be found by, in lower case."""

    entry: Entry
    name: str
    english: str
    initials: str
    spelled: str
    aliases: tuple[str, ...]

    def rank(self, text: str) -> int | None:
        """How well `text` fits: 0 best, None not at all."""
        code = self.entry.code.lower()
        tests = (
            code == text and text.isdigit(),
            text in (self.name, self.name.removesuffix("异常")) or text in self.aliases,
            code.startswith(text) and text.isdigit(),
            self.name.startswith(text),
            self.initials == text,
            text in self.name or any(text in alias for alias in self.aliases),
            self.initials.startswith(text),
            self.english.startswith(text),
            text in self.english,
            text in self.initials and len(text) > 1,
            text in self.spelled and len(text) > 2,
        )
        return next((place for place, fits in enumerate(tests) if fits), None)


_SETS_FIRST = {NATIONAL_2026: 0, NATIONAL_2013: 1, NATIONAL_2007: 2}


class Index:
    """The words of a catalogue. Entries of the newest national set come first among equals."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        bywords = _aliases()
        self._words = [_words(entry, bywords) for entry in entries]

    def find(self, text: str) -> Iterator[Entry]:
        """Entries that fit `text`, best first; none for an empty text."""
        wanted = text.strip().lower()
        if not wanted:
            return
        ranked = ((words.rank(wanted), words) for words in self._words)
        found = [
            (
                rank,
                _SETS_FIRST.get(words.entry.code_set, len(_SETS_FIRST)),
                words.entry.kind == "component",
                at,
            )
            for at, (rank, words) in enumerate(ranked)
            if rank is not None
        ]
        for *_, at in sorted(found):
            yield self._words[at].entry


def _aliases() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in read_table("aliases.csv"):
        key = (kind_of(row["kind"]), row["code"])
        found[key] = (*found.get(key, ()), row["alias"].lower())
    return found


def _words(entry: Entry, bywords: dict[tuple[str, str], tuple[str, ...]]) -> _Words:
    aliases = bywords.get((entry.kind, entry.code), ())
    syllables = _syllables(entry.name)
    return _Words(
        entry=entry,
        name=entry.name.lower(),
        english=entry.name_en.lower(),
        initials="".join(syllable[0] for syllable in syllables),
        spelled="".join(syllables),
        aliases=aliases if entry.code_set == NATIONAL_2026 else (),
    )


@lru_cache(maxsize=4096)
def _syllables(name: str) -> Sequence[str]:
    """Pinyin of the name's characters without tones; punctuation is left out."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries are large: only when searching

    parts = lazy_pinyin(name, style=Style.NORMAL, errors="default")
    return tuple(part.lower() for part in parts if part[:1].isalnum())
