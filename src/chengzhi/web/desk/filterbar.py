"""The filter bar: one field for everything a list may be filtered by, with its choices."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengzhi.cases.filters import Filter
from chengzhi.cases.models import CaseType
from chengzhi.cases.states import STATES
from chengzhi.domains import DOMAINS
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account, Unit
from chengzhi.places.models import Area, District
from chengzhi.web.desk.asking import english, name_of, state_words
from chengzhi.web.desk.cells import CHANNELS, channel_words

KEEP_SECONDS = 60


@dataclass(frozen=True)
class Bar:
    """One field of the bar: a list with the words of what is chosen, or a plain input."""

    name: str
    label: Any
    options: str = ""
    kind: str = "select"
    value: str = ""
    words: str = ""


def fields(asked: Filter, district: District, actor: Actor) -> tuple[list[Bar], list[Bar]]:
    """The fields that are always shown, and those behind “more”."""
    lists = options(district.pk, english())
    address = {name: _one(value) for name, value in asked.as_query().items()}

    def select(name: str, label: Any, choices: Iterable[tuple[str, str]], any_words: str = "") -> Bar:
        return _select(name, label, list(choices), address.get(name, ""), any_words)

    first = [
        Bar("q", _("Words or number"), kind="search", value=asked.q),
        select("open", _("Open or ended"), [("1", _("Open")), ("0", _("Ended"))]),
        select("state", _("State"), ((key, state_words(key)) for key in STATES)),
        select("unit", _("Department"), lists["unit"]),
        select("type", _("Type"), lists["type"]),
        select("order", pgettext("list", "Order"), [("newest", _("newest first")), ("closed", _("last ended first"))],
               _("nearest deadline first")),
    ]  # fmt: skip
    more = [
        select("street_area", _("Street office"), lists["street_area"]),
        select("area", _("Community"), lists["area"]),
        select("domain", _("Domain"), lists["domain"]),
        select("channel", _("Came by"), ((key, channel_words(key)) for key in CHANNELS)),
        select("handler", _("Person"), lists["handler"]),
        select("mine", _("Mine"), [("1", _("assigned to me"))]),
        select("helping", _("Helping"), [("1", _("my unit helps"))]),
        *(select(name, label, [("1", _("yes")), ("0", _("no"))]) for name, label in _yes_no()),
        select("road_kind", _("Road"), [("main", _("main street")), ("back", _("back lane")),
                                        ("unknown", _("not known"))]),
        select("due_within_hours", _("Due within"), [("4", _("4 hours")), ("24", _("24 hours")),
                                                     ("72", _("3 days"))]),
        *(Bar(name, label, kind="date", value=str(address.get(name, ""))) for name, label in (
            ("reported_from", _("Reported from")), ("reported_to", _("Reported to")),
            ("closed_from", _("Ended from")), ("closed_to", _("Ended to")))),
    ]  # fmt: skip
    return first, more


def _yes_no() -> list[tuple[str, str]]:
    return [
        ("urgent", _("Urgent")), ("overdue", _("Overdue")), ("reworked", _("In rework")),
        ("extended", _("Extended")), ("suspended", _("Suspended")), ("placed", _("Placed in a cell")),
    ]  # fmt: skip


def _one(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _select(name: str, label: Any, choices: list[tuple[str, str]], chosen: str, any_words: str) -> Bar:
    """A list of choices; several chosen at once, or one no longer offered, stay a choice of their own."""
    words = dict(choices)
    if chosen and chosen not in words:
        glue = ", " if english() else "、"
        choices = [*choices, (chosen, glue.join(words.get(one, one) for one in chosen.split(",")))]
    html = _options_html(("", any_words or _("any")), *choices)
    if chosen:
        mark = f'value="{escape(chosen)}"'
        html = SafeString(html.replace(f"{mark}>", f"{mark} selected>", 1))
    return Bar(name, label, html, value=chosen, words=dict(choices).get(chosen, ""))


@lru_cache(maxsize=500)
def _options_html(*choices: tuple[str, str]) -> SafeString:
    """The options of a list; the same lists come again with every page."""
    return format_html_join("", '<option value="{}">{}</option>', choices)


def options(district_id: int, in_english: bool) -> dict[str, list[tuple[str, str]]]:
    """Units, types, areas, people of a district to choose from; kept for a minute."""
    key = f"desk.options.{district_id}.{in_english}"
    found: dict[str, list[tuple[str, str]]] | None = cache.get(key)
    if found is None:
        found = _options(district_id)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _options(district_id: int) -> dict[str, list[tuple[str, str]]]:
    here = {"district_id": district_id}
    areas = Area.objects.filter(**here).only("pk", "name", "name_en", "level").order_by("code")
    streets = [area for area in areas if area.level == "street"]
    people = (
        Account.objects.filter(posts__district_id=district_id, is_active=True).distinct().order_by("name")
    )
    return {
        "unit": _named(Unit.objects.filter(**here, active=True, handles_cases=True)),
        "type": _named(CaseType.objects.filter(**here).order_by("code")),
        "street_area": _named(streets),
        "area": _named(area for area in areas if area.level != "street"),
        "domain": [(domain.key, name_of(domain)) for domain in DOMAINS],
        "handler": [(str(one.pk), str(one)) for one in people.only("pk", "name", "username")[:500]],
    }


def _named(things: Iterable[Any]) -> list[tuple[str, str]]:
    return [(str(thing.pk), name_of(thing)) for thing in things]


def chips(asked: Filter, bars: Iterable[Bar]) -> list[tuple[str, str]]:
    """What is set, in words, each with the address that takes it away again."""
    found = []
    for bar in bars:
        if not bar.value or bar.name == "order":
            continue
        found.append(
            (f"{bar.label}: {bar.words or bar.value}", asked.as_address(**{bar.name: None}) or "open=")
        )
    if asked.flag:
        found.append((f"{_('Flag')}: {', '.join(asked.flag)}", asked.as_address(flag=None)))
    if asked.case:
        found.append((_("chosen cases"), asked.as_address(case=None)))
    return found
