"""Numbers of laws and standards are data with article and day (YAML, CSV); code only reads them."""

import ast
import re

from tests.meta.sources import modules

AREAS = ("cases/", "lifecycle/", "outcomes/", "reports/", "analytics/", "law/", "domains/", "web/", "api/")
# A name that promises a limit of the law; technical ones (bytes, rows, pixels) are other names.
PROMISES = re.compile(
    r"(^|_)(DEADLINE|DUE|LIMIT|HOURS|DAYS|WORKDAYS|MONTHS|EXTENSIONS?|SUSPENSIONS?|WEIGHTS?|GRADES?|THRESHOLDS?"
    r"|SAMPLE|FINE|PENALTY|APPEALS?|REWORK)(_|$)"
)
# name → why this number is no rule of law or standard. Take an entry out with its number.
OWN = {
    "domains/beside.py:days": "how far back the demand map looks; said on it",
    "reports/prepared.py:THRESHOLD": "runs after which the server keeps a plan",
    "reports/queries.py:days": "span of the public page's figures, written beside them",
    "reports/retention.py:DEFAULT_DAYS": "no law names a number; a district states its own in its pack",
    "web/desk_case/nearby.py:DAYS": "how much of the neighbourhood one page shows; decides nothing",
    "web/manage/messages.py:SAMPLE": "made-up values for the preview of a message",
    "web/manage/routing.py:HINT_DAYS": "how far back the page looks for repeated corrections; said on it",
    "web/public/pages.py:FRESH_DAYS": "when the public page says that its data are old",
    "web/rounds/instruments.py:SOON_DAYS": "how early the page warns that a calibration runs out; decides nothing",
    "web/rounds/limits.py:LOOK_BACK_DAYS": "readings the preview counts with the new limit; said on it",
    "web/rounds/planning.py:USUAL_DAYS": "what the form of a round begins with; the planner changes it",
    "web/shell/wording.py:FAR_DAYS": "from here on a date says more than a distance",
}
# The size of a page or of a list is called `limit` too; it is no limit of the law.
PAGE_SIZE = "limit"
SMALL = {0, 1, -1}


def constants() -> dict[str, ast.expr]:
    """Module constants and keyword defaults whose name promises a limit and whose value is a number."""
    found: dict[str, ast.expr] = {}
    for name, _, tree in modules():
        if not name.startswith(AREAS):
            continue
        for node in ast.walk(tree):
            for target, value in named(node):
                if target != PAGE_SIZE and PROMISES.search(target.upper()) and numbers(value) - SMALL:
                    found[f"{name}:{target}"] = value
    return found


def named(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """What a node gives a name to: assignments at any level, keyword arguments, defaults."""
    if isinstance(node, ast.Assign):
        return [(one.id, node.value) for one in node.targets if isinstance(one, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return [(node.target.id, node.value)]
    if isinstance(node, ast.arguments):
        pairs = zip(node.kwonlyargs, node.kw_defaults, strict=True)
        late = zip(
            [*node.posonlyargs, *node.args][-len(node.defaults) or None :], node.defaults, strict=False
        )
        return [(one.arg, value) for one, value in [*pairs, *late] if value]
    return []


def numbers(value: ast.expr) -> set[float]:
    """Plain numbers in an expression; a dict or a call of ours counts with all it holds."""
    if isinstance(value, ast.Constant | ast.Dict | ast.Tuple | ast.List | ast.BinOp) or _is_span(value):
        return {
            node.value
            for node in ast.walk(value)
            if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        }
    return set()


def _is_span(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id in ("timedelta", "Limit", "Decimal")
    )


def test_no_limit_of_a_standard_is_written_in_code():
    found = {name: ast.unparse(value)[:60] for name, value in constants().items()}
    assert not {name: found[name] for name in found.keys() - OWN.keys()}


def test_no_limit_object_is_made_of_a_number_in_code():
    """`Limit(4, …)` belongs into a rule file or a domain's conditions, where its article stands."""
    found = [
        f"{name}:{node.lineno}"
        for name, _, tree in modules()
        # Warming reckons with a made-up limit and throws the result away.
        if name.startswith(AREAS) and not name.startswith("domains/") and name != "api/warming.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Limit"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert not found


def test_the_heuristic_would_find_one():
    tree = ast.parse("HANDLING_DAYS = 7\ndef f(*, limit_hours=4): ...\nDUE = timedelta(hours=2)\nROWS = 50")
    hits = {
        target
        for node in ast.walk(tree)
        for target, value in named(node)
        if PROMISES.search(target.upper()) and numbers(value) - SMALL
    }
    assert hits == {"HANDLING_DAYS", "limit_hours", "DUE"}
