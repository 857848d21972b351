"""Saved filters: a name for a filter, for oneself or for the whole district."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.cases.models import SavedFilter
from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import asked_in

MOST = 100


@permitted("case.view")
@require_POST
def save(request: Request) -> HttpResponse:
    """Save the filter in use under a name; the same name of the same person is replaced."""
    asked = asked_in(QueryDict(request.POST.get("filter", "")))
    name = " ".join(request.POST.get("name", "").split())[:60]
    own = {"account_id": request.actor.account_id, "district_id": request.actor.district_id}
    if not name:
        messages.error(request, _("A saved filter needs a name. Nothing was saved; type one and save again."))
    elif SavedFilter.objects.filter(**own).exclude(name=name).count() >= MOST:
        messages.error(request, _("You have %(most)s saved filters; delete one first.") % {"most": MOST})
    else:
        facts = {"query": asked.as_query(), "shared": request.POST.get("shared") == "1"}
        SavedFilter.objects.update_or_create(
            **own, name=name, defaults=facts, create_defaults=facts | {"created_at": clock.now()}
        )
        messages.success(request, _("The filter “%(name)s” is saved.") % {"name": name})
    return redirect(f"{reverse('desk:worklist')}?{asked.as_address()}")


@permitted("case.view")
@require_POST
def change(request: Request, filter_id: int) -> HttpResponse:
    """Rename, share, keep for oneself or delete one's own filter."""
    own = SavedFilter.objects.filter(
        pk=filter_id,
        account_id=request.actor.account_id or 0,
        district_id=request.actor.district_id or 0,
    )
    name = " ".join(request.POST.get("name", "").split())[:60]
    if "delete" in request.POST:
        touched, _rows = own.delete()
        words = _("The filter is deleted.")
    elif name:
        touched = own.update(name=name, shared=request.POST.get("shared") == "1")
        words = _("The filter is changed.")
    else:
        touched, words = own.count(), _("A saved filter needs a name; it keeps the old one.")
    if not touched:
        raise Http404
    messages.success(request, words)
    return redirect(f"{reverse('desk:worklist')}?{request.POST.get('filter', '')}")
