"""Which columns a person wants to see."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from chengzhi.web.access import Request, permitted
from chengzhi.web.desk.asking import choice_of, remember
from chengzhi.web.desk.cells import COLUMNS


@permitted("case.view")
@require_POST
def choose(request: Request) -> HttpResponse:
    """Keep the chosen columns for this account and district."""
    chosen = [key for key in COLUMNS if key in request.POST.getlist("column")]
    remember(choice_of(request), columns=[] if "usual" in request.POST else chosen)
    return redirect(f"{reverse('desk:worklist')}?{request.POST.get('filter', '')}")
