"""What a district has set for a rule in place of the shipped value."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def own_value(settings: Mapping[str, Any], name: str, day: date) -> Any:
    """What a district has set for a rule on a day; None where the shipped value counts.

    `settings["rules"][name]` is the value itself, or dated ones: `[{"from": "2026-04-01", "value": 3}, …]`,
    of which None goes back to the shipped value.
    """
    said = settings.get("rules", {}).get(name)
    if not isinstance(said, list):
        return said
    begun = [row for row in said if row["from"] <= day.isoformat()]
    return max(begun, key=lambda row: row["from"])["value"] if begun else None
