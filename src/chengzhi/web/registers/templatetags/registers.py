"""Tags of registers: ``{% day %}``, a date without a clock time; ``{% register_layer %}``, the kinds of a map."""

from dataclasses import dataclass
from datetime import date

from django import template
from django.template.context import Context

from chengzhi.registers.kinds import kinds
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
