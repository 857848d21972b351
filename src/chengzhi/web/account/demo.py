"""The one-click choice of demo accounts: on this machine only, and only while the demo is on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.people.models import Account, Post
from chengzhi.people.roles import Role, roles
from chengzhi.places.models import District
from chengzhi.web.access import Request, demo_allowed, public
from chengzhi.web.account.entering import enter as sign_in

allowed = demo_allowed


@dataclass(frozen=True)
class Choice:
    """One demo account as the log-in page offers it."""

    username: str
    role: Role
    unit: str


def chooser(request: HttpRequest) -> list[tuple[District, list[Choice]]]:
    """Demo accounts by district, in the order of the roles; empty where they are refused."""
    if not allowed(request):
        return []
    posts = Post.objects.filter(account__demo=True, account__is_active=True)
    return _grouped(posts.select_related("account", "district", "unit").order_by("district_id", "account_id"))


def _grouped(posts: Iterable[Post]) -> list[tuple[District, list[Choice]]]:
    order = list(roles())
    found: dict[int, tuple[District, list[Choice]]] = {}
    for post in posts:
        row = Choice(post.account.username, roles()[post.role], post.unit.name)
        choices = found.setdefault(post.district_id, (post.district, []))[1]
        # A pack may bring dozens of demo inspectors; the first of each role is enough to look around.
        if all(choice.role != row.role for choice in choices):
            choices.append(row)
    for _, choices in found.values():
        choices.sort(key=lambda choice: order.index(choice.role.key))
    return list(found.values())


@public
@require_POST
def enter(request: Request) -> HttpResponse:
    """Sign in as the demo account chosen; elsewhere than on this machine there is no such page."""
    if not allowed(request):
        raise Http404
    account = get_object_or_404(Account, username=request.POST.get("username", ""), demo=True, is_active=True)
    return sign_in(request, account, clock.now())
