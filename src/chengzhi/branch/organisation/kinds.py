"""The kinds of practice rules: which parameters each has. A pack is checked against them."""

from collections.abc import Mapping
from typing import Any

PER = ("month", "quarter", "year")
_COUNTS = ("over", "under", "times", "formal_min", "joint_units_max", "normal_max", "project_months", "least",
           "usual_most", "most", "term_years", "term_years_village")  # fmt: skip

# kind → parameters that must be there
KINDS: Mapping[str, tuple[str, ...]] = {
    "establishment": ("formal_min",),
    "committee": ("formal_min", "least", "most"),
    "frequency": ("times", "per", "form", "body_kinds"),
    "quorum": ("over", "under"),
    "passes": ("over", "under"),
    "cap": ("over", "under"),
    "term": ("most", "unit"),
    "hours": ("least", "unit"),
    "notice": ("unit", "when"),
    "alert": ("least", "unit"),
    "steps": ("steps",),
    "grades": ("grades",),
    "exemption": ("reasons",),
    "principle": (),
}


def check_parameters(kind: str, parameters: Mapping[str, Any]) -> str:
    """What is wrong with the parameters of a rule; empty when nothing is."""
    if kind not in KINDS:
        return f"kind: {kind}"
    missing = [name for name in KINDS[kind] if name not in parameters]
    if missing:
        return f"parameters: {', '.join(missing)}"
    if parameters.get("per", "month") not in PER:
        return f"per: {parameters['per']}"
    bad = [name for name in _COUNTS if not _count(parameters.get(name))]
    return f"{', '.join(bad)}: not a whole number above 0" if bad else ""


def _count(value: Any) -> bool:
    """Nothing said, or a whole number above 0."""
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)
