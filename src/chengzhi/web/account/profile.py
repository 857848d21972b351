"""My account: name, address, language, colours, and what I may do where."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_otp import user_has_device

from chengzhi import clock
from chengzhi.people.models import Account
from chengzhi.people.sessions import live
from chengzhi.web.access import Request, signed_in
from chengzhi.web.account.forms import ProfileForm
from chengzhi.web.shell.preferences import THEME_COOKIE, keep, theme_of


@signed_in
@never_cache
def home(request: Request) -> HttpResponse:
    """The person's own page; POST saves it."""
    account = Account.objects.get(pk=request.user.pk)
    shown = {"language": request.LANGUAGE_CODE, "theme": theme_of(request)}
    form = ProfileForm(request.POST or None, instance=account, initial=shown)
    if form.is_valid():
        return _save(request, form)
    facts = {
        "form": form,
        "posts": account.posts.select_related("district", "unit").order_by("-valid_from"),
        "browsers": len(live(account, clock.now())),
        "second_factor": user_has_device(account),
    }
    return render(request, "account/home.html", facts)


def _save(request: Request, form: ProfileForm) -> HttpResponse:
    form.save()
    messages.success(request, _("Saved."))
    response = redirect("account:home")
    data = form.cleaned_data
    keep(request, response, cookie=THEME_COOKIE, attribute="theme", value=data["theme"])
    keep(
        request,
        response,
        cookie=settings.LANGUAGE_COOKIE_NAME,
        attribute="language",
        value=data["language"],
    )
    return response
