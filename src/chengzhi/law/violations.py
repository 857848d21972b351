"""The table of violations by code. Amounts and versions are read by the enforcement area."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def violations() -> Mapping[str, Mapping[str, str]]:
    """Rows of `violations.csv` by code: names, basis, article, sanction, bounds, source, confidence."""
    text = files(__package__).joinpath("violations.csv").read_text("utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}
