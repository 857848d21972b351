"""What a one-time link opens: accept an invitation, or set a new password."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chengzhi import clock
from chengzhi.people import actions
from chengzhi.people.links import LinkNotValid, find
from chengzhi.people.models import OneTimeLink
from chengzhi.people.problems import BadUserName, NameTaken
from chengzhi.web.access import Request, public
from chengzhi.web.account.entering import pass_password
from chengzhi.web.account.forms import InvitationForm, NewPasswordForm


@public
@never_cache
@sensitive_post_parameters()
def open_link(request: Request, token: str) -> HttpResponse:
    """Show the form behind a link; a link that does not work says what to do instead (410)."""
    try:
        link = find(token, on=clock.now())
    except LinkNotValid as problem:
        return render(request, "account/link_over.html", {"problem": problem}, status=problem.status)
    if link.purpose == OneTimeLink.Purpose.INVITE:
        return _invitation(request, token, link)
    return _reset(request, token, link)


def _invitation(request: Request, token: str, link: OneTimeLink) -> HttpResponse:
    form = InvitationForm(link.account, request.POST or None, initial={"name": link.account.name})
    if form.is_valid():
        data = form.cleaned_data
        try:
            account = actions.accept_invitation(
                token=token,
                username=data["username"],
                name=data["name"],
                password=data["new"],
                on=clock.now(),
            )
        except (NameTaken, BadUserName) as problem:
            form.add_error("username", str(problem))
        else:
            return pass_password(request, account, clock.now())
    facts = {"form": form, "link": link, "posts": link.account.posts.select_related("district", "unit")}
    return render(request, "account/invitation.html", facts)


def _reset(request: Request, token: str, link: OneTimeLink) -> HttpResponse:
    form = NewPasswordForm(link.account, request.POST or None)
    if form.is_valid():
        actions.set_password_by_link(token=token, password=form.cleaned_data["new"], on=clock.now())
        messages.success(request, _("The new password counts. Log in with it."))
        return redirect("account:login")
    return render(request, "account/reset.html", {"form": form, "link": link})
