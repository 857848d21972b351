"""``{% day %}``: a date without a clock time, as people write it."""

from datetime import date

from django import template

from chengzhi.web.registers.words import day_text

register = template.Library()


@register.simple_tag
def day(value: date | str | None) -> str:
    """``{% day permit.ends_on %}``; a dash for nothing."""
    return day_text(value) if value else "—"
