"""Tags of registers: ``{% day %}``, a date without a clock time; ``{% register_layer %}``, the kinds of a map."""

from dataclasses import dataclass
from datetime import date

from django import template
from django.template.context import Context

from chengzhi.cases.about import objects_of
from chengzhi.cases.answered import answers_of
from chengzhi.cases.models import Case
from chengzhi.registers.kinds import kinds
from chengzhi.registers.models import PartySaid, RegisteredObject
from chengzhi.web.registers.words import day_text, kind_name

register = template.Library()


@register.simple_tag
def day(value: date | str | None) -> str:
    """``{% day permit.ends_on %}``; a dash for nothing."""
    return day_text(value) if value else "—"


@dataclass(frozen=True)
class Layer:
    """One kind as a layer of the map."""

    key: str
    name: str
    chosen: bool


@register.simple_tag(takes_context=True)
def register_layer(context: Context) -> list[Layer]:
    """The kinds the person may draw on the map; empty for who may not see registers."""
    request = context["request"]
    if "register.view" not in request.actor.permissions:
        return []
    asked = request.GET.getlist("kinds")
    return [Layer(key, kind_name(one), key in asked) for key, one in kinds().items()]


@dataclass(frozen=True)
class About:
    """What a case is about, and what responsible parties said of it."""

    things: list[tuple[RegisteredObject, str]]
    answers: list[PartySaid]


@register.simple_tag(takes_context=True)
def case_about(context: Context, case: Case) -> About | None:
    """The objects of a case and the answers to it; nothing for who may not see registers."""
    if "register.view" not in context["request"].actor.permissions:
        return None
    things = [(one, kind_name(kinds()[one.kind])) for one in objects_of(case.pk)]
    return About(things, answers_of(case.pk))
