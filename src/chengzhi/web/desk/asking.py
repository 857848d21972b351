"""What a request of the desk asks for: the filter in its address, the district and its time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from chengzhi.cases.choices import ListChoice
from chengzhi.cases.filters import Filter, read
from chengzhi.cases.models import Case
from chengzhi.cases.states import STATES
from chengzhi.places.models import District
from chengzhi.web.access import Request
from chengzhi.web.shell.context import district_of

FIELDS = frozenset(Filter.model_fields)
DEFAULT = Filter(open=True)


def district(request: Request) -> District:
    """The district the person works in; read once a request."""
    found = district_of(request)
    assert found is not None  # without a district nobody holds a permission
    return found


def asked_in(params: QueryDict) -> Filter:
    """The filter in address parameters; what is no filter is left alone. Raises BadFilter."""
    return read({name: ",".join(params.getlist(name)) for name in params if name in FIELDS})


def choice_of(request: Request) -> ListChoice:
    """What the person chose for the list in this district; unsaved when nothing yet."""
    key: dict[str, Any] = {"account_id": request.actor.account_id, "district_id": request.actor.district_id}
    return ListChoice.objects.filter(**key).first() or ListChoice(**key)


def sticky(request: Request, choice: ListChoice) -> Filter:
    """The filter of the address, else the one last used, else all open; remembered for next time."""
    if not FIELDS & set(request.GET):
        return read(choice.query) if choice.query else DEFAULT
    asked = asked_in(request.GET)
    if choice.query != asked.as_query() and not asked.q:
        remember(choice, query=asked.as_query())
    return asked


def remember(choice: ListChoice, **fields: Any) -> None:
    """Keep a choice, whether or not there was one before."""
    ListChoice.objects.update_or_create(
        account_id=choice.account_id, district_id=choice.district_id, defaults=fields
    )


def today(zone: str, now: datetime) -> Any:
    """The day it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def english() -> bool:
    """Whether the page is in English."""
    return not (get_language() or "zh").startswith("zh")


def state_words(state: str) -> str:
    """A state in the page's language."""
    return STATES.get(state, (state, state))[1 if english() else 0]


def name_of(thing: Any) -> str:
    """The name of a bilingual thing in the page's language; a dash for nothing."""
    if thing is None:
        return "—"
    pair = (getattr(thing, "name", ""), getattr(thing, "name_en", ""))
    return str((pair[1] or pair[0]) if english() else (pair[0] or pair[1]))


def case_url(case: Case) -> str:
    """Where the page of a case is."""
    return _case_path(case.number)


@lru_cache(maxsize=4096)
def _case_path(number: str) -> str:
    try:
        return reverse("desk:case", args=(number,))
    except NoReverseMatch:
        return ""


def numbers_in(text: str) -> list[int]:
    """Case numbers in a hidden field, those that are none left out, each once."""
    parts: Iterable[str] = text.split(",")
    return list(dict.fromkeys(int(part) for part in parts if part.isdecimal() and len(part) < 19))


def joined(numbers: Sequence[int]) -> str:
    """Case numbers as a hidden field keeps them."""
    return ",".join(map(str, numbers))
