"""The filter bar of a register, and the chips that take a condition away again."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chengzhi.domains.kinds import Kind
from chengzhi.places.models import District
from chengzhi.registers.models import Party
from chengzhi.web.desk.asking import english
from chengzhi.web.desk.filterbar import Bar, options
from chengzhi.web.registers.asking import Asked
from chengzhi.web.registers.states import states_of
from chengzhi.web.registers.words import ROADS, party_kind_name

Choices = Iterable[tuple[str, str]]


def bars(asked: Asked, district: District) -> list[Bar]:
    """The fields of the bar, with what is chosen."""
    lists = options(district.pk, english())
    found = [
        Bar("q", _("Number, name or place"), kind="search", value=asked.params.get("q", "")),
        _select(asked, "state", _("State"), states_of(asked.kind)),
        _select(asked, "street_area", _("Street office"), lists["street_area"]),
        _select(asked, "area", _("Community"), lists["area"]),
        _select(asked, "road_kind", _("Road"), ((key, str(words)) for key, words in ROADS.items())),
        _select(asked, "unit", _("Unit in charge"), [("0", _("none")), *lists["unit"]]),
        _select(asked, "live", _("In the street"), [("0", _("no longer")), ("all", _("both"))], _("now")),
    ]
    return [*found, *_dated(asked, asked.kind)]


def _dated(asked: Asked, kind: Kind) -> list[Bar]:
    permit = [
        ("expired", _("has ended")), ("expiring", _("ends within 30 days")), ("none", _("has none")),
    ]  # fmt: skip
    found = [_select(asked, "permit", _("Permit"), permit)] if kind.permit else []
    return found + (
        [_select(asked, "check", _("Next check"), [("due", _("is due"))])] if kind.checklists else []
    )


def _select(asked: Asked, name: str, label: str, choices: Choices, any_words: str = "") -> Bar:
    chosen, words = asked.params.get(name, ""), ""
    html: list[Any] = [format_html('<option value="">{}</option>', any_words or _("any"))]
    for key, said in choices:
        html.append(_option(key, said, key == chosen))
        words = said if key == chosen else words
    joined: SafeString = mark_safe("".join(html))  # noqa: S308 -- each part was escaped
    return Bar(name, label, joined, value=chosen, words=words)


def _option(key: str, words: str, chosen: bool) -> SafeString:
    mark = mark_safe(" selected") if chosen else ""
    return format_html('<option value="{}"{}>{}</option>', key, mark, words)


def chips(asked: Asked, shown: list[Bar]) -> list[tuple[str, str]]:
    """What is set, in words, each with the address that takes it away."""
    found = [
        (f"{bar.label}: {bar.words or bar.value}", asked.without(bar.name)) for bar in shown if bar.value
    ]
    if "party" in asked.params:
        name = Party.objects.filter(pk=int(asked.params["party"])).values_list("name", flat=True).first()
        found.append((f"{party_kind_name(asked.kind.party)}: {name or '—'}", asked.without("party")))
    if "flag" in asked.params:
        found.append((f"{_('Flag')}: {asked.params['flag']}", asked.without("flag")))
    return found
