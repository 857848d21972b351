"""Who calls, and what every route answers when it refuses."""

from typing import Any, cast

from django.http import HttpRequest
from ninja.security import HttpBearer

from chengzhi import clock
from chengzhi.api.v1 import errors
from chengzhi.api.v1.shapes import ErrorOut
from chengzhi.people import keys
from chengzhi.people.keys import Caller
from chengzhi.people.rules import may

MOST_PER_PAGE = 200
REFUSALS: dict[Any, Any] = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 422: ErrorOut, 503: ErrorOut}


class StaffKey(HttpBearer):
    """`Authorization: Bearer cz_…`, made by `chengzhi api-key create`."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """The caller; raises KeyRefused."""
        return keys.caller_of(f"Bearer {token}", on=clock.now())


def caller(request: HttpRequest) -> Caller:
    """Who calls."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def reader(request: HttpRequest, permission: str, scope: str = "cases:read") -> Caller:
    """The caller, whose key has the scope and whose role the permission.

    Raises ScopeMissing; NotFound without the permission: for this role there is nothing here.
    """
    who = caller(request)
    who.need(scope)
    if not may(who.actor, permission):
        raise errors.not_found()
    return who
