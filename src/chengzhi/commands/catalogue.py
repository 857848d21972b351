"""`chengzhi catalogue`: the national list of components and matters, searched and mapped."""

from dataclasses import asdict
from typing import Any

import click

from chengzhi.commands._output import json_option, report
from chengzhi.domains.catalogue import CATALOGUE, Entry

NEWEST, BEFORE = "GB/T 47678.5-2026", "GB/T 30428.2-2013"


@click.group()
def command() -> None:
    """Look up the national catalogue: by code, name, alias, pinyin initials."""


@command.command()
@click.argument("text")
@click.option("--code-set", help=f"For instance “{NEWEST}”; all sets when absent.")
@click.option("--limit", type=click.IntRange(1, 200), default=20)
@json_option
def search(text: str, code_set: str | None, limit: int, as_json: bool) -> None:
    """List entries for TEXT, best first."""
    found = CATALOGUE.search(text, code_set, limit)
    lines = "\n".join(_line(entry) for entry in found) or "Nothing found."
    report(as_json, {"entries": [_shown(entry) for entry in found]}, lines)


@command.command(name="map")
@click.argument("code")
@click.option("--from", "from_set", default=BEFORE, show_default=True)
@click.option("--to", "to_set", default=NEWEST, show_default=True)
@click.option("--kind", type=click.Choice(["matter", "component"]), default="matter")
@json_option
def map_code(code: str, from_set: str, to_set: str, kind: str, as_json: bool) -> None:
    """Say which entry of one code set CODE of another became."""
    mapped = CATALOGUE.map(code, from_set, to_set, kind)
    if mapped is None:
        report(as_json, {"entry": None, "certain": None}, f"{code} has no known successor in {to_set}.")
        return
    sure = "" if mapped.certain else " (the names differ: check)"
    body = {"entry": _shown(mapped.entry), "certain": mapped.certain}
    report(as_json, body, _line(mapped.entry) + sure)


def _shown(entry: Entry) -> dict[str, Any]:
    return asdict(entry)


def _line(entry: Entry) -> str:
    return f"{entry.code_set}  {entry.kind:<9}  {entry.code}  {entry.name}  {entry.name_en}"
