"""A plan registered before the start: what is measured how, and an order drawn by lot.

JSON with `version` 1, `registered_on`, `outcome`, `method`, `control`, `seed`, `units`, `starts`
([{"from": time, "units": how many}]), `order` ({unit: first time or null}) and `hash`: SHA-256 in hex of the
UTF-8 JSON of all else with sorted keys, no spaces and no escapes. The lot: units in the order of
SHA-256("seed:unit"); the first start takes the first units, and so on; who is left stays untreated.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chengzhi.errors import sentence as _
from chengzhi.outcomes.effects.panel import NEVER_TREATED, Panel
from chengzhi.outcomes.effects.problems import LatePlan, PlanBroken, PlanChanged, UnreadablePlan

VERSION = 1
FIELDS = {
    "version": int, "registered_on": str, "outcome": str, "method": str, "seed": int, "units": list,
    "starts": list, "order": dict, "hash": str,
}  # fmt: skip


def draw(units: Sequence[str], starts: Sequence[dict[str, Any]], seed: int) -> dict[str, str | None]:
    """The order by lot: unit → first time or None; the same for the same seed on any machine."""
    mixed = sorted(units, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())
    times = [str(one["from"]) for one in starts for _place in range(int(one["units"]))]
    return dict(zip(mixed, [*times, *[None] * (len(mixed) - len(times))], strict=False))


def digest(plan: dict[str, Any]) -> str:
    """The hash of a plan without its hash."""
    rest = {key: value for key, value in plan.items() if key != "hash"}
    said = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def register(
    *, on: date, outcome: str, method: str, units: Sequence[str], starts: Sequence[dict[str, Any]], seed: int,
    control: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A plan with its order drawn and its hash; publish it before the start."""
    plan = {
        "version": VERSION, "registered_on": on.isoformat(), "outcome": outcome, "method": method,
        "control": control, "seed": seed, "units": sorted(units), "starts": list(starts),
        "order": draw(units, starts, seed),
    }  # fmt: skip
    return plan | {"hash": digest(plan)}


def load(path: Path) -> dict[str, Any]:
    """Read a plan and check its hash.

    Raises
    ------
    UnreadablePlan, PlanChanged: as they say.
    """
    try:
        plan = json.loads(path.read_text("utf-8"))
        whole = isinstance(plan, dict) and all(isinstance(plan.get(k), v) for k, v in FIELDS.items())
        sound = whole and plan["version"] == VERSION and date.fromisoformat(plan["registered_on"])
        sound = sound and all({"from", "units"} <= set(one) for one in plan["starts"])
    except (ValueError, TypeError, OSError):
        sound = False
    if not sound:
        raise UnreadablePlan(
            _("The registered plan cannot be read."),
            _("It is JSON with the keys %(keys)s.", keys=", ".join(FIELDS)),
            _("Give the file as it was registered."),
        )
    if digest(plan) != plan["hash"]:
        raise PlanChanged(
            _("The plan is not the one that was registered."),
            _("Its hash does not belong to its content."),
            _("Give the file as it was registered."),
        )
    return dict(plan)


def verify(plan: dict[str, Any], panel: Panel, method: str, control: str | None) -> None:
    """Check that the table and the question are what the plan says.

    Raises
    ------
    PlanBroken, LatePlan: as they say.
    """
    if plan["order"] != draw(plan["units"], plan["starts"], plan["seed"]):
        raise _broken(_("The order is not the one that the lot gives for its seed."))
    if plan["outcome"] != panel.columns.outcome:
        raise _broken(_("The plan names another outcome: %(name)s.", name=plan["outcome"]))
    if plan["method"] != method or plan.get("control") not in (None, control):
        raise _broken(_("The plan names another method: %(name)s.", name=plan["method"]))
    happened = {
        unit: None if first == NEVER_TREATED else panel.times[first]
        for unit, first in zip(panel.units, panel.first.tolist(), strict=True)
    }
    drawn = {unit: time if time in panel.times else None for unit, time in plan["order"].items()}
    if happened != drawn:
        raise _broken(_("Units or their first treated times differ from the order drawn."))
    _refuse_late(plan)


def _refuse_late(plan: dict[str, Any]) -> None:
    for one in plan["starts"]:
        text = str(one["from"])
        try:
            start = date.fromisoformat(text[:10] if len(text) > 7 else f"{text}-01")
        except ValueError:
            continue
        if date.fromisoformat(plan["registered_on"]) >= start:
            raise LatePlan(
                _(
                    "The plan was registered on %(day)s, not before the first start.",
                    day=plan["registered_on"],
                ),
                _("A plan made afterwards can be chosen by its result."),
                _("Leave out --registered; the grade is then at most B."),
            )


def _broken(why: Any) -> PlanBroken:
    return PlanBroken(
        _("The table is not what was registered."),
        why,
        _("Leave out --registered; the grade is then at most B."),
    )
