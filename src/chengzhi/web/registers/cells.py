"""The columns of a register: those every object has, and the facts its kind declares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Field, Kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.registers.states import states_of
from chengzhi.web.registers.words import (
    day_text,
    fact_text,
    label_of,
    party_kind_name,
    permit_name,
    place_name,
)
from chengzhi.web.shell.icons import icon_svg

FACTS = 3
"""How many declared facts a list shows; the others stand on the object's page."""


@dataclass(frozen=True)
class Column:
    """One column: its head, and what it shows of an object."""

    label: str
    shown: Callable[[RegisteredObject], Any]
    css: str = ""
    head: bool = False


def columns_of(kind: Kind, today: date) -> list[Column]:
    """The columns of a kind's list."""
    states = dict(states_of(kind))
    first = [
        Column(_("Name"), _name, head=True),
        Column(_("State"), lambda one: states.get(one.state, one.state), css="nowrap"),
        Column(_("Place"), place_name),
    ]
    facts = [_fact(field) for field in sorted(kind.fields, key=_weight)[:FACTS]]
    party = [Column(party_kind_name(kind.party), _party)] if kind.party else []
    permit = [Column(permit_name(kind), lambda one: _until(one.permit_until, today))] if kind.permit else []
    check = [Column(_("Next check"), lambda one: _until(one.check_due_on, today))] if kind.checklists else []
    return [*first, *facts, *party, *permit, *check]


def _weight(field: Field) -> tuple[bool, bool]:
    """Required facts first, long texts last; the declared order within."""
    return (not field.required, field.type == "text")


def _fact(field: Field) -> Column:
    css = "number" if field.type == "number" else ""
    return Column(label_of(field), lambda one: fact_text(field, one.facts.get(field.key)), css=css)


def _name(thing: RegisteredObject) -> SafeString:
    number = escape(thing.number)
    return mark_safe(  # noqa: S308 -- the parts are escaped
        f'<a href="{_place("registers:object")}{number}/">{escape(thing.name)}</a><br>'
        f'<span class="code muted small">{number}</span>'
    )


def _party(thing: RegisteredObject) -> Any:
    if thing.party is None:
        return ""
    return mark_safe(  # noqa: S308 -- the parts are escaped
        f'<a href="{_place("registers:party")}{thing.party.pk}/">{escape(thing.party.name)}</a>'
    )


@cache
def _place(name: str) -> str:
    """The address of a page of one thing up to what tells it apart; looked up once, not once a row."""
    return reverse(name, args=[0]).removesuffix("0/")


def _until(day: date | None, today: date) -> Any:
    """A day, with a sign when it has passed."""
    if day is None:
        return ""
    if day >= today:
        return day_text(day)
    return format_html(
        '<span class="lamp lamp-red">{}{}</span>', icon_svg("octagon-alert", size="small"), day_text(day)
    )


def rows_of(things: list[RegisteredObject], columns: list[Column]) -> list[SafeString]:
    """The cells of each row, ready to be written."""
    labels = [escape(column.label) for column in columns]
    pairs = list(zip(columns, labels, strict=True))
    return [mark_safe("".join(_cell(one, *pair) for pair in pairs)) for one in things]  # noqa: S308


def _cell(thing: RegisteredObject, column: Column, label: str) -> str:
    shown = conditional_escape(column.shown(thing) or "")
    if column.head:
        return f'<th scope="row">{shown}</th>'
    return f'<td class="{column.css}" data-label="{label}">{shown}</td>'
