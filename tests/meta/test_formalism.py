"""No measure that central rules ban stands in models, migrations, pages or the API (D1 to D3).

Points, boards of ranks, sign-in by clock, time spent on-line or reading, streaks, likes, forwards
and log-in counts: a column, class, route or template word with such a name fails here. A name
that only looks like one stands in ALLOWED with the reason, and goes when its thing goes.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.urls import URLPattern, get_resolver

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "chengzhi"
BANNED = re.compile(
    r"(^|_)(points?_(earned|total|of_member)|member_points|leader_?boards?|rank(ing|ed)?|check_?in|punch(_?in)?"
    r"|on_?line_(time|minutes|hours)|read(ing)?_(time|minutes|count|record)s?|dwell(_time)?|streaks?|likes?"
    r"|forwards?|shares_count|view_count|login_(count|rate)s?|open_rate|install_rate|badges?)($|_)"
)
BANNED_WORDS = re.compile(
    r"排行榜|积分排名|积分榜|打卡|签到|在线时长|学习时长|阅读时长|点赞|转发量|登录率|连续天数"
)
# name → why it is none of these measures
ALLOWED: dict[str, str] = {}


def of_models() -> Iterator[str]:
    for model in apps.get_models():
        if not model.__module__.startswith("chengzhi."):
            continue
        yield model.__name__
        yield from (field.name for field in model._meta.get_fields())


def of_routes(resolver: Any = None) -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        yield from re.split(r"\W+", str(entry.pattern).replace("-", "_"))
        if isinstance(entry, URLPattern):
            yield entry.name or ""
        else:
            yield from of_routes(entry)


def of_migrations() -> Iterator[str]:
    for path in PACKAGE.rglob("migrations/*.py"):
        yield from re.findall(r"""['"]([a-z_]+)['"],\s*models\.""", path.read_text("utf-8"))


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def banned(names: Iterator[str]) -> set[str]:
    return {name for name in names if BANNED.search(snake(name))} - set(ALLOWED)


def test_no_model_column_or_route_carries_a_banned_measure() -> None:
    assert banned(of_models()) == set()
    assert banned(of_migrations()) == set()
    assert banned(of_routes()) == set()


def test_no_page_of_the_branch_speaks_of_one() -> None:
    parts = [path.name for path in (PACKAGE / "branch").iterdir() if (path / "apps.py").exists()]
    paths = [path for name in parts for path in (PACKAGE / "web" / name).rglob("*")]
    texts = {path: path.read_text("utf-8") for path in paths if path.suffix in (".html", ".po")}
    assert texts
    assert [str(path.relative_to(PACKAGE)) for path, text in texts.items() if BANNED_WORDS.search(text)] == []


def test_the_scan_finds_what_it_looks_for_and_spares_what_only_sounds_so() -> None:
    bad = (
        "LeaderBoard",
        "check_in",
        "reading_time",
        "online_minutes",
        "like",
        "forwards",
        "login_count",
        "streak",
    )
    assert banned(iter(bad)) == set(bad)
    assert banned(iter(("likelihood", "check_in_force", "not_geocoded", "streets"))) == {"check_in_force"}
    assert BANNED_WORDS.search("党员积分排名")


def test_every_allowed_name_still_exists() -> None:
    assert set(ALLOWED) <= {*of_models(), *of_migrations(), *of_routes()}
