"""The columns of a register: those every object has, and the facts its kind declares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Field, Kind
from chengzhi.registers.models import RegisteredObject
from chengzhi.web.registers.states import state_words
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
    first = [
        Column(_("Name"), _name, head=True),
        Column(_("State"), lambda one: state_words(kind, one.state), css="nowrap"),
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
    return format_html(
        '<a href="{}">{}</a><br><span class="code muted small">{}</span>',
        reverse("registers:object", args=[thing.number]), thing.name, thing.number,
    )  # fmt: skip


def _party(thing: RegisteredObject) -> Any:
    if thing.party is None:
        return ""
    return format_html(
        '<a href="{}">{}</a>', reverse("registers:party", args=[thing.party.pk]), thing.party.name
    )


def _until(day: date | None, today: date) -> Any:
    """A day, with a sign when it has passed."""
    if day is None:
        return ""
    if day >= today:
        return day_text(day)
    return format_html(
        '<span class="lamp lamp-red">{}{}</span>', icon_svg("octagon-alert", size="small"), day_text(day)
    )


def rows_of(things: list[RegisteredObject], columns: list[Column]) -> list[list[SafeString]]:
    """The cells of a page, ready to be written."""
    return [[_cell(thing, column) for column in columns] for thing in things]


def _cell(thing: RegisteredObject, column: Column) -> SafeString:
    if column.head:
        return format_html('<th scope="row">{}</th>', column.shown(thing))
    return format_html(
        '<td class="{}" data-label="{}">{}</td>', column.css, column.label, column.shown(thing) or ""
    )
