"""Give a post, end a post."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.people import actions
from chengzhi.people.models import Post
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import DayField, district_of
from chengzhi.web.manage.people import PostFields, account_here


@permitted("people.manage")
@require_POST
def add(request: Request, number: int) -> HttpResponse:
    """A further post for an account of this district."""
    account, district = account_here(request, number), district_of(request)
    form = PostFields(district, request.LANGUAGE_CODE, request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("manage:person", number)
    try:
        actions.add_post(
            account=account, district_id=district.pk, by=request.actor, on=clock.now(), **form.facts()
        )
        messages.success(request, _("The post is given."))
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("manage:person", number)


@permitted("people.manage")
@require_POST
def end(request: Request, number: int) -> HttpResponse:
    """POST `last_day`: the post counts on that day still."""
    post = get_object_or_404(Post, pk=number, district_id=request.actor.district_id)
    last_day = DayField().clean(request.POST.get("last_day", ""))
    actions.end_post(post=post, last_day=last_day, by=request.actor, on=clock.now())
    messages.success(request, _("The post ends with %(day)s.") % {"day": last_day})
    return redirect("manage:person", post.account_id)
