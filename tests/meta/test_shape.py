"""Small functions, small files, few parameters: what lets a stranger read the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.meta.sources import modules

MAX_FUNCTION, MAX_FILE, MAX_POSITIONAL = 50, 400, 6

# "path:function" or "path" → why it may be longer. Take an entry out when it no longer offends.
LONG_FUNCTIONS = {"web/shell/problems.py:words_for": "a table of words, no branch"}
LONG_FILES: dict[str, str] = {}
MANY_PARAMETERS = {
    "analytics/engines/duckdb.py:rows": "one scoped question to an engine; every engine takes the same words",
    "analytics/engines/expression.py:rows_sql": "one scoped question to an engine; every engine takes the same words",
    "demo/course.py:_handling": "private, one caller; the draws of one simulated case",
    "jobs/actions.py:_insert": "private, one caller; the columns of one row",
    "ledger/sealing.py:digest_of": "the digest covers exactly these fields, in this order",
    "places/placement.py:_lost": "private; parallel arrays of one vectorised step",
    "reports/nearby.py:_candidates": "private, one caller; the bounds of one query",
    "reports/intake.py:_place_cell": "private, one caller; what the reporter may have said of the place",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, _, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name}:{node.name}", node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [one.arg for one in [*node.args.posonlyargs, *node.args.args]]
    return len([one for one in names if one not in ("self", "cls")])


def test_no_function_is_longer_than_a_page():
    found = {name: length(node) for name, node in functions() if length(node) > MAX_FUNCTION}
    assert not {name: found[name] for name in found.keys() - LONG_FUNCTIONS.keys()}


def test_no_file_is_longer_than_four_hundred_lines():
    found = {name: len(text.splitlines()) for name, text, _ in modules()}
    long = {name: lines for name, lines in found.items() if lines > MAX_FILE}
    assert not {name: long[name] for name in long.keys() - LONG_FILES.keys()}


def test_no_function_takes_more_than_six_things_by_place():
    found = {name: positional(node) for name, node in functions() if positional(node) > MAX_POSITIONAL}
    assert not {name: found[name] for name in found.keys() - MANY_PARAMETERS.keys()}


def test_no_module_has_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}
    assert not [name for name, _, _ in modules() if empty & set(Path(name).with_suffix("").parts)]


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    assert not [
        f"{name}:{number}"
        for name, text, _ in modules()
        for number, line in enumerate(text.splitlines(), 1)
        if words.search(line)
    ]


def test_nothing_prints_past_the_one_place_that_may():
    """What a command reports on stdout is one line of JSON: click writes it, `print` would spoil it."""
    calls = [
        f"{name}:{node.lineno}"
        for name, _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not calls
