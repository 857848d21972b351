"""Every sentence that people read exists in Chinese, and one English sentence has one Chinese one."""

import ast
import io
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.meta.sources import REPOSITORY, modules, text, tracked

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
        if "gettext" not in source and " as _" not in source:
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


def test_no_message_has_two_chinese_versions():
    """Django lays all catalogues over each other: of two versions one wins, on every page."""
    versions = defaultdict(lambda: defaultdict(list))
    for name, book in catalogues().items():
        for one in book:
            if one.id:
                versions[(one.context, first(one.id))][first(one.string)].append(name)
    differing = {key: dict(said) for key, said in versions.items() if len(said) > 1}
    assert not differing, "\n".join(f"{key}: {said}" for key, said in differing.items())


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


# Nobody but who writes the program or its data files can meet these; they stop the start or a test.
PROGRAMMERS = {
    "BadDomain": "a domain file contradicts the catalogue or itself: the program does not start",
    "BadRule": "a rule file lacks its article or unit: tests read every one of them",
    "BadMetric": "an indicator's declaration is not whole: the program does not start",
    "BannedMetric": "somebody declared a figure that must not exist: the program does not start",
    "BrokenLife": "the table of steps contradicts itself: the program does not start",
    "UnboundEffect": "a step's effect has no function: the program does not start",
    "DuplicateJob": "two functions for one job: the program does not start",
    "UnknownPermission": "a misspelt permission in the code: its first test fails",
    "StaleReference": "the generated pages of docs/ are old: for who changes the program",
}


def problems() -> dict[str, ast.ClassDef]:
    """Every class that descends from Problem, by name."""
    classes = [node for _, _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found: dict[str, ast.ClassDef] = {}
    while fresh := [
        one for one in classes
        if one.name not in found and any(called(base) in {"Problem", *found} for base in one.bases)
    ]:  # fmt: skip
        found.update({one.name: one for one in fresh})
    return found


def called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def plain_words(node: ast.expr) -> bool:
    """Whether an argument holds English words that no translation has gone over."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and re.search(r"[A-Za-z]{2}", node.value) is not None
    if isinstance(node, ast.JoinedStr):
        return any(plain_words(part) for part in node.values)
    if isinstance(node, ast.BinOp | ast.IfExp | ast.BoolOp):
        return any(plain_words(part) for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr))
    return False


def test_every_refusal_that_people_see_can_be_said_in_chinese():
    kinds, english = problems(), []
    assert len(kinds) > 100
    for file, _, tree in modules():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = called(call.func)
            if name in kinds and name not in PROGRAMMERS:
                said = (one.value for one in call.keywords if one.arg in ("what", "why", "cure"))
                words = [*call.args, *said]
                english += [f"{file}:{call.lineno} {name}"] * any(plain_words(one) for one in words)
    assert not english, "\n".join(english)


def test_the_exceptions_are_failures_of_the_program():
    kinds = problems()
    assert set(PROGRAMMERS) <= set(kinds)
    for name in PROGRAMMERS:
        status = [
            ast.unparse(line.value) for line in kinds[name].body
            if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None
            and called(line.targets[0] if isinstance(line, ast.Assign) else line.target) == "status"
        ]  # fmt: skip
        assert status == ["500"], name
