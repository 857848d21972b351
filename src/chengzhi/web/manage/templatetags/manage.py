"""Words and small pieces of the administrator's pages."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chengzhi.jobs.models import JobRun
from chengzhi.web.manage.history import unit_word
from chengzhi.web.shell.wording import MONTHS_EN, WEEKDAYS_EN, WEEKDAYS_ZH, chinese

register = template.Library()


@register.simple_tag
def amount(number: Any, unit: str) -> str:
    """“8 working hours”, without needless zeros."""
    return f"{float(number):g} {unit_word(unit)}"


@register.simple_tag
def condition(limit: Any) -> str:
    """The filing condition in words, or its key; nothing for the general one."""
    words = limit.condition_name if chinese() else limit.condition_name_en or limit.condition_name
    return words or ("" if limit.condition == "default" else limit.condition)


@register.simple_tag
def month_name(year: int, number: int) -> str:
    """“2026年4月” or “April”."""
    return f"{number}月" if chinese() else MONTHS_EN[number - 1]


@register.simple_tag
def weekday_heads() -> SafeString:
    """Seven header cells from Monday."""
    names = WEEKDAYS_ZH if chinese() else [name[:2] for name in WEEKDAYS_EN]
    return format_html_join("", '<th scope="col">{}</th>', ((name,) for name in names))


@register.simple_tag
def day_class(day: Any) -> str:
    """Class of a day's cell by its kind, plus `day-own` where the district set it."""
    kinds = {"weekend": "day-off", "holiday": "day-holiday", "make_up": "day-makeup"}
    classes = [
        kinds.get(day.work.kind, ""),
        "day-own" if day.own else "",
        "" if day.work.known else "day-unknown",
    ]
    return " ".join(filter(None, classes))


@register.simple_tag
def job_word(state: str) -> str:
    """A state of background work in words."""
    words = {
        JobRun.State.QUEUED: _("waiting"),
        JobRun.State.RUNNING: _("running"),
        JobRun.State.DONE: _("done"),
        JobRun.State.FAILED: _("failed"),
        JobRun.State.CANCELLED: _("cancelled"),
    }
    return words.get(JobRun.State(state), state)


@register.simple_tag
def job_state(state: str) -> SafeString:
    """The state as a tag."""
    colours = {"done": "tag-green", "failed": "tag-red", "running": "tag-accent"}
    return format_html('<span class="tag {}">{}</span>', colours.get(state, ""), job_word(state))
