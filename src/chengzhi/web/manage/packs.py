"""District packs: what lies in the folder, what is loaded, and whether a folder checks out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengzhi import clock
from chengzhi.errors import Problem
from chengzhi.jobs.actions import start
from chengzhi.jobs.models import JobRun
from chengzhi.ledger.models import Entry
from chengzhi.pipeline.pack_jobs import KIND
from chengzhi.pipeline.pack_uploads import own_pack_folders
from chengzhi.places.manifest import Manifest, read_manifest
from chengzhi.places.models import District
from chengzhi.places.packfile import pack_folders, pack_version, read_pack
from chengzhi.web.access import Request, permitted
from chengzhi.web.manage.days import district_of
from chengzhi.web.manage.previews import Side, confirmed, preview

BUSY = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Found:
    """A pack folder beside what is loaded of it; `problem` when its manifest cannot be read."""

    folder: Path
    manifest: Manifest | None
    version: str
    district: District | None
    problem: Problem | None = None

    @property
    def is_current(self) -> bool:
        """Whether exactly this folder's content is loaded."""
        return self.district is not None and self.district.pack_version == self.version


def found() -> list[Found]:
    """All pack folders, the shipped ones first, in the order of their names."""
    loaded = {district.slug: district for district in District.objects.defer("outline")}
    return [_one(folder, loaded) for folder in _folders()]


def _folders() -> list[Path]:
    return [*pack_folders(), *own_pack_folders()]


def _one(folder: Path, loaded: dict[str, District]) -> Found:
    try:
        manifest = read_manifest(folder)
    except Problem as problem:
        return Found(folder, None, "", loaded.get(folder.name), problem)
    version = pack_version(folder, manifest.version)
    return Found(folder, manifest, version, loaded.get(manifest.slug))


@permitted("packs.manage")
def listing(request: Request) -> HttpResponse:
    """The packs of this installation."""
    district = district_of(request)
    run = _last_run(district.pk)
    facts = {
        "rows": found(), "district": district, "versions": versions(district),
        "job": _card(run) if run else None, "busy": bool(run and run.state in BUSY),
        "url": reverse("manage:pack_progress", args=[run.pk]) if run else "",
    }  # fmt: skip
    return render(request, "manage/packs.html", facts)


def versions(district: District) -> list[dict[str, Any]]:
    """The loads of this district's pack, newest first, as the ledger has them."""
    entries = Entry.objects.filter(thing="district", thing_id=district.pk, step="load_pack").order_by("-id")[
        :20
    ]
    return [
        {
            "at": entry.happened_at,
            "before": entry.before,
            "after": entry.after,
            "counts": entry.facts.get("counts", {}),
        }
        for entry in entries
    ]


def _last_run(district_id: int | None) -> JobRun | None:
    return JobRun.objects.filter(kind=KIND, district_id=district_id).order_by("-id").first()


def is_busy(district_id: int | None) -> bool:
    """Whether a load that was started in this district has not ended."""
    run = _last_run(district_id)
    return run is not None and run.state in BUSY


def _card(run: JobRun) -> dict[str, Any]:
    states = {"queued": "waiting", "running": "running", "done": "done"}
    return {
        "title": run.title, "done": run.done, "total": run.total, "message": run.message,
        "state": states.get(run.state, "failed"),
    }  # fmt: skip


@permitted("packs.manage")
@require_POST
def load(request: Request, slug: str) -> HttpResponse:
    """Reload the pack of one's own district: the first POST previews, `confirm` starts the job."""
    district = district_of(request)
    one = next((row for row in found() if row.folder.name == slug), None)
    if one is None or one.manifest is None or one.district is None or one.district.pk != district.pk:
        raise Http404(slug)
    form = forms.Form(request.POST)
    if not confirmed(request):
        sides = [Side(_("Version"), district.pack_version, one.version)]
        says = [
            _("Areas, cells, units, types and limits become those of the folder, all or nothing."),
            _(
                "What the folder no longer holds ends today and stays in the cases; what was changed on a page stays."
            ),
        ]
        return preview(
            request, form, title=_("District packs"), back=reverse("manage:packs"), sides=sides, says=says
        )
    if is_busy(district.pk):
        messages.error(request, _("The pack is being loaded already."))
        return redirect("manage:packs")
    start(
        KIND, title=_("Load the pack %(name)s") % {"name": slug}, by=request.actor.account_id, on=clock.now(),
        district_id=district.pk, arguments={"folder": slug}, total=2,
    )  # fmt: skip
    messages.success(request, _("The pack is loaded in the background."))
    return redirect("manage:packs")


@permitted("packs.manage")
@never_cache
def progress(request: Request, number: int) -> HttpResponse:
    """The progress card of a load of this district."""
    run = get_object_or_404(JobRun, pk=number, kind=KIND, district_id=request.actor.district_id)
    facts = {"job": _card(run), "url": reverse("manage:pack_progress", args=[run.pk])}
    return render(request, "manage/_pack_job.html", facts)


@permitted("packs.manage")
@require_POST
def check(request: Request, slug: str) -> HttpResponse:
    """Read a pack whole, as loading would, and say what is wrong with it or what it holds."""
    folder = next((folder for folder in _folders() if folder.name == slug), None)
    if folder is None:
        raise Http404
    try:
        pack = read_pack(folder)
    except Problem as problem:
        return render(request, "manage/pack_check.html", {"folder": folder, "problem": problem})
    return render(request, "manage/pack_check.html", {"folder": folder, "pack": pack})
