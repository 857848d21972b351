"""Addresses and names in one spelling, so that what people write finds what the pack holds."""

import re
import unicodedata

_ENGLISH = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "place": "pl",
    "square": "sq", "drive": "dr", "lane": "ln", "court": "ct", "terrace": "ter", "parkway": "pkwy",
    "highway": "hwy", "saint": "st", "north": "n", "south": "s", "east": "e", "west": "w",
    "mount": "mt",
}  # fmt: skip
_NOT_WORD = re.compile(r"[^\w一-鿿]+")
_CHINESE = re.compile(r"[一-鿿]")
_BETWEEN_CHINESE = re.compile(r"(?<=[一-鿿]) (?=[一-鿿])")
# What names of places end with and people leave out.
_OFFICE = re.compile(r"(居民委员会|居委会|(?<=村)民委员会|(?<=村)委会|办事处)$")
_ENDINGS = re.compile(r"(街道|社区|大道)$")


def normal(text: str) -> str:
    """NFKC, lower case, punctuation to blanks, English street words shortened."""
    plain = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()
    words = [_ENGLISH.get(word, word) for word in plain.split()]
    return _BETWEEN_CHINESE.sub("", " ".join(words))


def without_office(text: str) -> str:
    """The place a committee is named after: 柳工社区居委会 → 柳工社区, 基隆村委会 → 基隆村."""
    return _OFFICE.sub("", text)


def short(text: str) -> str:
    """A normal name without the ending people leave out; itself when too little is left."""
    stem = _ENDINGS.sub("", without_office(text))
    return stem if len(stem) >= 2 else text


def is_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return bool(_CHINESE.search(text))


def contains(text: str, name: str) -> bool:
    """Whether a name stands in a text: anywhere for Chinese, as whole words for others."""
    if is_chinese(name):
        return name in text
    return f" {name} " in f" {text} "


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters, blanks left out."""
    packed = text.replace(" ", "")
    return frozenset(packed[i : i + 2] for i in range(len(packed) - 1))


def alike(a: frozenset[str], b: frozenset[str]) -> float:
    """Shared pairs over all pairs (Jaccard), 0 to 1."""
    return len(a & b) / len(a | b) if a and b else 0.0
