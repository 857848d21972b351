"""Route × role → allowed, 404 or log-in. Deny unless allowed.

`permissions.csv` says for every address who may open it: `public`, `signed_in`, `api` (a key or
a log-in, else 401) or the permissions of which one is enough. An address without a line, a line
without an address, or a view whose mark says something else fails here.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from chengzhi.people.permissions import ALL
from chengzhi.people.roles import roles
from tests.people_builders import PASSWORD, account, district, post

MATRIX = Path(__file__).with_name("permissions.csv")
LOGIN = "/account/login/"
SAMPLES = {"int": "999999", "str": "no-such", "slug": "no-such", "path": "no-such", "uuid": "0" * 32}


def routes(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield address, entry.callback
        else:
            yield from routes(entry, address)


def found() -> dict[str, Any]:
    return dict(routes(get_resolver()))


def matrix() -> dict[str, tuple[str, ...]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row["route"]: tuple(row["access"].split()) for row in csv.DictReader(file)}


def address(route: str) -> str:
    # An address written as an expression: its first choice, or a number.
    plain = re.sub(r"\(\?P<\w+>([^()]+)\)", lambda match: _first(match.group(1)), route)
    plain = plain.removeprefix("^").removesuffix("$")
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match.group(1) or "str"], plain)


def _first(choices: str) -> str:
    return SAMPLES["int"] if choices == r"\d+" else choices.split("|")[0]


def test_every_route_has_a_line_and_every_line_a_route():
    known, real = matrix(), found()
    missing = [f"{one},{' '.join(getattr(real[one], 'access', ('?',)))}" for one in real if one not in known]
    assert not missing, "add to tests/meta/permissions.csv:\n" + "\n".join(sorted(missing))
    assert not set(known) - set(real), "take out of tests/meta/permissions.csv"


def test_every_mark_says_what_the_line_says():
    known = matrix()
    wrong = {
        route: (view.access, known[route])
        for route, view in found().items()
        if hasattr(view, "access") and route in known and set(view.access) != set(known[route])
    }
    assert not wrong


def test_pages_behind_the_log_in_carry_a_mark():
    """A view that is not public must be guarded by the decorator, not by good will."""
    views = found()
    bare = [
        route
        for route, access in matrix().items()
        if access not in (("public",), ("api",)) and not hasattr(views.get(route), "access")
    ]
    assert not bare


def test_every_permission_named_is_declared():
    named = {one for access in matrix().values() for one in access} - {"public", "signed_in", "api"}
    assert named <= ALL


def leads_to_log_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(LOGIN)


@pytest.mark.django_db
def test_without_a_log_in_only_public_pages_open():
    client = Client(raise_request_exception=False)
    wrong = []
    for route, access in matrix().items():
        answer = client.get(address(route))
        if access == ("public",):
            right = not leads_to_log_in(answer) or route.startswith("account/")
        elif access == ("api",):
            if answer.status_code == 405:
                answer = client.post(address(route), {}, content_type="application/json")
            right = answer.status_code == 401
        else:
            right = leads_to_log_in(answer)
        if not right:
            wrong.append((route, access, answer.status_code))
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(roles()))
def test_each_role_opens_its_own_pages_and_finds_no_others(role):
    person = post(account(), district(), role).account
    client = Client(raise_request_exception=False)
    assert client.post(LOGIN, {"username": person.username, "password": PASSWORD}).status_code == 302
    wrong = []
    for route, access in matrix().items():
        if access in (("public",), ("api",)):
            continue
        answer = client.get(address(route))
        held = access == ("signed_in",) or bool(set(access) & roles()[role].permissions)
        # What the page then finds (nothing, mostly: the addresses are made up) is its own matter.
        admitted = getattr(answer.wsgi_request, "admitted", False)
        right = admitted if held else not admitted and answer.status_code == 404
        if leads_to_log_in(answer) or answer.status_code >= 500 or not right:
            wrong.append((route, access, answer.status_code))
    assert not wrong
