"""The tags pages are written with; each is shown on ``/styleguide/``."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengzhi import clock
from chengzhi.web.shell import wording
from chengzhi.web.shell.icons import icon_svg

register = template.Library()

#: lamp → shape; the word stands beside it, so colour never carries the meaning alone.
LAMPS = {
    "green": "circle-check",
    "amber": "triangle-alert",
    "red": "octagon-alert",
    "grey": "circle-pause",
}
ALIASES = {"yellow": "amber", "gray": "grey", "": "grey", None: "grey"}


def _now(context: Context) -> datetime:
    moment = context.get("now")
    return moment if isinstance(moment, datetime) else clock.now()


def _zone(context: Context, zone: str = "") -> str:
    district = context.get("district")
    return zone or str(getattr(district, "zone", "") or "Asia/Shanghai")


@register.simple_tag
def icon(name: str, label: str = "", size: str = "normal") -> SafeString:
    """``{% icon "search" %}`` decoration, ``{% icon "search" label=_("Search") %}`` image."""
    return icon_svg(name, str(label), size)


def lamp_word(colour: str) -> str:
    """What a lamp says when nothing better is known."""
    words = {
        "green": pgettext("lamp", "On time"),
        "amber": pgettext("lamp", "Due soon"),
        "red": pgettext("lamp", "Overdue"),
        "grey": pgettext("lamp", "Clock paused"),
    }
    return words[colour]


@register.simple_tag
def lamp(colour: str | None, text: str = "") -> SafeString:
    """``{% lamp case.lamp %}``: shape, colour and word; `text` replaces the word."""
    name = ALIASES.get(colour, colour) or "grey"
    name = name if name in LAMPS else "grey"
    shape = icon_svg(LAMPS[name], size="small")
    return format_html('<span class="lamp lamp-{}">{}{}</span>', name, shape, text or lamp_word(name))


@register.simple_tag(takes_context=True)
def when(context: Context, moment: object, style: str = "both", zone: str = "") -> SafeString | str:
    """A moment as ``<time>``: style ``both`` (3 hours ago · date), ``stacked``, ``relative``, ``absolute``, ``day``."""
    point = wording.as_moment(moment)
    if point is None:
        return "—"
    now, where = _now(context), _zone(context, zone)
    exact = wording.absolute(point, now, where)
    near = wording.relative(point, now)
    if style == "day":
        near, exact = "", wording.local_day(point, now, where)
    if style == "stacked" and near:
        return format_html(
            '<time class="moment" datetime="{}">{}<small>{}</small></time>', point.isoformat(), near, exact
        )
    shown = {"both": f"{near} · {exact}" if near else exact, "relative": near or exact}
    return format_html(
        '<time datetime="{}" title="{} ({})">{}</time>',
        point.isoformat(),
        exact,
        where,
        shown.get(style, exact),
    )


@register.simple_tag
def duration(value: object) -> str:
    """A timedelta or seconds in words."""
    seconds = wording.as_seconds(value)
    return "—" if seconds is None else wording.span(seconds)


@register.simple_tag(takes_context=True)
def due(
    context: Context, deadline: object, remaining: str = "", done: object = None, zone: str = ""
) -> SafeString | str:
    """``Due Tue 7 April 16:30 (in 3 working hours)``.

    `deadline` is a Deadline or a datetime, `remaining` the rest in the unit of the limit
    (else calendar time is said), `done` the moment it was met, which ends the counting.
    """
    point = wording.as_moment(deadline)
    if point is None:
        return _("No deadline")
    now, where = _now(context), _zone(context, zone)
    met = wording.as_moment(done)
    late = (met or now) > point
    left = _due_words(point, now, met, remaining)
    exact = wording.absolute(point, now, where)
    sure = _("provisional") if getattr(deadline, "provisional", False) else ""
    return format_html(
        '<span class="due{}"><time datetime="{}">{}</time> <span>{}</span>{}</span>',
        " due-late" if late else "",
        point.isoformat(),
        _("Due %(time)s") % {"time": exact},
        left,
        format_html(' <span class="tag">{}</span>', sure) if sure else "",
    )


def _due_words(point: datetime, now: datetime, met: datetime | None, remaining: str) -> str:
    if met is not None:
        gap = wording.span((met - point).total_seconds())
        words = _("(done %(span)s late)") if met > point else _("(done %(span)s early)")
        return words % {"span": gap}
    gap = remaining or wording.span((point - now).total_seconds())
    return (_("(overdue by %(span)s)") if now > point else _("(%(span)s left)")) % {"span": gap}


@register.inclusion_tag("components/deadline_why.html")
def deadline_why(deadline: Any) -> dict[str, Any]:
    """Folded explanation of how a deadline came about, in the page's language."""
    language = "zh" if wording.chinese() else "en"
    return {"text": deadline.explain(language) if hasattr(deadline, "explain") else ""}


