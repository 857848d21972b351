"""The choice of the district for people with posts in several."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.people.queries import districts_of
from chengzhi.web.access import DISTRICT_KEY, Request, signed_in
from chengzhi.web.account.entering import next_address


class NoPostThere(Problem):
    """The account has no post in the district asked for."""

    code = "account.no_post_there"
    status = 404


@signed_in
@require_POST
def choose(request: Request) -> HttpResponse:
    """POST `district` (its number) and `next`: work there from now on."""
    wanted = request.POST.get("district", "")
    found = {str(one.pk): one.pk for one in districts_of(request.user, clock.now())}
    if wanted not in found:
        raise NoPostThere(_("You have no post in this district."), "", _("Ask its administrator for a post."))
    request.session[DISTRICT_KEY] = found[wanted]
    return redirect(next_address(request))
