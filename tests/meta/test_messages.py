"""Every sentence that people read exists in Chinese, and one English sentence has one Chinese one."""

import io
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.meta.sources import REPOSITORY, text, tracked

Key = tuple[str | None, str]
WORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip


def catalogues() -> dict[str, Catalog]:
    names = [name for name in tracked() if name.name == "django.po" and "zh_Hans" in name.parts]
    assert len(names) > 10
    return {str(name): read_po(io.BytesIO((REPOSITORY / name).read_bytes())) for name in names}


def first(words: object) -> str:
    return str(words[0] if isinstance(words, tuple | list) else words)


def known() -> set[Key]:
    return {(one.context, first(one.id)) for book in catalogues().values() for one in book if one.id}


def used() -> Iterator[tuple[str, Key]]:
    """Every message in code and templates: (file, (context, English))."""
    for name in tracked():
        if name.parts[:2] != ("src", "chengzhi") or name.suffix not in (".py", ".html", ".txt"):
            continue
        source = text(name) if name.suffix == ".py" else templatize(text(name))
        if "gettext" not in source:
            continue
        for _, words, _, context in extract("python", io.BytesIO(source.encode()), keywords=WORDS):
            if first(words):
                yield str(name), (context, first(words))


def test_no_catalogue_leaves_a_message_open():
    open_ones = [
        (name, first(one.id))
        for name, book in catalogues().items()
        for one in book
        if one.id and (one.fuzzy or not all([one.string] if isinstance(one.string, str) else one.string))
    ]
    assert not open_ones


def test_a_catalogue_with_plurals_says_how_chinese_counts():
    """Without the header “%(n)s cases” stays English for every n but 1."""
    silent = [
        name
        for name, book in catalogues().items()
        if any(isinstance(one.id, tuple | list) for one in book) and book.num_plurals != 1
    ]
    assert not silent


def test_every_message_in_use_has_chinese_words():
    have, missing = known(), defaultdict(set)
    messages = list(used())
    assert len(messages) > 1000
    for name, key in messages:
        if key not in have:
            missing[name].add(key)
    assert not missing, "\n".join(f"{name}: {sorted(keys, key=str)}" for name, keys in missing.items())


def test_the_named_values_of_a_message_survive_translation():
    """“%(n)s” or “{n}” lost in one language is a broken sentence, or a failure while writing it."""
    broken = [
        (name, first(one.id))
        for name, book in catalogues().items()
        for one in book
        if one.id and one.string and places(one.id) != places(one.string)
    ]
    assert not broken


def places(words: object) -> set[str]:
    every = " ".join(words) if isinstance(words, tuple | list) else str(words)
    return set(re.findall(r"%\(\w+\)|(?<![{%])\{\w*\}", every))


@pytest.mark.parametrize("folder", ["notices", "pipeline", "reports", "cases", "web/public", "web/account"])
def test_each_area_that_speaks_has_its_own_words(folder):
    assert f"src/chengzhi/{folder}/locale/zh_Hans/LC_MESSAGES/django.po" in catalogues()
