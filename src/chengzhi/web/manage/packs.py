"""District packs: what lies in the folder, what is loaded, and whether a folder checks out."""

from dataclasses import dataclass
from pathlib import Path

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chengzhi.errors import Problem
from chengzhi.places.manifest import Manifest, read_manifest
from chengzhi.places.models import District
from chengzhi.places.packfile import pack_folders, pack_version, read_pack
from chengzhi.web.access import Request, permitted


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
    """All pack folders, in the order of their names."""
    loaded = {district.slug: district for district in District.objects.defer("outline")}
    return [_one(folder, loaded) for folder in pack_folders()]


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
    return render(request, "manage/packs.html", {"rows": found()})


@permitted("packs.manage")
@require_POST
def check(request: Request, slug: str) -> HttpResponse:
    """Read a pack whole, as loading would, and say what is wrong with it or what it holds."""
    folder = next((folder for folder in pack_folders() if folder.name == slug), None)
    if folder is None:
        raise Http404
    try:
        pack = read_pack(folder)
    except Problem as problem:
        return render(request, "manage/pack_check.html", {"folder": folder, "problem": problem})
    return render(request, "manage/pack_check.html", {"folder": folder, "pack": pack})
