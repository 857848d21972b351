"""How a district evaluates on a day: the rules as shipped, overlaid by its own dated decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from chengzhi.analytics.metric import Options, Subject
from chengzhi.analytics.metrics import METRICS
from chengzhi.errors import Problem
from chengzhi.law.rules import RULES
from chengzhi.outcomes.points import Steps

AREA_WEIGHTS = ("presumed_40", "printed_10")
DEPARTMENT_WEIGHTS = ("department_weights", "jinniu_weights")


class BadSetting(Problem):
    """A weight, step or choice that cannot be used."""

    code: ClassVar[str] = "bad_evaluation_setting"
    status: ClassVar[int] = 422


@dataclass(frozen=True)
class Scheme:
    """Everything that turns counts into points, composites and grades.

    weights : subject -> indicator -> weight. area_points : area class -> bands.
    department_points : group -> bands ("" is every group without its own). groups : unit code -> group.
    """

    options: Options
    weights: Mapping[Subject, Mapping[str, float]]
    area_points: Mapping[str, Steps]
    department_points: Mapping[str, Steps]
    groups: Mapping[str, str]
    post_points: Steps
    grades: Steps
    minimum_cases: int
    minimum_holders: int
    chosen: Mapping[str, Any] = field(default_factory=dict)


def _bad(what: str, cure: str = "") -> BadSetting:
    return BadSetting(what, _("Nothing was changed."), cure)


def _weights(subject: Subject) -> Callable[[Any], None]:
    known = {m.indicator for m in METRICS.values() if m.subject is subject}

    def check(value: Any) -> None:
        if not isinstance(value, dict) or not value:
            raise _bad(_("Weights must be given for at least one indicator."))
        unknown = set(value) - known
        if unknown:
            raise _bad(
                _("There is no indicator %(names)s.") % {"names": ", ".join(sorted(unknown))},
                _("Use %(names)s.") % {"names": ", ".join(sorted(known))},
            )
        numbers = list(value.values())
        if any(isinstance(n, bool) or not isinstance(n, int | float) or not 0 <= n <= 1 for n in numbers):
            raise _bad(_("Each weight must be a number from 0 to 100 %."))
        if abs(sum(numbers) - 1) > 1e-9:
            raise _bad(
                _("The weights add up to %(sum)s.") % {"sum": f"{sum(numbers):.0%}"},
                _("Make them add up to 100 %."),
            )

    return check


def _choice(*offered: str) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in offered:
            raise _bad(_("That choice is not offered."), _("Use %(names)s.") % {"names": ", ".join(offered)})

    return check


def check_steps(value: Any) -> None:
    """Bands begin at 0, ascend, and give 0 to 100 points. Raises BadSetting."""
    if not isinstance(value, list) or not value:
        raise _bad(_("At least one band is needed."))
    try:
        starts = [int(step["from"]) for step in value]
        points = [float(step["points"]) for step in value]
    except (TypeError, KeyError, ValueError):
        raise _bad(_("A band is a number of cases and its points.")) from None
    if starts[0] != 0 or starts != sorted(set(starts)):
        raise _bad(_("The bands must begin at 0 and ascend."))
    if any(not 0 <= p <= 100 for p in points):
        raise _bad(_("Points lie between 0 and 100."))


def _step_map(value: Any) -> None:
    if not isinstance(value, dict) or not value:
        raise _bad(_("Bands are given per class or group."))
    for steps in value.values():
        check_steps(steps)


def _groups(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise _bad(_("Groups are given as department code and group name."))


def _at_least(least: int) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 100_000:
            raise _bad(_("A whole number of at least %(n)d is needed.") % {"n": least})

    return check


CHECKS: Mapping[str, Callable[[Any], None]] = {
    "area_weights_choice": _choice(*AREA_WEIGHTS),
    "department_weights_choice": _choice(*DEPARTMENT_WEIGHTS),
    "rework_denominator": _choice("due_to_close", "handled"),
    "shift_leader_closing_denominator": _choice("closed", "due_to_close"),
    **{f"{subject.value}_weights": _weights(subject) for subject in Subject},
    "area_filed_points": _step_map,
    "department_filed_points": _step_map,
    "department_groups": _groups,
    "post_count_points": check_steps,
    "minimum_cases": _at_least(1),
    # fewer than five holders would show a person
    "minimum_holders": _at_least(5),
}


def check(key: str, value: Any) -> None:
    """Whether a district may decide so. Raises BadSetting."""
    if key not in CHECKS:
        raise _bad(_("There is no such setting."))
    if value is not None:
        CHECKS[key](value)


def _rule(name: str, day: date) -> Any:
    rule = RULES[f"evaluation/{name}"]
    # no first day of these is known: older periods are read by the oldest value there is
    return rule.at(max(day, rule.values[0].first_day))


def _all_weights(chosen: Mapping[str, Any], day: date) -> dict[Subject, Mapping[str, float]]:
    found: dict[Subject, Mapping[str, float]] = {}
    for subject in Subject:
        own = chosen.get(f"{subject.value}_weights")
        if own is not None:
            found[subject] = own
        elif subject is Subject.AREA:
            found[subject] = _rule("area_weights", day).choice(chosen.get("area_weights_choice"))
        elif subject is Subject.DEPARTMENT:
            name = chosen.get("department_weights_choice") or DEPARTMENT_WEIGHTS[0]
            found[subject] = _rule(name, day).value
        else:
            found[subject] = _rule(f"{subject.value}_weights", day).value
    return found


def _denominator(chosen: Mapping[str, Any], name: str, day: date) -> Any:
    return chosen.get(name) or _rule(name, day).value["default"]


def scheme(chosen: Mapping[str, Any], day: date) -> Scheme:
    """The scheme of a day from the rules and a district's own decisions (`CHECKS` names the keys)."""
    least = _rule("minimum_sample", day).value
    department = chosen.get("department_filed_points") or {"": _rule("department_filed_points", day).value}
    return Scheme(
        options=Options(
            rework_base=_denominator(chosen, "rework_denominator", day),
            closing_base=_denominator(chosen, "shift_leader_closing_denominator", day),
        ),
        weights=_all_weights(chosen, day),
        area_points=chosen.get("area_filed_points") or _rule("area_filed_points", day).value,
        department_points=department,
        groups=chosen.get("department_groups") or {},
        post_points=chosen.get("post_count_points") or _rule("post_count_points", day).value,
        grades=_rule("grades", day).value,
        minimum_cases=chosen.get("minimum_cases") or least["cases"],
        minimum_holders=chosen.get("minimum_holders") or least["holders"],
        chosen=dict(chosen),
    )
