"""What a command reports: one line of JSON for programs, or text for people."""

import json
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def json_option(function: F) -> F:
    """Adds `--json`, passed to the command as `as_json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON on stdout.")
    return option(function)


def report(ctx_json: bool, obj: dict[str, Any], text: str) -> None:
    """Print `obj` as exactly one line of JSON, or `text`; all else belongs on stderr."""
    if ctx_json:
        click.echo(json.dumps(plain(obj), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(text)


def plain(value: Any) -> Any:
    """The same with JSON's own types only; numbers that are not finite become null."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):  # a numpy scalar
        return plain(value.item())
    return str(value)


def progress(text: str) -> None:
    """A sentence for the person who waits; never on stdout."""
    click.echo(text, err=True)
