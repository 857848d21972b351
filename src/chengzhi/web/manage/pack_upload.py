"""A district pack from a .zip: sent, checked, shown, and loaded as a background job."""

from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.files.limits import MEGABYTE, limits
from chengzhi.jobs.actions import start
from chengzhi.people.models import Account
from chengzhi.pipeline.pack_jobs import KIND
from chengzhi.pipeline.pack_uploads import SentPack, receive_pack, sent_pack
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.packs import is_busy


class PackForm(forms.Form):
    """The archive."""

    file = forms.FileField(
        label=gettext_lazy("Pack as a .zip"), widget=forms.FileInput(attrs={"accept": ".zip,application/zip"})
    )


@never_cache
@permitted("packs.manage")
def upload(request: Request) -> HttpResponse:
    """The form; a POST unpacks and checks, and shows what loading would do."""
    form = PackForm(request.POST or None, request.FILES or None)
    facts: dict[str, Any] = {"form": form, "most": limits().document_bytes // MEGABYTE}
    if not form.is_valid():
        return render(request, "manage/pack_upload.html", facts, status=422 if form.errors else 200)
    try:
        sent = receive_pack(
            cast(BinaryIO, form.cleaned_data["file"]), account=_account(request), by=request.actor
        )
    except Problem as problem:
        return render(request, "manage/pack_upload.html", facts | {"problem": problem}, status=problem.status)
    return render(request, "manage/pack_sent.html", shown(sent))


def shown(sent: SentPack) -> dict[str, Any]:
    """What the preview says: the district, what is there now, what the pack holds, what is doubtful."""
    pack, before = sent.checked.pack, sent.district
    return {
        "sent": sent, "manifest": pack.manifest, "version": pack.version, "district": before,
        "same": before is not None and before.pack_version == pack.version, "warnings": pack.warnings,
        "counts": [
            (_("Areas"), len(pack.areas)), (_("Cells"), len(pack.cells)), (_("Streets"), len(pack.streets)),
            (_("Landmarks"), len(pack.landmarks)), (_("Units"), len(sent.checked.people.units)),
            (_("Case types"), len(sent.checked.cases.types)), (_("Limits"), len(sent.checked.cases.limits)),
        ],
    }  # fmt: skip


@permitted("packs.manage")
@require_POST
def load(request: Request, token: str) -> HttpResponse:
    """Start the job for an upload that was shown."""
    try:
        sent = sent_pack(token, account=_account(request), by=request.actor)
    except Problem as problem:
        messages.error(request, f"{problem.what} {problem.cure}")
        return redirect("manage:pack_upload")
    if is_busy(request.actor.district_id):
        messages.error(request, _("The pack is being loaded already."))
        return redirect("manage:packs")
    slug = sent.checked.pack.manifest.slug
    start(
        KIND, title=_("Load the pack %(name)s") % {"name": slug}, by=request.actor.account_id, on=clock.now(),
        district_id=request.actor.district_id, arguments={"folder": slug, "token": token}, total=2,
        key=f"{KIND}:{token}",
    )  # fmt: skip
    messages.success(request, _("The pack is loaded in the background."))
    return redirect("manage:packs")


def _account(request: Request) -> Account:
    return request.user
