"""District packs sent as a .zip: unpacked with care, checked whole, kept until somebody confirms.

An upload lies under `HOME/run/packs/<token>/`; a pack that was loaded from one lies under
`HOME/packs/<slug>/`. Shipped packs keep their slugs: the program would load them over again.
"""

import io
import json
import os
import re
import secrets
import shutil
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from chengzhi.errors import Problem
from chengzhi.files.content import check_packed, check_size
from chengzhi.files.limits import limits
from chengzhi.people.actor import Actor
from chengzhi.people.models import Account
from chengzhi.people.rules import refusal, require
from chengzhi.pipeline.packs import CheckedPack, check_pack
from chengzhi.places.manifest import MANIFEST
from chengzhi.places.models import District
from chengzhi.places.packfile import pack_folders

SUFFIXES = frozenset((".yaml", ".yml", ".csv", ".geojson", ".json", ".md", ".txt", ".parquet"))
MOST_FILES = 500
KEPT_SECONDS = 2 * 24 * 3600  # an upload that nobody confirmed
_TOKEN = re.compile(r"[0-9a-f]{32}")
_NOTE = "upload.json"
_PACK = "pack"


class BadPackArchive(Problem):
    """The file is no .zip of one pack, or holds what a pack does not."""

    code: ClassVar[str] = "packs.bad_archive"
    status: ClassVar[int] = 422


class ShippedPack(Problem):
    """The slug belongs to a pack that ships with the program."""

    code: ClassVar[str] = "packs.shipped"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class SentPack:
    """An upload that checked out. `district` is the one it would change, None for a new one."""

    token: str
    folder: Path
    checked: CheckedPack
    district: District | None


def own_pack_folders() -> list[Path]:
    """Packs that were loaded from a page, by name."""
    return pack_folders(_own_root())


def _own_root() -> Path:
    root: Path = settings.HOME / "packs"
    return root


def _uploads() -> Path:
    root: Path = settings.HOME / "run" / "packs"
    return root


def receive_pack(source: BinaryIO, *, account: Account, by: Actor) -> SentPack:
    """Unpack and check a .zip of one pack; nothing is loaded yet.

    Raises NotAllowed, FileTooLarge, PackedBomb, BadPackArchive, ShippedPack and what `check_pack` does.
    """
    require(by, "packs.manage")
    _sweep()
    content = source.read(limits().document_bytes + 1)
    check_size(len(content), "document", limits())
    token = secrets.token_hex(16)
    home = _uploads() / token
    home.mkdir(parents=True, mode=0o700)
    try:
        _unpack(content, home / _PACK)
        (home / _NOTE).write_text(json.dumps({"account": account.pk}), encoding="utf-8")
        return sent_pack(token, account=account, by=by)
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def sent_pack(token: str, *, account: Account, by: Actor) -> SentPack:
    """An upload of this account, checked anew. Raises BadPackArchive when it is gone, and NotAllowed."""
    home = _uploads() / token
    if not _TOKEN.fullmatch(token) or not (home / _NOTE).exists() or _note(home)["account"] != account.pk:
        raise BadPackArchive(_("This upload is gone."), "", _("Send the pack again."))
    folder = next((home / _PACK).glob(f"*/{MANIFEST}")).parent
    checked = check_pack(folder)
    slug = checked.pack.manifest.slug
    district = District.objects.filter(slug=slug).first()
    check_may_load(slug, district, account=account, by=by)
    return SentPack(token, folder, checked, district)


def check_may_load(slug: str, district: District | None, *, account: Account, by: Actor) -> None:
    """One's own district with the right to its packs; another or a new one as installation administrator.

    Raises NotAllowed, ShippedPack.
    """
    if slug in {folder.name for folder in pack_folders()}:
        raise ShippedPack(
            _("The slug “%(slug)s” belongs to a pack that ships with the program.") % {"slug": slug},
            _("At its next start the program would load its own again."),
            _("Choose another slug in pack.yaml."),
        )
    own = district is not None and district.pk == by.district_id
    if not own and not account.is_installation_administrator:
        raise refusal("packs.manage")


def settle(token: str, slug: str) -> None:
    """The upload was loaded: it becomes the district's own pack folder. Done twice it changes nothing."""
    home, target = _uploads() / token, _own_root() / slug
    folder = next((home / _PACK).glob(f"*/{MANIFEST}"), None)
    if folder is None:
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    old = target.with_name(f".{slug}.{token}")
    if target.exists():
        os.replace(target, old)
    os.replace(folder.parent, target)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def folder_of(arguments: dict[str, Any]) -> Path | None:
    """The folder that a job is about: an upload, the pack it became, or a shipped one; None when gone."""
    if "token" in arguments:
        home = _uploads() / str(arguments["token"]) / _PACK
        found = next(home.glob(f"*/{MANIFEST}"), None)
        return found.parent if found else _named(own_pack_folders(), arguments["folder"])
    return _named([*pack_folders(), *own_pack_folders()], arguments["folder"])


def _named(folders: list[Path], name: str) -> Path | None:
    return next((folder for folder in folders if folder.name == name), None)


def _note(home: Path) -> dict[str, Any]:
    note: dict[str, Any] = json.loads((home / _NOTE).read_text(encoding="utf-8"))
    return note


def _sweep() -> None:
    """Forget uploads that nobody confirmed."""
    before = time.time() - KEPT_SECONDS
    for home in _uploads().glob("*"):
        if home.stat().st_mtime < before:
            shutil.rmtree(home, ignore_errors=True)


# -- the archive -----------------------------------------------------------------------


def _unpack(content: bytes, target: Path) -> None:
    """The pack's files below `target/pack/`. Counted while unpacking: a directory may lie."""
    if content[:4] != b"PK\x03\x04":
        raise _no_archive(_("The file is not a .zip."))
    check_packed(content, limits())
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        members = [member for member in packed.infolist() if not member.is_dir() and not _noise(member)]
        root = _root([member.filename for member in members])
        for member in members:
            path = _safe(member, root)
            to = target / _PACK / path
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with packed.open(member) as source, to.open("wb") as out:
                shutil.copyfileobj(source, out)


def _noise(member: zipfile.ZipInfo) -> bool:
    """What file managers add."""
    return member.filename.startswith("__MACOSX/") or PurePosixPath(member.filename).name in (
        ".DS_Store", "Thumbs.db",
    )  # fmt: skip


def _root(names: list[str]) -> str:
    """The folder in the archive that holds pack.yaml: none, or one."""
    if len(names) > MOST_FILES:
        raise _no_archive(_("It holds more than %(most)d files.") % {"most": MOST_FILES})
    found = [name for name in names if PurePosixPath(name).name == MANIFEST]
    if len(found) != 1 or len(PurePosixPath(found[0]).parts) > 2:
        raise _no_archive(_("It must hold one pack.yaml, at the top or in one folder."))
    return found[0].removesuffix(MANIFEST)


def _safe(member: zipfile.ZipInfo, root: str) -> PurePosixPath:
    """The path below the pack's folder. Raises BadPackArchive for one that leads elsewhere."""
    name = member.filename
    path = PurePosixPath(name.removeprefix(root))
    linked = (member.external_attr >> 16) & 0o170000 == 0o120000
    outside = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    if linked or outside or not name.startswith(root) or path.suffix.lower() not in SUFFIXES:
        raise _no_archive(_("“%(name)s” has no place in a pack.") % {"name": name[:100]})
    return path


def _no_archive(why: str) -> BadPackArchive:
    return BadPackArchive(
        _("This is not a district pack."), why, _("Send the pack's folder as one .zip; see docs/packs.md.")
    )
