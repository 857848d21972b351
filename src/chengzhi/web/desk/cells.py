"""The columns of the work list: what each shows of a case, on the page and in an export."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengzhi.cases.clocks import lamp as lamp_of
from chengzhi.cases.models import Case
from chengzhi.web.desk.asking import case_url, name_of, state_words
from chengzhi.web.shell import wording
from chengzhi.web.shell.templatetags.chengzhi import lamp as lamp_tag


@dataclass(frozen=True)
class Seen:
    """How cells are to be shown: the moment, the zone, the words searched for."""

    now: datetime
    zone: str
    words: str = ""


@dataclass(frozen=True)
class Column:
    """One column: `value` is plain (for exports), `shown` what the page has."""

    key: str
    label: Any
    value: Callable[[Case], Any]
    shown: Callable[[Case, Seen], Any] | None = None
    css: str = ""


def due_words(case: Case, seen: Seen) -> Any:
    """What the lamp of a case says: how long is left, or why no clock runs."""
    if case.closed_at is not None:
        return _("Ended")
    if case.stage_due_at is None:
        return _("Clock paused") if case.suspended_at else _("No deadline")
    gap = wording.span((case.stage_due_at - seen.now).total_seconds())
    return (_("overdue by %(span)s") if case.stage_due_at < seen.now else _("%(span)s left")) % {"span": gap}


def _lamp(case: Case, seen: Seen) -> SafeString:
    shape = lamp_tag(lamp_of(case, seen.now) if case.closed_at is None else "", due_words(case, seen))
    if case.closed_at is not None or case.stage_due_at is None:
        return shape
    exact = wording.absolute(case.stage_due_at, seen.now, seen.zone)
    stamp = case.stage_due_at.isoformat()
    return format_html('{}<br><time class="muted small nowrap" datetime="{}">{}</time>', shape, stamp, exact)


def _number(case: Case, seen: Seen) -> SafeString:
    url = case_url(case)
    mark = format_html(' <span class="tag tag-signal">{}</span>', _("Urgent")) if case.urgent else ""
    if not url:
        return format_html("<strong>{}</strong>{}", case.number, mark)
    return format_html(
        '<a class="nowrap" id="case-{}" href="{}">{}</a>{}',
        case.pk,
        url,
        marked(case.number, seen.words),
        mark,
    )


def _moment(field: str) -> Callable[[Case, Seen], Any]:
    def shown(case: Case, seen: Seen) -> Any:
        at = getattr(case, field)
        if at is None:
            return "—"
        return format_html(
            '<time class="nowrap" datetime="{}">{}</time>',
            at.isoformat(),
            wording.absolute(at, seen.now, seen.zone),
        )

    return shown


def marked(text: str, words: str) -> SafeString:
    """The text with the words searched for marked."""
    wanted = sorted({word for word in words.split() if word}, key=len, reverse=True)
    if not wanted:
        return escape(text)
    pattern = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE)
    out, at = [], 0
    for hit in pattern.finditer(text):
        out += [escape(text[at : hit.start()]), format_html("<mark>{}</mark>", hit.group())]
        at = hit.end()
    return mark_safe("".join([*out, escape(text[at:])]))  # noqa: S308 -- every piece is escaped above


def excerpt(text: str, words: str, length: int = 90) -> str:
    """The part of a long text in which the words stand."""
    low = text.lower()
    hits = [low.find(word.lower()) for word in words.split() if word.lower() in low]
    start = max(0, min(hits) - 20) if hits else 0
    piece = text[start : start + length]
    return ("…" if start else "") + piece + ("…" if start + length < len(text) else "")


def _text(case: Case, seen: Seen) -> SafeString:
    return marked(excerpt(case.text, seen.words), seen.words)


CHANNELS = {
    "patrol": pgettext_lazy("channel", "patrol"), "video": pgettext_lazy("channel", "video"),
    "hotline": pgettext_lazy("channel", "telephone"), "12345": pgettext_lazy("channel", "12345 hotline"),
    "web": pgettext_lazy("channel", "web form"), "wechat": pgettext_lazy("channel", "WeChat"),
    "resident": pgettext_lazy("channel", "resident"), "media": pgettext_lazy("channel", "media"),
    "leader": pgettext_lazy("channel", "leader"), "upper": pgettext_lazy("channel", "upper level"),
    "api": pgettext_lazy("channel", "other system"), "other": pgettext_lazy("channel", "other way"),
}  # fmt: skip


def channel_words(channel: str) -> str:
    """A channel in words; one nobody knows as it is."""
    return str(CHANNELS.get(channel, channel))


COLUMNS: dict[str, Column] = {
    column.key: column
    for column in (
        Column("due", _("Clock"), lambda c: c.stage_due_at, _lamp),
        Column("number", _("Number"), lambda c: c.number, _number),
        Column("state", _("State"), lambda c: state_words(c.state), css="word"),
        Column("type", _("Type"), lambda c: name_of(c.type), css="word"),
        Column("text", _("Report"), lambda c: c.text, _text),
        Column("address", _("Place"), lambda c: c.address, lambda c, s: marked(c.address, s.words)),
        Column("street_area", _("Street office"), lambda c: name_of(c.street_area), css="word"),
        Column("area", _("Community"), lambda c: name_of(c.area), css="word"),
        Column("unit", _("Department"), lambda c: name_of(c.unit), css="word"),
        Column("handler", _("Person"), lambda c: str(c.handler or "—"), css="word"),
        Column("channel", _("Came by"), lambda c: channel_words(c.channel)),
        Column("reported_at", _("Reported"), lambda c: c.reported_at, _moment("reported_at")),
        Column("due_at", _("Handling due"), lambda c: c.due_at, _moment("due_at")),
        Column("handled_at", _("Handled"), lambda c: c.handled_at, _moment("handled_at")),
        Column("closed_at", _("Ended on"), lambda c: c.closed_at, _moment("closed_at")),
        Column("urgent", _("Urgent"), lambda c: yes_no(c.urgent)),
        Column("reworks", _("Reworks"), lambda c: c.reworks, css="number"),
        Column("extensions", _("Extensions"), lambda c: c.extensions, css="number"),
        Column("outcome", _("Outcome"), lambda c: c.outcome),
    )
}
DEFAULT_COLUMNS = ("due", "number", "type", "state", "address", "unit", "reported_at")


def yes_no(value: bool) -> Any:
    """Yes or no in words."""
    return _("yes") if value else _("no")


def columns_of(keys: Sequence[str]) -> list[Column]:
    """The columns of these keys in the fixed order; the usual ones when none is known."""
    chosen = set(keys) & set(COLUMNS) or set(DEFAULT_COLUMNS)
    return [column for key, column in COLUMNS.items() if key in chosen or key == "number"]


@dataclass(frozen=True)
class Row:
    """A case with its table cells, ready made: fifty rows of a template's loops cost more than the query."""

    case: Case
    cells: SafeString


def rows_of(cases: Sequence[Case], columns: Sequence[Column], seen: Seen) -> list[Row]:
    """The cases as rows of a table."""
    opened = [(column, _opening(column)) for column in columns]
    return [Row(case, _cells(case, opened, seen)) for case in cases]


def _opening(column: Column) -> str:
    css = f' class="{column.css}"' if column.css else ""
    return f'<td{css} data-label="{escape(column.label)}">'


def _cells(case: Case, opened: Sequence[tuple[Column, str]], seen: Seen) -> SafeString:
    parts = [f"{opening}{conditional_escape(_shown(column, case, seen))}</td>" for column, opening in opened]
    return mark_safe("".join(parts))  # noqa: S308 -- labels and cells are escaped above


def _shown(column: Column, case: Case, seen: Seen) -> Any:
    return column.shown(case, seen) if column.shown else column.value(case)
