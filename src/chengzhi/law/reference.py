"""The reference page of the law package, made from its data."""

from chengzhi.law import calendars
from chengzhi.law.rules import RULES, Rule
from chengzhi.law.units import Unit


def markdown() -> str:
    """Units, calendars and rules as Markdown, for the reference pages."""
    parts = ["# Rules and clocks", _units(), _calendars(), _rules()]
    return "\n\n".join(parts) + "\n"


def _units() -> str:
    rows = [f"| `{unit}` | {'work hours' if unit.works else 'all hours'} |" for unit in Unit]
    return "\n".join(["## Units", "", "| unit | runs in |", "|---|---|", *rows])


def _calendars() -> str:
    head = [
        "## Calendars",
        "",
        "| key | name | published years | source | checked |",
        "|---|---|---|---|---|",
    ]
    rows = []
    for key in calendars.calendar_keys():
        data = calendars.read(key)
        years = f"{min(data.years)}–{max(data.years)}"
        rows.append(f"| `{key}` | {data.name} | {years} | {data.source} | {data.checked_on} |")
    return "\n".join([*head, *rows])


def _rules() -> str:
    head = [
        "## Rules",
        "",
        "| rule | meaning | from | value | unit | article | source | status | checked |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *(row for rule in RULES.values() for row in _rule(rule))])


def _rule(rule: Rule) -> list[str]:
    return [
        f"| `{rule.path}` | {rule.title} {rule.title_en} | {value.first_day} | {_cell(value.value)} "
        f"| {value.unit} | {_cell(value.article)} | {rule.source} | {value.status} | {value.checked_on} |"
        for value in rule.values
    ]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|")
