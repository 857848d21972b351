"""Change the password; ask for a link when it is forgotten."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from chengzhi import clock
from chengzhi.people import actions, sessions
from chengzhi.web.access import Request, public, signed_in
from chengzhi.web.account import mail
from chengzhi.web.account.forms import ChangePasswordForm, ForgottenForm


@signed_in
@never_cache
@sensitive_post_parameters()
def change(request: Request) -> HttpResponse:
    """A new password; other browsers are signed out, this one stays."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if not form.is_valid():
        return render(request, "account/password.html", {"form": form})
    actions.change_password(account=request.user, password=form.cleaned_data["new"], on=clock.now())
    old_key = str(request.session.session_key)
    update_session_auth_hash(request, request.user)
    sessions.renamed(old_key=old_key, new_key=str(request.session.session_key))
    ended = actions.end_sessions(account=request.user, except_key=str(request.session.session_key))
    messages.success(
        request,
        _("Password changed. You were signed out in %(n)d other browsers.") % {"n": ended},
    )
    return redirect("account:home")


@public
@never_cache
def forgotten(request: Request) -> HttpResponse:
    """Ask for a link by mail. The answer is the same whether or not the account exists."""
    form = ForgottenForm(request.POST or None)
    ready = mail.is_configured()
    sent = ready and form.is_valid()
    if sent:
        mail.send_reset(form.cleaned_data["who"], request.build_absolute_uri("/"), clock.now())
    return render(request, "account/forgotten.html", {"form": form, "ready": ready, "sent": sent})
