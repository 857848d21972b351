"""The ten roles as shipped (`roles.yaml`). What a role may do today is in RolePermission."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.people.permissions import known


class UnknownRole(Problem):
    """A post or a form names a role that does not exist."""

    code = "people.unknown_role"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its words, whether it may have to carry a second factor, its shipped permissions."""

    key: str
    name: str
    name_en: str
    second_factor: bool
    permissions: frozenset[str]

    def label(self, language: str) -> str:
        """Its name in Chinese for `zh…`, else in English."""
        return self.name if language.startswith("zh") else self.name_en


@cache
def roles() -> dict[str, Role]:
    """Role key → role, in the order of the file. Raises UnknownPermission on a misspelt one."""
    text = files("chengzhi.people").joinpath("roles.yaml").read_text(encoding="utf-8")
    return {
        key: Role(
            key,
            row["name"],
            row["name_en"],
            bool(row.get("second_factor", False)),
            frozenset(known(permission) for permission in row["permissions"]),
        )
        for key, row in yaml.safe_load(text)["roles"].items()
    }


def role(key: str) -> Role:
    """The role called `key`. Raises UnknownRole."""
    try:
        return roles()[key]
    except KeyError:
        raise UnknownRole(
            _("There is no role “%(key)s”.") % {"key": key},
            _("Known roles: %(known)s.") % {"known": ", ".join(roles())},
            _("Choose one of them."),
        ) from None
