"""Where am I signed in? End one browser, or all others."""

from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.people import actions, sessions
from chengzhi.people.models import SignedIn
from chengzhi.web.access import Request, signed_in


@signed_in
@never_cache
def page(request: Request) -> HttpResponse:
    """The browsers of this account, the present one marked."""
    rows = sessions.live(request.user, clock.now())
    facts = {"rows": rows, "here": request.session.session_key}
    return render(request, "account/sessions.html", facts)


@signed_in
@require_POST
def end(request: Request) -> HttpResponse:
    """POST `which`: the number of a row of one's own, or `others`."""
    here = str(request.session.session_key)
    which = request.POST.get("which", "")
    if which == "others":
        ended = actions.end_sessions(account=request.user, except_key=here)
    else:
        number = int(which) if which.isdecimal() else 0
        row = get_object_or_404(SignedIn.objects.exclude(session_key=here), pk=number, account=request.user)
        Session.objects.filter(session_key=row.session_key).delete()
        sessions.end(session_key=row.session_key)
        ended = 1
    messages.success(request, _("Signed out in %(n)d browsers.") % {"n": ended})
    return redirect("account:sessions")
