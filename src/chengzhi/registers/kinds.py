"""The kinds of objects the domains declare, by key."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from django.utils.translation import gettext as _

from chengzhi.domains import DOMAINS
from chengzhi.domains.domain import Domain
from chengzhi.domains.kinds import Kind
from chengzhi.registers.problems import UnknownKind


@cache
def _declared() -> Mapping[str, tuple[Domain, Kind]]:
    return {kind.key: (domain, kind) for domain in DOMAINS for kind in domain.registers}


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by key, in the order of the domains."""
    return MappingProxyType({key: kind for key, (_, kind) in _declared().items()})


def kind(key: str) -> Kind:
    """A kind by key. Raises UnknownKind."""
    return _found(key)[1]


def domain_of_kind(key: str) -> Domain:
    """The domain whose register holds the kind. Raises UnknownKind."""
    return _found(key)[0]


def _found(key: str) -> tuple[Domain, Kind]:
    found = _declared().get(key)
    if found is None:
        raise UnknownKind(
            _("There is no register “%(kind)s”.") % {"kind": key[:40]},
            _("Known: %(known)s.") % {"known": ", ".join(_declared())},
            _("Choose one of them."),
        )
    return found