@register.simple_tag
def number(value: object, digits: int = 0) -> str:
    """Grouped thousands, fixed digits; a dash for nothing."""
    return wording.number(value, digits)


@register.simple_tag
def percent(
    numerator: float | None, denominator: float | None, minimum: int = 0, digits: int = 1
) -> SafeString:
    """Share with its sample size; greyed below `minimum`; never a percentage of nothing."""
    if not denominator or numerator is None:
        return format_html('<span class="too-small" title="{}">—</span>', _("nothing to count"))
    size = wording.number(denominator)
    if denominator < minimum:
        return format_html('<span class="too-small">{} (n={})</span>', _("too few"), size)
    share = wording.number(100 * numerator / denominator, digits)
    return format_html('{}% <span class="muted small">(n={})</span>', share, size)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """One form field: label, help, control, errors, linked for screen readers."""
    kind = getattr(bound.field.widget, "input_type", "")
    grouped = bool(getattr(bound, "use_fieldset", False) or bound.field.widget.use_fieldset)
    return {"field": bound, "kind": kind, "grouped": grouped, "hint": hint or bound.help_text}


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a form, its general errors first."""
    return {"form": form}


@register.inclusion_tag("components/pager.html")
def pager(
    next_url: str = "", previous_url: str = "", shown: int = 0, total: int | None = None, capped: bool = False
) -> dict[str, Any]:
    """Keyset pager: previous and next, how many rows are shown of how many (or of “more than”)."""
    return {
        "next_url": next_url,
        "previous_url": previous_url,
        "shown": shown,
        "total": total,
        "capped": capped,
    }


@register.inclusion_tag("components/empty.html")
def empty(title: str, hint: str = "", icon: str = "inbox", url: str = "", label: str = "") -> dict[str, Any]:
    """What to show where there is nothing: why, and what to do."""
    return {"title": title, "hint": hint, "icon": icon, "url": url, "label": label}


@register.inclusion_tag("components/job_progress.html")
def job_progress(job: Any, url: str) -> dict[str, Any]:
    """A background job: `job` has title, done, total, state (waiting|running|done|failed), optional result_url, message, seconds_left."""
    get = job.get if isinstance(job, Mapping) else lambda key, default=None: getattr(job, key, default)
    keys = ("title", "done", "total", "state", "result_url", "message", "seconds_left")
    return {
        "job": {key: get(key) for key in keys},
        "url": url,
        "moving": get("state") in {"waiting", "running"},
    }


@register.inclusion_tag("components/timeline.html", takes_context=True)
def timeline(context: Context, entries: Iterable[Any]) -> dict[str, Any]:
    """History in sentences: each entry has happened_at, sentence, and optionally rule, article, late."""
    return {"entries": entries, "now": _now(context), "district": context.get("district")}


@register.inclusion_tag("components/undo.html", takes_context=True)
def undo(context: Context, sentence: str, url: str, until: datetime) -> dict[str, Any]:
    """The ten-minute undo: what was done, the address that takes it back, and until when."""
    return {"sentence": sentence, "url": url, "until": until, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/skeleton.html")
def skeleton(lines: int = 5) -> dict[str, Any]:
    """Grey lines while something is being fetched."""
    return {"lines": range(lines)}


@register.simple_tag
def url_or_none(name: str, *args: Any, **kwargs: Any) -> str:
    """Address of a named page, or an empty text when that page is not installed."""
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""


@register.simple_tag
def localname(thing: Any) -> str:
    """The name of a bilingual thing (`name`, `name_en`) in the page's language."""
    english = str(getattr(thing, "name_en", "") or "")
    native = str(getattr(thing, "name", "") or "")
    return (native or english) if wording.chinese() else (english or native)
