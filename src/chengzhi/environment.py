"""Every setting an operator may give, declared once and read in one place.

A setting is an environment variable. An empty value counts as not given. A bad value is
refused at start with the setting's name, what is wrong and what to write instead.
"""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chengzhi.errors import Problem, Sentence
from chengzhi.errors import sentence as _


class BadSetting(Problem):
    """An environment variable holds a value the program cannot use."""

    code = "settings.bad_value"
    status = 500


@dataclass(frozen=True)
class Setting:
    """One setting: its variable, its default as written by a person, what it is for, its parser."""

    name: str
    default: str
    help: Sentence
    parse: Callable[[str], Any]
    hint: Sentence


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    return known[value.lower()]


def _path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _count(value: str) -> int:
    number = int(value)
    if number < 1:
        raise ValueError(value)
    return number


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value and urlsplit(value).scheme not in schemes:
            raise ValueError(value)
        return value

    return parse


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(value)
        return value

    return parse


def default_home() -> str:
    """The user's data folder, by the custom of the operating system."""
    if sys.platform == "darwin":
        return str(Path.home() / "Library" / "Application Support" / "chengzhi")
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(base) / "chengzhi")


FLAG = _("write 1 or 0")
SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CHENGZHI_HOME",
        "",
        _("Folder of all that the program keeps; empty: the user's data folder."),
        _text,
        _("write a folder's path"),
    ),
    Setting(
        "DATABASE_URL",
        "",
        _("A PostgreSQL server (15 or later) to use instead of the embedded one."),
        _url("postgres", "postgresql"),
        _("write postgresql://user:password@host:5432/database"),
    ),
    Setting(
        "CHENGZHI_DATABASE_ROLE",
        "app",
        _("Which database role the process uses."),
        _choice("app", "owner"),
        _("write app or owner"),
    ),
    Setting(
        "CHENGZHI_DATABASE_POOL",
        "4",
        _("Connections one web process keeps at most."),
        _count,
        _("write a number from 1"),
    ),
    Setting(
        "CHENGZHI_PROCESS",
        "command",
        _("What this process is; set by `chengzhi up` itself."),
        _choice("command", "web", "worker", "test"),
        _("leave it unset"),
    ),
    Setting(
        "CHENGZHI_DEBUG", "0", _("Show error details to anybody; never on a real installation."), _flag, FLAG
    ),
    Setting(
        "CHENGZHI_ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        _("Host names under which the site may be called, comma between them."),
        _names,
        _("write names, comma between them"),
    ),
    Setting(
        "CHENGZHI_PUBLIC_URL",
        "",
        _("Address residents reach, for links in messages; https turns secure cookies on."),
        _url("http", "https"),
        _("write https://city.example"),
    ),
    Setting(
        "CHENGZHI_BEHIND_PROXY", "0", _("A proxy in front sets X-Forwarded-Proto and -For."), _flag, FLAG
    ),
    Setting(
        "CHENGZHI_DEMO_ACCOUNTS",
        "0",
        _("Demo accounts with known passwords may log in; set by `chengzhi up` on loopback only."),
        _flag,
        FLAG,
    ),
    Setting(
        "CHENGZHI_SMTP_URL",
        "",
        _("Mail server for outgoing messages; empty: no mail is sent."),
        _url("smtp", "smtps"),
        _("write smtp://user:password@host:587"),
    ),
    Setting(
        "CHENGZHI_MAIL_FROM",
        "chengzhi@localhost",
        _("Sender of outgoing mail."),
        _text,
        _("write an address"),
    ),
    Setting(
        "CHENGZHI_IMPORT_MB",
        "500",
        _("Megabytes a file sent on the import page may have; the command has no limit."),
        _count,
        _("write a whole number from 1"),
    ),
    Setting(
        "CHENGZHI_S3_BUCKET",
        "",
        _("Bucket for photos; empty: they lie on disk in the home folder."),
        _text,
        _("write a bucket's name"),
    ),
    Setting(
        "CHENGZHI_S3_ENDPOINT",
        "",
        _("Address of the S3 service."),
        _url("http", "https"),
        _("write https://s3.example"),
    ),
    Setting(
        "CHENGZHI_TILES_URL",
        "",
        _("Tile address with {z} {x} {y} for a base map; empty: own layers only."),
        _url("http", "https"),
        _("write https://tiles.example/{z}/{x}/{y}.png"),
    ),
    Setting(
        "CHENGZHI_MAP_APPROVAL",
        "",
        _(
            "Approval number (审图号) of the public map; without it and without "
            "a Tianditu key the public map stays off."
        ),
        _text,
        _("write the number as printed on the map"),
    ),
    Setting("CHENGZHI_TIANDITU_KEY", "", _("Key of the 天地图 service."), _text, _("write the key")),
    Setting(
        "CHENGZHI_OUTSIDE_COUNTRY",
        "0",
        _("Storage, mail or tiles are knowingly outside the country."),
        _flag,
        FLAG,
    ),
    Setting(
        "CHENGZHI_BRANCH",
        "1",
        _("The branch part has its pages here; 0 takes all of them off this instance."),
        _flag,
        FLAG,
    ),
)


def read_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Every setting's parsed value by name; raises `BadSetting` at the first bad one."""
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environment.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.parse(text)
        except (ValueError, KeyError) as error:
            raise BadSetting(
                _(
                    "The setting %(name)s holds “%(text)s”, which cannot be used.",
                    name=setting.name,
                    text=text,
                ),
                setting.help,
                _("Correct it: %(hint)s.", hint=setting.hint),
            ) from error
    values["CHENGZHI_HOME"] = _path(values["CHENGZHI_HOME"] or default_home())
    return values
