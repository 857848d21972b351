"""What every template may use: language, theme, district, actor, navigation."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from chengzhi import clock
from chengzhi.people.roles import roles
from chengzhi.places.models import District
from chengzhi.web.shell import navigation
from chengzhi.web.shell.preferences import theme_of


@dataclass
class Shell:
    """The frame of one page; nothing is computed until a template asks for it."""

    request: HttpRequest

    @cached_property
    def actor(self) -> Any:
        """The acting person, or None for a resident without a log-in."""
        return getattr(self.request, "actor", None)

    @cached_property
    def signed_in(self) -> bool:
        """Whether an account is logged in."""
        return bool(getattr(getattr(self.request, "user", None), "is_authenticated", False))

    @cached_property
    def theme(self) -> str:
        """``light``, ``dark`` or ``system``."""
        return theme_of(self.request)

    @cached_property
    def language(self) -> str:
        """Language of the page as a BCP 47 tag."""
        return "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"

    @cached_property
    def entries(self) -> tuple[navigation.Entry, ...]:
        """Navigation entries the actor may use."""
        rights = frozenset(getattr(self.actor, "permissions", ()) or ())
        return navigation.entries_for(self.request, rights) if self.signed_in else ()

    @cached_property
    def groups(self) -> tuple[navigation.Group, ...]:
        """Navigation entries under headings."""
        return navigation.grouped(self.entries)

    @cached_property
    def phone_entries(self) -> tuple[navigation.Entry, ...]:
        """The few that fit a phone's bottom bar."""
        return tuple(entry for entry in self.entries if entry.item.phone)[:4]

    @cached_property
    def search_url(self) -> str:
        """Where the search box leads; empty hides it."""
        return navigation.address("desk:search") if self.signed_in else ""

    @cached_property
    def notices_url(self) -> str:
        """Where the bell leads; empty hides it."""
        return navigation.address("desk:notices") if self.signed_in else ""

    @cached_property
    def account_url(self) -> str:
        """The person's own page."""
        return navigation.address("account:home")

    @cached_property
    def logout_url(self) -> str:
        """Where the log-out form posts."""
        return navigation.address("account:logout")

    @cached_property
    def login_url(self) -> str:
        """Where staff log in."""
        return navigation.address("account:login")

    @cached_property
    def home_url(self) -> str:
        """First page: of the desk for staff, of the site for residents."""
        return navigation.address("desk:home" if self.signed_in else "public:home") or "/"

    @cached_property
    def districts(self) -> tuple[District, ...]:
        """Districts the account may switch to."""
        return tuple(getattr(self.request, "districts", ()))

    @cached_property
    def role_names(self) -> tuple[str, ...]:
        """The actor's roles in words."""
        known = roles()
        held = getattr(self.actor, "roles", ()) or ()
        return tuple(known[key].label(self.language.lower()) for key in held if key in known)

    @cached_property
    def switch_url(self) -> str:
        """Where the district switch posts."""
        return navigation.address("account:district")


def district_of(request: HttpRequest) -> District | None:
    """The district of this request: set by middleware or view, else that of the actor; found once."""
    held = getattr(request, "district", None)
    if isinstance(held, District):
        return held
    number = getattr(getattr(request, "actor", None), "district_id", None)
    if not number:
        return None
    mine = (one for one in getattr(request, "districts", ()) if one.pk == number)
    found = next(mine, None) or District.objects.filter(pk=number).first()
    request.district = found  # type: ignore[attr-defined]
    return found


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, `district`, `now`, and the optional tile source."""
    return {
        "shell": Shell(request),
        "district": district_of(request),
        "now": clock.now(),
        "tile_url": getattr(settings, "MAP_TILE_URL", ""),
    }
