"""A setting's value as a form shows it and as a person writes it."""

from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengzhi.analytics.metric import Subject
from chengzhi.analytics.metrics import of
from chengzhi.outcomes.scheme import AREA_WEIGHTS, DEPARTMENT_WEIGHTS, BadSetting, Scheme
from chengzhi.people.roles import roles

NAMES: dict[str, Promise] = {
    "area_weights_choice": _("Weights of an area: which reading"),
    "department_weights_choice": _("Weights of a department: which set"),
    "rework_denominator": _("Rework rate: divided by"),
    "shift_leader_closing_denominator": _("Shift leader’s on-time closing rate: divided by"),
    "minimum_cases": _("Fewest cases for points and grades"),
    "minimum_holders": _("Fewest holders for a post to be shown"),
    "area_filed_points": _("Points for cases filed in an area, by area class"),
    "department_filed_points": _("Points for cases filed for a department, by group"),
    "department_groups": _("Groups of departments"),
    "post_count_points": _("Points for cases taken in or dispatched, per holder"),
    "area_weights": _("Own weights of an area"),
    "department_weights": _("Own weights of a department"),
    "inspector_weights": _("Own weights of inspectors"),
    "intake_clerk_weights": _("Own weights of intake clerks"),
    "shift_leader_weights": _("Own weights of shift leaders"),
    "dispatcher_weights": _("Own weights of dispatchers"),
}
OFFERED: dict[str, dict[str, Promise]] = {
    "area_weights_choice": {
        AREA_WEIGHTS[0]: _("on-time closing rate 40 %, as presumably meant (adds up to 100 %)"),
        AREA_WEIGHTS[1]: _("on-time closing rate 10 %, as printed (adds up to 70 %)"),
    },
    "department_weights_choice": {
        DEPARTMENT_WEIGHTS[0]: _("as the standard words it"),
        DEPARTMENT_WEIGHTS[1]: _("as Jinniu district of Chengdu does"),
    },
    "rework_denominator": {
        "due_to_close": _("cases due for closing"),
        "handled": _("cases handled"),
    },
    "shift_leader_closing_denominator": {
        "closed": _("cases closed"),
        "due_to_close": _("cases due for closing"),
    },
}
NUMBERS = ("minimum_cases", "minimum_holders")
STEP_MAPS = ("area_filed_points", "department_filed_points")


def _bad(what: str) -> BadSetting:
    return BadSetting(
        what, gettext("Nothing was changed."), gettext("Write one band a line, such as 51 = 90.")
    )


def subject_of_key(key: str) -> Subject | None:
    """Whose weights a key holds."""
    name = key.removesuffix("_weights")
    return Subject(name) if key.endswith("_weights") and name in set(Subject) else None


def subject_shown(key: str) -> str:
    """Which kind of unit shows the effect of a setting."""
    post = any(key.startswith(role) for role in roles() if role in set(Subject))
    if post or key in ("post_count_points", "minimum_holders"):
        return "post"
    return "street" if key.startswith("area") else "department"


def in_force(key: str, scheme: Scheme) -> Any:
    """The value of a key in a scheme."""
    subject = subject_of_key(key)
    if subject is not None:
        return dict(scheme.weights[subject])
    plain = {
        "rework_denominator": scheme.options.rework_base,
        "shift_leader_closing_denominator": scheme.options.closing_base,
        "area_weights_choice": scheme.chosen.get(key, AREA_WEIGHTS[0]),
        "department_weights_choice": scheme.chosen.get(key, DEPARTMENT_WEIGHTS[0]),
        "area_filed_points": scheme.area_points,
        "department_filed_points": scheme.department_points,
        "department_groups": scheme.groups,
        "post_count_points": scheme.post_points,
        "minimum_cases": scheme.minimum_cases,
        "minimum_holders": scheme.minimum_holders,
    }
    return plain[key]


def _bands(steps: Any) -> str:
    return "\n".join(f"{step['from']} = {step['points']}" for step in steps)


def as_text(key: str, value: Any, language: str) -> str:
    """A value in words, or in the lines a person edits."""
    if value is None:
        return ""
    if key in OFFERED:
        return str(OFFERED[key].get(value, value))
    subject = subject_of_key(key)
    if subject is not None:
        names = {metric.indicator: metric.name(language) for metric in of(subject)}
        return " · ".join(f"{names.get(name, name)} {100 * weight:g}%" for name, weight in value.items())
    if key in STEP_MAPS:
        return "\n".join(f"[{group}]\n{_bands(steps)}" for group, steps in value.items())
    if key == "post_count_points":
        return _bands(value)
    if key == "department_groups":
        return "\n".join(f"{code} = {group}" for code, group in value.items())
    return str(value)


def in_words(key: str, value: Any, language: str) -> str:
    """A value on one line a group, for reading."""
    if key in STEP_MAPS:
        return "\n".join(f"[{group}] {_line(steps)}" for group, steps in value.items())
    return _line(value) if key == "post_count_points" and value else as_text(key, value, language)


def _line(steps: Any) -> str:
    return " · ".join(f"≥{step['from']}: {step['points']:g}" for step in steps)


def _pairs(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        if line.strip():
            left, mark, right = line.partition("=")
            if not mark:
                raise _bad(gettext("The line “%(line)s” has no equals sign.") % {"line": line.strip()[:40]})
            found.append((left.strip(), right.strip()))
    return found


def _steps(text: str) -> list[dict[str, float]]:
    try:
        return [{"from": int(first), "points": float(points)} for first, points in _pairs(text)]
    except ValueError:
        raise _bad(gettext("A band is a whole number and its points.")) from None


def _step_map(text: str) -> dict[str, list[dict[str, float]]]:
    parts: dict[str, str] = {}
    group = None
    for line in text.splitlines():
        said = line.strip()
        if said.startswith("[") and said.endswith("]"):
            group = said[1:-1].strip()
            parts[group] = ""
        elif said and group is None:
            raise _bad(gettext("The bands must follow a line such as [1]."))
        elif said and group is not None:
            parts[group] += said + "\n"
    return {name: _steps(body) for name, body in parts.items()}


def read(key: str, posted: QueryDict) -> Any:
    """The value a form holds; None goes back to the rules. Raises BadSetting."""
    if posted.get("back"):
        return None
    subject = subject_of_key(key)
    try:
        if subject is not None:
            said = {
                metric.indicator: posted.get(f"w-{metric.indicator}", "").strip() for metric in of(subject)
            }
            return {name: round(float(text) / 100, 6) for name, text in said.items() if text and float(text)}
        text = posted.get("value", "")[:4000]
        if key in NUMBERS:
            return int(text)
    except ValueError:
        raise BadSetting(gettext("A number is needed."), gettext("Nothing was changed.")) from None
    if key in STEP_MAPS:
        return _step_map(text)
    if key == "post_count_points":
        return _steps(text)
    return dict(_pairs(text)) if key == "department_groups" else text
